//go:build cuda

package main

import (
	"math"
	"testing"

	"glassy/lab/device"
	"glassy/lab/glass"
	"glassy/lab/optim"
)

// Descents on the device, thousands of steps of which the host sees every tenth,
// end where those on the processor do.
func TestDescents(t *testing.T) {
	const n, runs = 10, 40
	descend := func(dev device.Device) *optim.Descents {
		return optim.Descend(glass.New(3, n, glass.Seed(1), glass.Field(1), glass.On(dev)), runs, optim.DescendOptions{Together: 30})
	}
	got, want := descend(gpu(t)), descend(device.CPU())
	for i := range runs {
		if got.Status[i] != optim.Converged || got.Steps[i] != want.Steps[i] {
			t.Errorf("run %d %s after %d steps, on the processor after %d", i, got.Status[i], got.Steps[i], want.Steps[i])
		}
	}
	for i, x := range got.Points {
		// Roundings, on ways that contract to a minimum.
		if !(math.Abs(x-want.Points[i]) < 1e-9) {
			t.Fatalf("run %d ends at %v, on the processor at %v", i/n, got.Point(i/n), want.Point(i/n))
		}
	}
}
