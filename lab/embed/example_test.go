package embed_test

import (
	"context"
	"fmt"

	"glassy/lab/device"
	"glassy/lab/embed"
	"glassy/lab/rng"
)

// Two clouds of 100 points in 50 dimensions, each within 10 or so of its middle,
// stay two clouds.
func ExampleTSNE() {
	const n, d = 200, 50
	x := make([]float64, n*d)
	rng.Key(1).Normals(0, x)
	for i := range n / 2 {
		x[i*d] += 30
	}
	e, err := embed.TSNE(context.Background(), device.Of(x), n, embed.Options{Iterations: 250})
	if err != nil {
		fmt.Println(err)
		return
	}
	left := 0
	for i := range n {
		if (e.Points[2*i] < 0) == (e.Points[0] < 0) {
			left++
		}
	}
	fmt.Printf("%v after %d iterations, perplexity %g, KL below 1: %t\n", e.Status, e.Iterations, e.Perplexity, e.KL < 1)
	fmt.Printf("on the side of the first point: %d\n", left)
	// Output:
	// finished after 500 iterations, perplexity 30, KL below 1: true
	// on the side of the first point: 100
}
