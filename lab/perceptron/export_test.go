package perceptron

import "glassy/lab/rng"

// AnnealedErrors is the energy after sweeps at one temperature from random
// weights.
func AnnealedErrors(p *Perceptron, β float64, sweeps int, seed uint64) int {
	key := rng.Key(seed)
	m := newMargins(p, p.columns(), signs(key, p.Weights()))
	random := key.Split(1).Stream()
	sums := make([]int, p.Weights())
	for j, v := range m.x {
		sums[j] = int(v)
	}
	for range sweeps {
		m.sweep(random, β, attraction(1, 0), sums)
	}
	return m.errors
}
