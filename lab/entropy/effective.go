package entropy

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat"

	"glassy/lab/device"
)

// Effective is how many independent samples the mean over chains of correlated ones is
// worth, and R-hat, which compares the variance between chains, cut in halves, with that
// within them: both as Vehtari et al. 2021, with the sum over lags cut where Geyer 1992
// cuts it. Chains are of one length of at least 8, or it panics. Both are NaN where
// nothing varies.
func Effective(chains [][]float64) (samples, rHat float64) {
	var halves [][]float64
	for i, c := range chains {
		if len(c) < 8 || len(c) != len(chains[0]) {
			panic(fmt.Sprintf("entropy: Effective: chain %d has %d numbers, expected at least 8, as many as chain 0 has", i, len(c)))
		}
		half := len(c) / 2
		halves = append(halves, c[:half], c[len(c)-half:])
	}
	if len(halves) == 0 {
		panic("entropy: Effective: no chains, expected some")
	}
	m, n := len(halves), len(halves[0])
	means, variances := make([]float64, m), make([]float64, m)
	covariance := make([]float64, n) // of numbers so far apart, mean over chains
	line, cpu := device.Lines{Nodes: 2 * n, Count: 1}, device.CPU()
	padded, spectrum := make([]float64, 2*n), make([]float64, 2*device.Bins(2*n))
	for i, c := range halves {
		means[i], variances[i] = stat.MeanVariance(c, nil)
		clear(padded)
		for k, v := range c {
			padded[k] = v - means[i]
		}
		cpu.Fourier(line, device.Of(padded), device.Of(spectrum))
		for k := 0; k < len(spectrum); k += 2 {
			spectrum[k], spectrum[k+1] = spectrum[k]*spectrum[k]+spectrum[k+1]*spectrum[k+1], 0
		}
		cpu.FourierInverse(line, device.Of(spectrum), device.Of(padded))
		for k := range covariance {
			covariance[k] += padded[k] / float64(2*n) / float64(n) / float64(m)
		}
	}
	within := stat.Mean(variances, nil)
	all := within*float64(n-1)/float64(n) + stat.Variance(means, nil)
	if !(within > 0) || math.IsInf(all, 0) {
		return math.NaN(), math.NaN()
	}
	rHat = math.Sqrt(all / within)

	correlation := func(k int) float64 { return 1 - (within-covariance[k]*float64(n)/float64(n-1))/all }
	// Sums of pairs of lags are positive and fall, were they known exactly.
	time, least := -1.0, math.Inf(1)
	for k := 0; k+1 < n; k += 2 {
		pair := correlation(k) + correlation(k+1)
		if k == 0 {
			pair = 1 + correlation(1)
		}
		if !(pair > 0) {
			break
		}
		least = min(least, pair)
		time += 2 * least
	}
	size := float64(m * n)
	return size / max(time, 1/math.Log10(size)), rHat
}
