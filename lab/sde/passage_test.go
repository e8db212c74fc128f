package sde

import (
	"context"
	"sync/atomic"
	"testing"
)

// Walkers that are stopped on their way are missing, and the status says why.
func TestPassageStops(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	var came atomic.Int64
	slope := well{1, func(x float64) (float64, float64) { return -x, -1 }}
	x := make([]float64, 50)
	for i := 25; i < 50; i++ {
		x[i] = -1e9 // never comes
	}
	p := Langevin(slope, 0.1).PassageTimes(x, func(x []float64) bool {
		if x[0] < 1 {
			return false
		}
		cancel()
		came.Add(1)
		return true
	}, Options{Step: 0.01, Steps: 1 << 30, Context: ctx})
	if p.Status != Stopped || p.Missing == 0 || came.Load() == 0 {
		t.Errorf("%v, %d missing, %d came; expected it to be stopped, some missing, at least one there", p.Status, p.Missing, came.Load())
	}
}
