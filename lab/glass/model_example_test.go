package glass_test

import (
	"fmt"
	"math"

	"glassy/lab/glass"
)

// A 3-spin glass of 100 spins in the field at which its critical points vanish,
// at the point (1, …, 1) of its sphere.
func ExampleNew() {
	g := glass.New(3, 100, glass.Seed(1), glass.Field(math.Sqrt(3*(1-1./100))))
	σ, grad := g.New(), g.New()
	σ.Device().Fill(σ, 1)
	F, _, _ := g.Covariance(1)
	H := g.Gradient(σ, grad)
	fmt.Println(g)
	fmt.Printf("H/N = %.4f, of standard deviation √(F(1)/N) = %.2f\n", H/100, math.Sqrt(F/100))
	// Output:
	// 3-spin glass of N = 100 spins on |σ|² = N, seed 1; 171,800 couplings, 1.37 MB of float64 on cpu
	// field ν = 1.723, critical ν_c = 1.732, B = 0.002506, E crt = 241.4
	// H/N = 0.0043, of standard deviation √(F(1)/N) = 0.20
}
