package bench

import (
	"flag"
	"strings"
	"testing"
)

var moves = flag.Int("moves", 1000, "how many steps each of a million walkers makes beside NumPy's")

func TestSmoothing(t *testing.T) {
	if !*table {
		// That it runs, and its answer with a peer of other numbers.
		o := SmoothingOptions{Points: 500, Pairs: 50, Side: 40, Cells: 100, Steps: 10, Walkers: 100, Moves: 10, Threads: 2, Rounds: 1}
		text, err := CompareSmoothing(o)
		if err != nil || strings.Count(text, "\n| ") != 9 || strings.Contains(text, "NaN") {
			t.Errorf("%v\n%s", err, text)
		}
		o.Python = python(t, `echo "SciPy in $3"; while read x; do echo "[1.5, 1e9]"; done`)
		if _, err := CompareSmoothing(o); err == nil || !strings.Contains(err.Error(), "SciPy's 1e+09") {
			t.Errorf("error %v, expected one of other answers", err)
		}
		return
	}
	onThreads(t, func(threads int, python string) (string, error) {
		return CompareSmoothing(SmoothingOptions{
			Points: 1_000_000, Pairs: 4000, Side: 1024, Cells: 10_000, Steps: 1000, Walkers: 1_000_000, Moves: *moves,
			Python: python, Threads: threads, Rounds: *rounds,
		})
	})
}
