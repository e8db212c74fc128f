package sparse

import (
	"context"
	"fmt"

	"gonum.org/v1/gonum/stat"

	"glassy/lab/rng"
	"glassy/lab/run"
)

// An Estimate is a mean over networks and its standard error.
type Estimate struct{ Mean, Err float64 }

// Measured is what [Measure] finds, averaged over networks and hidden vectors.
type Measured struct {
	Recall   Estimate   // share of the ρ hidden units that were recovered
	False    Estimate   // number of hidden units, of N−ρ, taken for active
	Density  []Estimate // share of active units in layer k, from the data, 0, to the hidden units, p
	Coupling Estimate   // variance of Z = Σ_i x¹_ji ξ_i, of units j of layer 1 that are not active
	Path     Estimate   // probability that p units, one of each layer 0 … p−1, are all active

	Stopped error // why fewer networks than asked for, if so
}

// Measure draws that many networks, a hidden vector with ones ones in each,
// generates its datum and recovers it.
//
// While data are sparse the density of layer k is about (ones/N)(d/2)^{p−k}, so
// with d = N^{1/p} Path falls as N^{−(p−1)/2}. Coupling is d·E ξ·E x², E x² over
// the weights that are there: it is not small. The thesis's band for it, order
// N^{−2/5} (2.6), counts the probability d/N that two units are joined twice,
// once for the weight and once for the path. Network i follows from key and i
// alone.
func Measure(ctx context.Context, c Config, ones, networks int, key rng.Key) Measured {
	c = c.resolve()
	if ones < 1 || ones > c.Units {
		panic(fmt.Sprintf("sparse: Measure: %d ones, expected 1 to %d", ones, c.Units))
	}
	var recall, wrong, coupling, path []float64
	density := make([][]float64, c.Layers+1)
	loop := run.Start(ctx, "sparse networks", networks)
	for i := range loop.Steps() {
		k := key.Split(uint64(i))
		net := New(c, k)
		h := make([]bool, c.Units)
		s := k.Split(uint64(c.Layers)).Stream()
		for _, j := range s.Perm(c.Units)[:ones] {
			h[j] = true
		}
		truth := net.Generate(h)
		found := net.Recover(truth[0])[c.Layers]
		right, extra := 0.0, 0.0
		for j, on := range found {
			switch {
			case on && h[j]:
				right++
			case on:
				extra++
			}
		}
		recall, wrong = append(recall, right/float64(ones)), append(wrong, extra)
		product := 1.0
		for k, layer := range truth {
			share := count(layer) / float64(c.Units)
			density[k] = append(density[k], share)
			if k < c.Layers {
				product *= share
			}
		}
		path = append(path, product)
		sum, units := 0.0, 0.0
		for j, z := range net.layers[0].times(truth[0]) {
			if !truth[1][j] {
				sum += z * z // of mean 0: its weights were not used
				units++
			}
		}
		if units > 0 {
			coupling = append(coupling, sum/units)
		}
	}
	m := Measured{Recall: estimate(recall), False: estimate(wrong), Coupling: estimate(coupling), Path: estimate(path), Stopped: loop.Err()}
	for _, d := range density {
		m.Density = append(m.Density, estimate(d))
	}
	return m
}

func count(layer []bool) (n float64) {
	for _, on := range layer {
		if on {
			n++
		}
	}
	return n
}

func estimate(x []float64) Estimate {
	mean, sd := stat.MeanStdDev(x, nil)
	return Estimate{mean, stat.StdErr(sd, float64(len(x)))}
}
