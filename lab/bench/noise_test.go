package bench

import (
	"flag"
	"strings"
	"testing"

	"glassy/lab/device"
)

var (
	noiseSamples = flag.Int("noise", 5000, "the samples whose diffusion matrix is compared")
	noiseMatrix  = flag.Bool("matrix", false, "compare it with the d×d matrix too, which takes the peer minutes")
)

func TestNoise(t *testing.T) {
	if !*table {
		// That it runs, and its answer with a peer that finds something else.
		o := NoiseOptions{Samples: 60, Device: device.CPU(), Threads: 2, Rounds: 1}
		text, err := CompareNoise(o)
		if err != nil || !strings.Contains(text, "\n| all eigenvalues | ") {
			t.Errorf("%v\n%s", err, text)
		}
		o.Python = python(t, `echo "PyTorch in $3"; while read x; do echo "[1.5, 7e9]"; done`)
		if _, err := CompareNoise(o); err == nil || !strings.Contains(err.Error(), "is 7e+09 by the peer's gram") {
			t.Errorf("error %v, expected one of the largest eigenvalue", err)
		}
		return
	}
	onThreads(t, func(threads int, python string) (string, error) {
		return CompareNoise(NoiseOptions{
			Samples: *noiseSamples, Device: device.NewCPU(threads), Python: python, Threads: threads,
			Rounds: min(2, *rounds), Matrix: *noiseMatrix && threads == 1,
		})
	})
}
