package bench

import (
	"strings"
	"testing"

	"glassy/lab/device"
)

func TestMaps(t *testing.T) {
	if !*table {
		// That it runs, and its answer with a peer that gives none.
		o := MapOptions{Points: 600, Dim: 10, Clusters: 5, Early: 20, Late: 10, Device: device.CPU(), Threads: 2, Rounds: 1}
		text, err := CompareMaps(o)
		if err != nil || !strings.Contains(text, "\n| 20+10 iterations, s | ") {
			t.Errorf("%v\n%s", err, text)
		}
		o.Python = python(t, `echo "openTSNE in $3"; while read x; do echo "[1.5]"; done`)
		if _, err := CompareMaps(o); err == nil || !strings.Contains(err.Error(), "maps.py's answer") {
			t.Errorf("error %v, expected one of the peer's answer", err)
		}
		return
	}
	onThreads(t, func(threads int, python string) (string, error) {
		return CompareMaps(MapOptions{
			Points: 20000, Dim: 100, Clusters: 250, Early: 250, Late: 500,
			Device: device.NewCPU(threads), Python: python, Threads: threads, Rounds: min(2, *rounds),
		})
	})
}
