package embed

import (
	"math"
	"slices"
)

// An affinity is the symmetric matrix P of n points, as its pairs i < j: those of
// row i are the numbers rows[i] … rows[i+1]-1 of columns, where their j stand,
// ascending, and of p. The sum over i ≠ j, twice that of p, is 1.
type affinity struct {
	rows, columns []int32
	p             []float64
}

// affinities is P = (p_j|i + p_i|j)/2n of the neighbours' squared distances, n×k
// (van der Maaten & Hinton 2008), and how many rows have not got the perplexity.
func affinities(index []int32, squared []float64, n, k int, perplexity float64) (a *affinity, missed int) {
	const size = 256
	p := make([]float64, n*k)
	misses := make([]int, (n+size-1)/size)
	split(n, size, func(from, to int) {
		for i := from; i < to; i++ {
			if !conditional(squared[i*k:(i+1)*k], perplexity, p[i*k:(i+1)*k]) {
				misses[from/size]++
			}
		}
	})
	for _, m := range misses {
		missed += m
	}
	return symmetric(index, p, n, k), missed
}

// conditional turns the squared distances of one point's neighbours, ascending,
// into p_j ∝ exp(-β d_j²) of that perplexity, exp(-Σ p log p), to 1e-10 of it.
// It returns false where there is no such β, as when too many neighbours are as
// near as the nearest: then p is that of β = ∞ or 0, the closest there is.
func conditional(squared []float64, perplexity float64, p []float64) bool {
	k, nearest := len(squared), squared[0]
	ties, unit := 0, 0.
	for _, s := range squared {
		if s == nearest {
			ties++
		}
		unit += (s - nearest) / float64(k)
	}
	if limit := float64(ties); limit >= perplexity {
		uniform(p, ties)
		return limit == perplexity
	}
	if limit := float64(k); limit <= perplexity {
		uniform(p, k)
		return limit == perplexity
	}
	// The entropy falls from log k to log ties as β grows. Newton's method in
	// log β, with β in units in which it is about 1, kept between bounds that
	// close in.
	want := math.Log(perplexity)
	low, high := math.Inf(-1), math.Inf(1)
	for at := 0.; ; {
		beta := math.Exp(at)
		sum, mean, square := 0., 0., 0.
		for j, s := range squared {
			e := beta * ((s - nearest) / unit)
			p[j] = math.Exp(-e)
			sum += p[j]
			mean += p[j] * e
			square += p[j] * e * e
		}
		for j := range p {
			p[j] /= sum
		}
		mean /= sum
		wrong := math.Log(sum) + mean - want
		if math.Abs(wrong) < 1e-10 || high-low < 1e-14*math.Abs(at) {
			return true
		}
		if wrong > 0 {
			low = at
		} else {
			high = at
		}
		const stride = 2
		slope := mean*mean - square/sum // of the entropy, by log β
		next := at - wrong/slope
		switch {
		case next > low && next < high && math.Abs(next-at) <= stride:
		case math.IsInf(low, -1):
			next = at - stride
		case math.IsInf(high, 1):
			next = at + stride
		default:
			next = (low + high) / 2
		}
		at = next
	}
}

// uniform gives the first m the same.
func uniform(p []float64, m int) {
	clear(p)
	for j := range m {
		p[j] = 1 / float64(m)
	}
}

// symmetric is (p + pᵀ)/2n for p whose rows have k entries, in these columns.
func symmetric(index []int32, p []float64, n, k int) *affinity {
	type entry struct {
		column int32
		p      float64
	}
	pair := func(e int) (i, j int32) {
		i, j = int32(e/k), index[e]
		return min(i, j), max(i, j)
	}
	start := make([]int32, n+1)
	for e := range index {
		i, _ := pair(e)
		start[i+1]++
	}
	for i := range n {
		start[i+1] += start[i]
	}
	all, next := make([]entry, len(index)), slices.Clone(start)
	for e := range index {
		if i, j := pair(e); p[e] > 0 {
			all[next[i]] = entry{j, p[e] / float64(2*n)}
			next[i]++
		}
	}
	// In each row by column, and the two of a pair as one.
	a := &affinity{rows: make([]int32, n+1)}
	split(n, 256, func(from, to int) {
		for i := from; i < to; i++ {
			row := all[start[i]:next[i]]
			slices.SortFunc(row, func(a, b entry) int { return int(a.column - b.column) })
			m := 0
			for _, e := range row {
				if m > 0 && row[m-1].column == e.column {
					row[m-1].p += e.p
				} else {
					row[m] = e
					m++
				}
			}
			a.rows[i+1] = int32(m)
		}
	})
	for i := range n {
		a.rows[i+1] += a.rows[i]
	}
	a.columns, a.p = make([]int32, a.rows[n]), make([]float64, a.rows[n])
	for i := range n {
		at := a.rows[i]
		for c, e := range all[start[i] : start[i]+a.rows[i+1]-at] {
			a.columns[int(at)+c], a.p[int(at)+c] = e.column, e.p
		}
	}
	return a
}

// whole is both halves of P, as device.Physics.Attraction takes it.
func (a *affinity) whole() (rows, columns []int32, p []float64) {
	n := len(a.rows) - 1
	rows = make([]int32, n+1)
	for i := range n {
		rows[i+1] += a.rows[i+1] - a.rows[i]
		for _, j := range a.columns[a.rows[i]:a.rows[i+1]] {
			rows[j+1]++
		}
	}
	for i := range n {
		rows[i+1] += rows[i]
	}
	columns, p = make([]int32, rows[n]), make([]float64, rows[n])
	next := slices.Clone(rows)
	put := func(i, j int32, v float64) {
		columns[next[i]], p[next[i]] = j, v
		next[i]++
	}
	for i := range int32(n) {
		for e := a.rows[i]; e < a.rows[i+1]; e++ {
			put(i, a.columns[e], a.p[e])
			put(a.columns[e], i, a.p[e])
		}
	}
	return rows, columns, p
}

// entropy is -Σ p log p over i ≠ j, in nats.
func (a *affinity) entropy() float64 {
	h := 0.
	for _, p := range a.p {
		h -= 2 * p * math.Log(p)
	}
	return h
}
