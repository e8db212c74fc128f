package perceptron_test

import (
	"context"
	"fmt"

	"glassy/lab/perceptron"
)

// All solutions of a small problem.
func Example() {
	p := perceptron.New(21, 10, perceptron.Seed(1))
	e, err := p.Enumerate(context.Background())
	if err != nil {
		fmt.Println(err)
		return
	}
	clusters := e.Clusters()
	fmt.Printf("%d of 2^21 weights are solutions, in %d clusters, the largest of %d\n", len(e.Solutions), len(clusters), len(clusters[0]))
	fmt.Printf("entropy per weight %.3f, as d → ∞ %.3f\n", e.Entropy(), perceptron.ClassificationEntropy(p.Load(), 0).Entropy)
	// Output:
	// 1286 of 2^21 weights are solutions, in 346 clusters, the largest of 879
	// entropy per weight 0.341, as d → ∞ 0.334
}

// Up to so many patterns per weight random labels can be had.
func ExampleCapacity() {
	α, q := perceptron.Capacity(0)
	fmt.Printf("α_c = %.6f, where two solutions have overlap %.4f\n", α, q)
	// Output:
	// α_c = 0.833079, where two solutions have overlap 0.5639
}
