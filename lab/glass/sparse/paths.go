package sparse

import (
	"context"
	"math"

	"glassy/lab/rng"
	"glassy/lab/run"
)

// PathSums draws the sum over paths
//
//	Y = Σ_{i_1 … i_p} K_{i_1…i_p} x_{i_1 i_2} ⋯ x_{i_p Y}
//
// of that many networks, K independent standard normal numbers, x the weights of
// p−1 layers and of one output unit, divided by its standard deviation
// (d E x²)^{p/2}: (2.7) but for a constant. Given the weights Y is normal, of
// variance Σ x²⋯x², a sum of products of matrices. Over networks it is a mixture
// of such, with a kurtosis above 3 by 3 var/mean² of that sum: by order 1/d, as
// the output unit has d inputs only, give or take √d. So the limit, for which
// the thesis replaces Y by a p-spin glass (2.8), comes with d, not with N. Error:
// why fewer sums than asked for.
func PathSums(ctx context.Context, c Config, networks int, key rng.Key) ([]float64, error) {
	c = c.resolve()
	square := (1 + c.Least + c.Least*c.Least) / 3 // E x² on [c, 1]
	sd := math.Pow(c.Degree*square, float64(c.Layers)/2)
	var out []float64
	loop := run.Start(ctx, "sums over paths", networks)
	for i := range loop.Steps() {
		s := key.Split(uint64(i)).Stream()
		sum := []float64{1} // of squares over paths from a unit to the output, which comes first
		for k := range c.Layers {
			rows := c.Units
			if k == 0 {
				rows = 1
			}
			l := c.draw(rows, s)
			below := make([]float64, c.Units)
			for j, v := range sum {
				for e := l.start[j]; e < l.start[j+1]; e++ {
					below[l.to[e]] += v * l.weight[e] * l.weight[e]
				}
			}
			sum = below
		}
		total := 0.0
		for _, v := range sum {
			total += v
		}
		out = append(out, math.Sqrt(total)*s.Normal()/sd)
	}
	return out, loop.Err()
}
