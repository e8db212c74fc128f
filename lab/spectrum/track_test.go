package spectrum

import (
	"context"
	"math"
	"testing"

	"glassy/lab/device"
)

// A matrix that stays has all of its directions still; one that is scaled too; one
// whose coordinates are reversed has turned away from them.
func TestTrack(t *testing.T) {
	const n, d = 60, 12
	f := drawn(n, d, device.Float64)
	for k := range n {
		for i := range d {
			f.g[k*d+i] = (f.g[k*d+i] - 1/float64(1+i)) * math.Pow(2, -float64(i))
		}
	}
	track := Track{Directions: 3}
	take := func(at float64) {
		t.Helper()
		if err := track.Take(t.Context(), f, f.New(), at); err != nil {
			t.Fatal(err)
		}
	}
	take(0)
	take(1)
	for i := range f.g {
		f.g[i] *= 2
	}
	take(2)
	for k := range n {
		for i := range d / 2 {
			f.g[k*d+i], f.g[k*d+d-1-i] = f.g[k*d+d-1-i], f.g[k*d+i]
		}
	}
	take(3)
	s := track.Taken
	if !math.IsNaN(s[0].Kept) || math.Abs(s[1].Kept-1) > 1e-6 || math.Abs(s[2].Kept-1) > 1e-6 || s[3].Kept > 1e-3 {
		t.Errorf("kept %v, %v, %v, %v, expected NaN, 1, 1 and nearly 0", s[0].Kept, s[1].Kept, s[2].Kept, s[3].Kept)
	}
	if math.Abs(s[2].Trace-4*s[1].Trace) > 1e-12*s[2].Trace || math.Abs(s[2].Diversity-s[1].Diversity) > 1e-12*s[1].Diversity {
		t.Errorf("twice the gradients: trace %v of %v, diversity %v of %v", s[2].Trace, s[1].Trace, s[2].Diversity, s[1].Diversity)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := track.Take(ctx, f, f.New(), 4); err == nil || len(track.Taken) != 4 {
		t.Errorf("stopped: %v, %d snapshots, expected an error and 4", err, len(track.Taken))
	}
}
