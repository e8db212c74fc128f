package bench

import (
	"strings"
	"testing"
)

func TestTrajectories(t *testing.T) {
	if !*table {
		// That it runs, and its answer with a peer of other numbers.
		o := TrajectoryOptions{Points: 101, Coordinates: 3, Lags: 5, Threads: 2, Rounds: 1}
		text, err := CompareTrajectories(o)
		if err != nil || strings.Count(text, "\n| ") != 5 {
			t.Errorf("%v\n%s", err, text)
		}
		o.Python = python(t, `echo "NumPy in $3"; while read x; do echo "[1.5, 1e9]"; done`)
		if _, err := CompareTrajectories(o); err == nil || !strings.Contains(err.Error(), "NumPy's 1e+09") {
			t.Errorf("error %v, expected one of other answers", err)
		}
		return
	}
	onThreads(t, func(threads int, python string) (string, error) {
		return CompareTrajectories(TrajectoryOptions{Points: 100_001, Coordinates: 64, Lags: 100, Python: python, Threads: threads, Rounds: *rounds})
	})
}
