package bench

import (
	"strings"
	"testing"
)

func TestCurrents(t *testing.T) {
	if !*table {
		// That it runs, and its answer with a peer of other numbers.
		o := CurrentOptions{Side: 15, Wide: 15, Points: 20, Threads: 2, Rounds: 1}
		text, err := CompareCurrents(o)
		if err != nil || strings.Count(text, "\n| ") != 4 || strings.Contains(text, "NaN") {
			t.Errorf("%v\n%s", err, text)
		}
		o.Python = python(t, `echo "SciPy in $3"; while read x; do echo "[1.5, 1e9]"; done`)
		if _, err := CompareCurrents(o); err == nil || !strings.Contains(err.Error(), "SciPy's 1e+09") {
			t.Errorf("error %v, expected one of other answers", err)
		}
		return
	}
	onThreads(t, func(threads int, python string) (string, error) {
		return CompareCurrents(CurrentOptions{Side: 101, Wide: 201, Points: 500, Python: python, Threads: threads, Rounds: *rounds})
	})
}
