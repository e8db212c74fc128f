package trajectory

import (
	"fmt"
	"slices"

	"gonum.org/v1/gonum/stat"

	"glassy/lab/rng"
	"glassy/lab/run"
)

// A Null is the autocorrelation of one coordinate at the lags 0 … K under a law of its
// motion: its mean, and the band that it is in with a probability at any one lag.
type Null struct {
	Mean, Low, High []float64 // len K+1
}

// brownianPoints is how finely Brownian motion is simulated at most: the law of its
// autocorrelation depends on k/T alone, to O(1/T).
const brownianPoints = 2048

// Brownian is the autocorrelation of Brownian motion of T points, at the lags 0 … K: by
// simulation, of so many walks that key sets. It falls with k/T and not with k: at lags
// that are few beside T it is close to 1, far outside of the band of white noise. Its
// walks are of at most 2048 points, between whose lags it is linear.
func Brownian(T, K, walks int, probability float64, key rng.Key) *Null {
	if T < 2 || K < 0 || K >= T || walks < 2 {
		panic(fmt.Sprintf("trajectory: Brownian: lags to %d of %d points, %d walks, expected 0 ≤ K < T and at least 2", K, T, walks))
	}
	n := min(T, brownianPoints)
	scale := float64(n) / float64(T)
	last := min(n-1, int(float64(K)*scale)+1)
	all := make([][]float64, last+1) // of each lag, by walk
	for k := range all {
		all[k] = make([]float64, walks)
	}
	workers := make([]*correlator, walks)
	run.Share(0, walks, func(worker, i int) {
		if workers[worker] == nil {
			workers[worker] = newCorrelator(n, last)
		}
		x := make([]float64, n)
		key.Split(uint64(i)).Normals(0, x)
		for k := 1; k < n; k++ {
			x[k] += x[k-1]
		}
		for k, r := range workers[worker].of(x) {
			all[k][i] = r
		}
	})
	at := func(values []float64, k int) float64 {
		u := min(float64(k)*scale, float64(last))
		i := min(int(u), max(0, last-1))
		return values[i] + (u-float64(i))*(values[min(i+1, last)]-values[i])
	}
	var mean, low, high []float64
	for _, r := range all {
		slices.Sort(r)
		mean = append(mean, stat.Mean(r, nil))
		low = append(low, stat.Quantile((1-probability)/2, stat.LinInterp, r, nil))
		high = append(high, stat.Quantile((1+probability)/2, stat.LinInterp, r, nil))
	}
	o := &Null{}
	for k := range K + 1 {
		o.Mean, o.Low, o.High = append(o.Mean, at(mean, k)), append(o.Low, at(low, k)), append(o.High, at(high, k))
	}
	return o
}
