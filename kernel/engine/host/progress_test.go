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

// A hundred short computations of one name, one after the other, share a bar that
// changes ten times a second; the end of one that is drawn is always drawn.
func TestBarOfALoop(t *testing.T) {
	defer clear(bars)
	key, begun := barKey{1, "x"}, time.Now()
	at := func(ms int) time.Time { return begun.Add(time.Duration(ms) * time.Millisecond) }
	if b, _ := barOf(key, 50*time.Millisecond, true, at(50)); b != nil {
		t.Error("a bar for 50 ms")
	}
	one, first := barOf(key, 150*time.Millisecond, false, at(200))
	if one == nil || !first {
		t.Fatalf("no bar after 150 ms")
	}
	if b, again := barOf(key, 160*time.Millisecond, true, at(210)); b != one || again {
		t.Error("the end of what was drawn is not drawn")
	}
	drawn := 0
	for ms := 210; ms < 1210; ms += 10 {
		if b, again := barOf(key, 10*time.Millisecond, true, at(ms)); b != nil {
			if drawn++; b != one || again {
				t.Error("another bar for the next of the same name")
			}
		}
	}
	if drawn < 9 || drawn > 10 {
		t.Errorf("drawn %d times in a second", drawn)
	}
	if b, first := barOf(barKey{2, "x"}, time.Second, false, at(2000)); b == one || !first || len(bars) != 1 {
		t.Errorf("another run of the cell has %v, %v; %d bars are kept", b, first, len(bars))
	}
}
