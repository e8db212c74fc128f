package embed

import (
	"context"
	"math"
	"testing"

	"glassy/lab/device"
)

// New points of known clusters come to lie among their own, and points of the map
// where they are.
func TestPlace(t *testing.T) {
	const n, m, d, count = 800, 100, 10, 5
	x := clusters(n+m, d, count, 2, 11)
	old, fresh := x[:n*d], x[n*d:]
	e := embed(t, old, n, Options{Early: 150, Iterations: 150})
	y, err := e.Place(t.Context(), device.Of(old), device.Of(fresh))
	if err != nil || len(y) != 2*m {
		t.Fatalf("%d numbers, %v", len(y), err)
	}
	right := 0
	for i := range m {
		best, who := math.Inf(1), 0
		for j := range n {
			if s := distance(y[2*i:2*i+2], e.Points[2*j:2*j+2]); s < best {
				best, who = s, j
			}
		}
		if who%count == (n+i)%count {
			right++
		}
	}
	if right < 99 {
		t.Errorf("%d of %d new points lie in their cluster", right, m)
	}
	lo, hi := bounds(e.Points)
	if y, err = e.Place(t.Context(), device.Of(old), device.Of(old)); err != nil {
		t.Fatal(err)
	}
	off := 0.
	for i := range n {
		off += distanceOf(y[2*i:2*i+2], e.Points[2*i:2*i+2]) / n
	}
	if off > .1*(hi[0]-lo[0]) { // a cluster is a fifth of the map or so
		t.Errorf("points of the map are put %g from where they are, on average, in one of extent %g", off, hi[0]-lo[0])
	}
}

func TestPlaceStopped(t *testing.T) {
	x := clusters(20, 3, 2, 2, 1)
	e := embed(t, x, 20, Options{Early: -1, Iterations: 5})
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if _, err := e.Place(ctx, device.Of(x), device.Of(x)); err == nil {
		t.Error("a stopped placement does not say so")
	}
	x[4] = math.Inf(1)
	if _, err := e.Place(t.Context(), device.Of(x), device.Of(x)); err == nil {
		t.Error("a point at infinity is placed")
	}
}
