package trajectory

import (
	"context"
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/stat"
)

// A Correlation is the autocorrelation of a trajectory in time, of its coordinates taken
// together (Figure 6.3b): of each, with the mean x̄ of its T points,
//
//	r_k = Σ_{t < T-k} (x_t - x̄)(x_{t+k} - x̄) / Σ (x_t - x̄)².
type Correlation struct {
	Points      int       // T
	Coordinates int       // that it is of: all that move, or those that were through when it was stopped
	Constant    int       // coordinates that do not move and have none
	Mean        []float64 // of r_0 … r_K over the coordinates
	Spread      []float64 // its standard deviation over them
	// Autoregression is the mean of r_1^k: what each coordinate would have if it were
	// x ← r_1 x + ζ.
	Autoregression []float64
	Stopped        error // why it is not of all coordinates; nil where it is
}

// Autocorrelation is that of the points from first on, at the lags 0 … K. Errors: a file
// that cannot be read. It panics unless there are more than K such points, and stops when
// ctx does, with the coordinates done by then.
func Autocorrelation(ctx context.Context, s Series, first, K int) (*Correlation, error) {
	T := s.Len() - first
	if first < 0 || K < 0 || T <= K {
		panic(fmt.Sprintf("trajectory: Autocorrelation: lag %d of the points from %d of %d on, expected more points", K, first, s.Len()))
	}
	var workers [waveBlocks]*correlator
	lags := K + 1
	// The sums: r_k, its square, r_1^k, and the number of coordinates that move.
	sums, d, stopped, err := total(ctx, "autocorrelation", s, first, 3*lags+1, func(worker int, x, sum []float64) {
		if workers[worker] == nil {
			workers[worker] = newCorrelator(T, K)
		}
		r := workers[worker].of(x)
		if r == nil {
			return
		}
		power := 1.0
		for k, v := range r {
			sum[k] += v
			sum[lags+k] += v * v
			sum[2*lags+k] += power
			if K > 0 {
				power *= r[1]
			}
		}
		sum[3*lags]++
	})
	if err != nil {
		return nil, err
	}
	moving := int(sums[3*lags])
	c := &Correlation{
		Points: T, Coordinates: moving, Constant: d - moving, Stopped: stopped,
		Mean: sums[:lags], Spread: make([]float64, lags), Autoregression: sums[2*lags : 3*lags],
	}
	floats.Scale(1/float64(max(1, moving)), c.Mean)
	floats.Scale(1/float64(max(1, moving)), c.Autoregression)
	for k := range lags {
		c.Spread[k] = spread(c.Mean[k], sums[lags+k], moving)
	}
	return c, nil
}

// Band is the size that the autocorrelation of one coordinate keeps below with that
// probability at any one lag if its points are white noise: z/√T, as T → ∞; 2.576/√T of
// 99 %. This is the band of the thesis; it is not that of Brownian motion, whose points
// are correlated over all of the trajectory, see [Brownian].
func (c *Correlation) Band(probability float64) float64 {
	return quantile(probability) / math.Sqrt(float64(c.Points))
}

// String is one line.
func (c *Correlation) String() string {
	last := len(c.Mean) - 1
	return fmt.Sprintf("autocorrelation of %d points, mean of %d coordinates: r_%d = %.4g ± %.2g", c.Points, c.Coordinates, last, c.Mean[last], c.Spread[last])
}

// A correlator makes autocorrelations of series of T points, for one goroutine: by the
// transform of the series with zeros behind it, so that the ends do not meet.
type correlator struct {
	fft *transform
	x   []float64
	r   []float64
}

func newCorrelator(T, K int) *correlator {
	n := smooth(T + K)
	return &correlator{newTransform(n), make([]float64, n), make([]float64, K+1)}
}

// of is r_0 … r_K of x, valid until the next call; nil where x does not move.
func (c *correlator) of(x []float64) []float64 {
	mean := stat.Mean(x, nil)
	clear(c.x)
	for i, v := range x {
		c.x[i] = v - mean
	}
	y := c.fft.of(c.x)
	for f := 0; f < len(y); f += 2 {
		y[f], y[f+1] = y[f]*y[f]+y[f+1]*y[f+1], 0
	}
	c.fft.back(c.x)
	if !(c.x[0] > 0) {
		return nil
	}
	for k := range c.r {
		c.r[k] = c.x[k] / c.x[0]
	}
	return c.r
}
