package bench

import (
	"flag"
	"math"
	"strings"
	"testing"

	"glassy/lab/device"
)

var descents = flag.Int("descents", 2000, "how many descents in each regime are compared with NumPy's")

func TestDescents(t *testing.T) {
	if !*table {
		// That it runs, and its answer with a peer that makes other steps.
		o := DescentOptions{Spins: 10, Runs: 20, Fields: []float64{0.1, 3}, Precision: device.Float64, Device: device.CPU(), Threads: 2, Rounds: 1}
		text, err := CompareDescents(o)
		if err != nil || strings.Count(text, "\n| ν = ") != 2 {
			t.Errorf("%v\n%s", err, text)
		}
		o.Python = python(t, `echo "NumPy in $3"; while read x; do echo "[1.5, 7]"; done`)
		if _, err := CompareDescents(o); err == nil || !strings.Contains(err.Error(), "NumPy makes 7") {
			t.Errorf("error %v, expected one of other numbers of steps", err)
		}
		return
	}
	for _, precision := range []device.DType{device.Float64, device.Float32} {
		onThreads(t, func(threads int, python string) (string, error) {
			return CompareDescents(DescentOptions{
				Spins: 100, Runs: *descents, Fields: []float64{1. / 100, math.Sqrt(3 * (1 - 1./100)), 3}, Precision: precision,
				Device: device.NewCPU(threads), Python: python, Threads: threads, Rounds: *rounds,
			})
		})
	}
}
