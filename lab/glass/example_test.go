package glass_test

import (
	"fmt"

	"glassy/lab/glass"
)

// The layers of the 3-spin glass, Figure 2.1 of the thesis: the ground state at
// −1.657, the threshold at −1.633, and saddles of index k from −E_k on.
func Example() {
	p := 3
	fmt.Printf("threshold  %.6f\n", -glass.ThresholdEnergy(p))
	for _, k := range []int{0, 1, 2, 4, 10} {
		fmt.Printf("index %-4d %.6f\n", k, -glass.LayerEnergy(p, k))
	}
	// Output:
	// threshold  -1.632993
	// index 0    -1.656998
	// index 1    -1.652873
	// index 2    -1.650253
	// index 4    -1.646999
	// index 10   -1.642568
}

// How many minima of a 3-spin glass of 1000 spins lie below −1.65 per spin?
func ExampleIndexComplexity() {
	n := 1000.0
	fmt.Printf("e^%.2f\n", n*glass.IndexComplexity(3, 0, -1.65))
	// Output: e^4.25
}

// A third of the way up, most directions still lead up.
func ExampleHessianLaw() {
	law := glass.HessianLaw(3, -1)
	low, high := law.Edges()
	fmt.Printf("eigenvalues in [%.4f, %.4f], %.4f of them negative\n", low, high, law.Below(0))
	// Output: eigenvalues in [-1.8990, 7.8990], 0.1361 of them negative
}
