package trajectory

import (
	"context"
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// A Spectrum is that of the increments x_{k+1} - x_k of a trajectory, its coordinates
// taken together (Figure 6.3a): Y_f = Σ_t (x_{t+1} - x_t) e^{-2πift/n}, with no window.
type Spectrum struct {
	Increments  int       // n
	Coordinates int       // that it is of: all, or those that were through when it was stopped
	Frequency   []float64 // f/n, cycles a point, len n/2+1
	Amplitude   []float64 // mean of |Y_f| over the coordinates
	Spread      []float64 // its standard deviation over them
	Power       []float64 // mean of |Y_f|²/n: the periodogram
	// Autoregression is what Amplitude would be if each coordinate were x ← φx + ζ, of the
	// variances that it and its increments have: at f ≠ 0 and n/2, as n → ∞.
	Autoregression []float64
	Stopped        error // why it is not of all coordinates; nil where it is

	deviation, variance float64 // means over the coordinates of those of the increments
}

// Increments is the spectrum of the increments between the points from first on, after
// what is discarded as burn-in. Errors: a file that cannot be read. It panics unless
// there are two such points, and stops when ctx does, with the coordinates done by then.
// Lengths that are products of small primes are the fastest; so is a machine that has
// FFTW ([device.FFT]).
func Increments(ctx context.Context, s Series, first int) (*Spectrum, error) {
	n := s.Len() - first - 1
	if first < 0 || n < 1 {
		panic(fmt.Sprintf("trajectory: Increments: from point %d of %d on, expected at least two", first, s.Len()))
	}
	bins := n/2 + 1
	var workers [waveBlocks]*transform
	cos := make([]float64, bins)
	for f := range cos {
		cos[f] = math.Cos(2 * math.Pi * float64(f) / float64(n))
	}
	// The sums: |Y_f|, |Y_f|², that of the autoregression, and at the end standard
	// deviations and variances.
	sums, d, stopped, err := total(ctx, "spectrum", s, first, 3*bins+2, func(worker int, x, sum []float64) {
		if workers[worker] == nil {
			workers[worker] = newTransform(n)
		}
		of := stat.PopVariance(x, nil)
		for k := range n {
			x[k] = x[k+1] - x[k]
		}
		x = x[:n]
		variance := stat.PopVariance(x, nil)
		sum[3*bins] += math.Sqrt(variance)
		sum[3*bins+1] += variance
		if of > 0 {
			φ := 1 - variance/(2*of)
			level := math.Sqrt(math.Pi / 4 * float64(n) * variance) // of white increments
			for f, c := range cos {
				sum[2*bins+f] += level * math.Sqrt((1-c)*(1+φ)/(1-2*φ*c+φ*φ))
			}
		}
		y := workers[worker].of(x)
		for f := range bins {
			power := y[2*f]*y[2*f] + y[2*f+1]*y[2*f+1]
			sum[f] += math.Sqrt(power)
			sum[bins+f] += power
		}
	})
	if err != nil {
		return nil, err
	}
	p := &Spectrum{
		Increments: n, Coordinates: d, Stopped: stopped,
		Frequency: make([]float64, bins), Amplitude: sums[:bins], Power: sums[bins : 2*bins], Spread: make([]float64, bins),
		Autoregression: sums[2*bins : 3*bins],
	}
	each := 1 / float64(max(1, d))
	p.deviation, p.variance = sums[3*bins]*each, sums[3*bins+1]*each
	for f := range bins {
		p.Frequency[f] = float64(f) / float64(n)
		p.Amplitude[f] *= each
		p.Spread[f] = spread(p.Amplitude[f], p.Power[f], d)
		p.Power[f] *= each / float64(n)
		p.Autoregression[f] *= each
	}
	return p, nil
}

// spread is the standard deviation of d numbers of that mean and sum of squares.
func spread(mean, squares float64, d int) float64 {
	if d < 2 {
		return 0
	}
	return math.Sqrt(max(0, (squares-float64(d)*mean*mean)/float64(d-1)))
}

// White is what Amplitude would be if the increments were white noise of the same
// variances, as those of Brownian motion are: |Y_f|² is then exponential with the mean
// nσ², and E|Y_f| = σ√(πn)/2, at all f but 0 and n/2. It holds for any law of the
// increments as n → ∞.
func (p *Spectrum) White() float64 {
	return p.deviation * math.Sqrt(math.Pi*float64(p.Increments)) / 2
}

// WhitePower is what Power would be then: the variance of the increments, its mean over
// the coordinates. The mean of Power over f ≠ 0, with those below n/2 twice, is just that
// for any increments (Parseval).
func (p *Spectrum) WhitePower() float64 { return p.variance }

// Band is how far from White the mean of Amplitude over so many frequencies stays, with
// that probability, if the increments are white and those of different coordinates
// independent: exact for large numbers of coordinates.
func (p *Spectrum) Band(probability float64, frequencies int) float64 {
	n := float64(p.Increments) * (1 - math.Pi/4) * p.variance // of |Y_f|, the mean of its variances
	return quantile(probability) * math.Sqrt(n/float64(p.Coordinates*frequencies))
}

// quantile is the z of |N(0,1)| < z with that probability.
func quantile(probability float64) float64 {
	if !(probability > 0 && probability < 1) {
		panic(fmt.Sprintf("trajectory: a band of probability %v, expected 0 < probability < 1", probability))
	}
	return distuv.UnitNormal.Quantile((1 + probability) / 2)
}

// String is one line.
func (p *Spectrum) String() string {
	return fmt.Sprintf("spectrum of %d increments, mean of %d coordinates, white level %.4g", p.Increments, p.Coordinates, p.White())
}
