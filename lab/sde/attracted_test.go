package sde

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/stat"
)

// In a bowl ½ax² the mean of n particles is an Ornstein-Uhlenbeck process of variance
// D/an, and their distances to it one of D/(a+2/γ) for each of n-1 directions; the pair
// is Gibbs's law of Σ½ax² + Σ|x-x̄|²/γ.
func TestAttracted(t *testing.T) {
	const a, D, γ, n, walkers = 0.7, 0.4, 1.5, 5, 4000
	s := math.Sqrt(2 * D)
	e := Equation{Dim: 1, Drift: func(_ float64, x, b []float64) { b[0] = -a * x[0] }, Noise: constant(s)}.Attracted(n, γ)
	x := make([]float64, walkers*n)
	e.Run(x, Options{Step: 0.05, Steps: 200, Method: Heun, Seed: 3})
	var means, spreads []float64
	for i := 0; i < len(x); i += n {
		m, v := stat.PopMeanVariance(x[i:i+n], nil)
		means, spreads = append(means, m), append(spreads, v)
	}
	_, variance := stat.MeanVariance(means, nil)
	if want := D / (a * n); math.Abs(variance-want) > 4*want*math.Sqrt(2./walkers) {
		t.Errorf("variance of the mean %v, expected %v", variance, want)
	}
	spread, std := stat.MeanStdDev(spreads, nil)
	// Heun's step changes it by a part of z²/4, z = 0.05(a+2/γ) = 0.1.
	if want := D / (a + 2/γ) * (n - 1) / n; math.Abs(spread-want) > 4*std/math.Sqrt(walkers)+0.003*want {
		t.Errorf("mean square distance to the mean %v, expected %v", spread, want)
	}
	// One particle attracts nobody: the same bits.
	y, z := make([]float64, 3), make([]float64, 3)
	one := Equation{Dim: 1, Drift: func(_ float64, x, b []float64) { b[0] = -a * x[0] }, Noise: constant(s)}
	one.Attracted(1, γ).Run(y, Options{Step: 0.1, Steps: 9, Seed: 1})
	one.Run(z, Options{Step: 0.1, Steps: 9, Seed: 1})
	for i := range y {
		if y[i] != z[i] {
			t.Errorf("one attracted particle is at %v, alone at %v", y[i], z[i])
		}
	}
}
