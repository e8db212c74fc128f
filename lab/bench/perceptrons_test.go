package bench

import (
	"strings"
	"testing"
)

func TestPerceptrons(t *testing.T) {
	if !*table {
		// That it runs, and its answer with a peer that counts others.
		o := PerceptronOptions{Inputs: 15, Patterns: 8, Large: []int{51}, Load: 0.5, Steps: 5, Threads: 2, Rounds: 1}
		text, err := ComparePerceptrons(o)
		if err != nil || !strings.Contains(text, "\n| enumeration | ") || !strings.Contains(text, "\n| d = 51, N = 25 | ") {
			t.Errorf("%v\n%s", err, text)
		}
		o.Python = python(t, `echo "NumPy in $3"; while read x; do echo "[1.5, 70000]"; done`)
		if _, err := ComparePerceptrons(o); err == nil || !strings.Contains(err.Error(), "NumPy counts 70000") {
			t.Errorf("error %v, expected one of other counts", err)
		}
		return
	}
	onThreads(t, func(threads int, python string) (string, error) {
		return ComparePerceptrons(PerceptronOptions{
			Inputs: 25, Patterns: 20, Large: []int{501, 1001, 2001, 4001}, Load: 0.6, Steps: 100,
			Python: python, Threads: threads, Rounds: min(3, *rounds),
		})
	})
}
