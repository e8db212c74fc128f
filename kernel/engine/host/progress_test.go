package host

import (
	"testing"
	"time"
)

func TestBarText(t *testing.T) {
	for _, c := range []struct {
		done, total int
		elapsed     time.Duration
		ended       bool
		want        string
	}{
		{0, 10, time.Second, false, "x ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░ 0/10, 0/s, 1s"},
		{4, 12, 2 * time.Second, false, "x ██████████░░░░░░░░░░░░░░░░░░░░ 4/12, 2/s, 4s left"},
		{12, 12, 6 * time.Second, false, "x ██████████████████████████████ 12/12, 2/s, 0s left"},
		{12, 12, 6 * time.Second, true, "x ██████████████████████████████ 12/12, 6s"},
		{4, 12, 2 * time.Second, true, "x ██████████░░░░░░░░░░░░░░░░░░░░ 4/12, 2s"}, // stopped
		{7, 0, 2 * time.Second, false, "x 7, 3.5/s, 2s"},
	} {
		if got := barText("x", c.done, c.total, c.elapsed, c.ended); got != c.want {
			t.Errorf("%d of %d after %v is\n%s, expected\n%s", c.done, c.total, c.elapsed, got, c.want)
		}
	}
}
