package bench

import (
	"fmt"
	"strings"
	"testing"

	"glassy/lab/device"
)

func TestCurvatures(t *testing.T) {
	if !*table {
		// That it runs, and its answer with a peer that has neither library.
		p, err := StartPeer(python(t, `echo "PyTorch at $3"; while read task net n; do echo '"ModuleNotFoundError: none"'; done`), "2")
		if err != nil {
			t.Fatal(err)
		}
		defer p.Stop()
		text, err := CompareCurvature(CurvatureOptions{
			Options: Options{Device: device.CPU(), Peer: p, Rounds: 1, Networks: []string{"small-lenet"}}, Steps: 3, Largest: 1,
		})
		if err != nil || strings.Count(text, "| small-lenet, ") != len(curvatures) || !strings.Contains(text, "PyTorch, small-lenet, probe of curvlinops: ModuleNotFoundError: none") {
			t.Errorf("%v\n%s", err, text)
		}
		return
	}
	onThreads(t, func(threads int, python string) (string, error) {
		p, err := StartPeer(python, fmt.Sprint(threads))
		if err != nil {
			t.Logf("no PyTorch to compare with, our numbers alone (GLASSY_BENCH_PYTHON names another python): %v", err)
		} else {
			defer p.Stop()
		}
		return CompareCurvature(CurvatureOptions{
			Options: Options{Device: device.NewCPU(threads), Peer: p, Rounds: *rounds, Networks: []string{"small-lenet-ch3", "lenet"}, Processor: threads == 1},
			Steps:   100, Largest: 5,
		})
	})
}
