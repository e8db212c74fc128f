package glass

import (
	"context"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/integrate/quad"

	"glassy/lab/run"
)

// IndexCounts tells how many critical points of each index a pure p-spin glass
// of N spins has below each energy: E crt_k(H ≤ Nu), the Θ_k of Lemma 2.2 at
// finite N, exactly. The layers of Figure 2.1, where a count passes 1, lie higher
// and wider apart at finite N: those of index 0, 1, 2 and 3 of a 3-spin glass at
// −1.619, −1.579, −1.537 and −1.495 for N = 100, at −1.657, −1.653, −1.650 and
// −1.648 as N → ∞.
//
//	E crt_k(H ≤ Nu) = 2√(1+B) ((1+B)/(1−B))^{(N−1)/2} ∫_{−∞}^{t(u)} e^{−Bt²/4} dF_{k+1}(t)
//
// with t(u) = √(pN/(p−1)) u, B = 1 − 2/p, and F_{k+1} the law of the eigenvalue
// number k+1 from below of [GOE]. Source: Auffinger, Ben Arous, Černý 2013,
// Theorem 2.2.
type IndexCounts struct {
	N, Most int // spins; the largest index that is told

	pieces []piece // from the right to the left
}

// A piece is an interval of s with, at its Gauss's points and for each index k,
// the probabilities that at most k eigenvalues are above s, and that more are.
type piece struct {
	low, high  float64
	s, w       []float64
	most, more [][]float64 // by k, by point
}

// CountIndices prepares the counts of indices 0 … most for a glass of N spins:
// the laws of the outermost eigenvalues, at some 200 points ([GOE.CountAbove]),
// on all cores. It stops when ctx is done, with its cause as the error. Panics
// if N < 2 or most is not 0 … N−1.
func CountIndices(ctx context.Context, n, most int) (*IndexCounts, error) {
	if n < 2 || most < 0 || most >= n {
		panic(fmt.Sprintf("glass: CountIndices: N is %d and most (index) %d, expected N ≥ 2 and 0 ≤ most < N", n, most))
	}
	run.Cite("auffinger2013")
	c := &IndexCounts{N: n, Most: most}
	N := float64(n)
	unit := math.Pow(N, -1.0/6)
	high := 2*math.Sqrt(N) + 13*unit
	for low := high; low > -2*math.Sqrt(N)-13 && GOE(n).above(low) < float64(most)+9; low -= 3 * unit {
		c.pieces = append(c.pieces, piece{low: low - 3*unit, high: low})
	}
	loop := run.Start(ctx, "laws of the outermost eigenvalues", len(c.pieces))
	defer loop.End()
	run.Share(0, len(c.pieces), func(_, i int) {
		if ctx.Err() == nil {
			c.pieces[i] = c.piece(c.pieces[i].low, c.pieces[i].high)
			loop.Add(1)
		}
	})
	if err := loop.Err(); err != nil {
		return nil, err
	}
	return c, nil
}

func (c *IndexCounts) piece(low, high float64) piece {
	const points = 20
	p := piece{low: low, high: high, s: make([]float64, points), w: make([]float64, points)}
	quad.Legendre{}.FixedLocations(p.s, p.w, low, high)
	for range c.Most + 1 {
		p.most, p.more = append(p.most, make([]float64, points)), append(p.more, make([]float64, points))
	}
	for i, s := range p.s {
		most, more := c.shares(s)
		for k := range most {
			p.most[k][i], p.more[k][i] = most[k], more[k]
		}
	}
	return p
}

// shares are, by k, the probabilities of at most k eigenvalues above s, and of
// more.
func (c *IndexCounts) shares(s float64) (most, more []float64) {
	most, more = make([]float64, c.Most+1), make([]float64, c.Most+1)
	share := GOE(c.N).CountAbove(s, min(c.N, c.Most+16)) // more than that has no weight where Most+1 has
	sum := 0.0
	for k := range most {
		sum += share[k]
		most[k] = sum
	}
	sum = 0
	for k := len(share) - 1; k > 0; k-- {
		sum += share[k]
		if k <= len(more) {
			more[k-1] = sum
		}
	}
	return most, more
}

// LogCriticalBelow returns log E crt_k(H ≤ Nu) of a p-spin glass, by k = 0 …
// Most. Absolute errors of counts are below 1e-12 of E crt(H ≤ Nu) ([LogCriticalBelow]),
// and what is below 1e-15 of it may come as 0, −∞ here. Panics if p < 3; NaN if u
// is NaN.
func (c *IndexCounts) LogCriticalBelow(p int, u float64) []float64 {
	checkSpins(p)
	b := OrderParameter(p, 1, 0)
	N := float64(c.N)
	out := make([]float64, c.Most+1)
	// In s = −t, with Q(s) the probability of more than k eigenvalues above s, P
	// that of at most k, and g = e^{−Bs²/4}, by parts on either side of a median m,
	//
	//	∫_low^∞ g dP = g(m) − g(low) P(low) + ∫_low^m ½Bs g P − ∫_m^∞ ½Bs g Q
	//
	// or g(low) Q(low) − ∫_low^∞ ½Bs g Q where low > m.
	low := -math.Sqrt(float64(p)*N/float64(p-1)) * u
	if math.IsNaN(low) {
		for k := range out {
			out[k] = low
		}
		return out
	}
	pieces := c.pieces
	for i, pc := range pieces {
		if pc.low < low {
			pieces = slices.Clone(pieces[:i])
			if pc.high > low {
				pieces = append(pieces, c.piece(low, pc.high))
			}
			break
		}
	}
	most, more := c.shares(low)
	for k := range out {
		right := 0 // pieces right of the median
		for right < len(pieces) && pieces[right].more[k][0] < 0.5 {
			right++
		}
		from := low
		if right < len(pieces) {
			from = pieces[right].high
		}
		g := func(s float64) float64 { return math.Exp(-b * (s*s - from*from) / 4) }
		sum := more[k]
		if right < len(pieces) {
			sum = 1
			if most[k] > 0 {
				sum -= g(low) * most[k]
			}
		}
		for i, pc := range pieces {
			for j, s := range pc.s {
				w := pc.w[j] * b * s / 2 * g(s)
				if i < right {
					sum -= w * pc.more[k][j]
				} else {
					sum += w * pc.most[k][j]
				}
			}
		}
		out[k] = math.Inf(-1)
		if sum > 0 {
			out[k] = logPrefactor(N, b) - b*from*from/4 + math.Log(sum)
		}
	}
	return out
}
