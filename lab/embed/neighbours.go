package embed

import (
	"context"
	"math"
	"slices"

	"glassy/lab/device"
	"glassy/lab/run"
)

// neighbours finds the k nearest of the n points x, n×d, to each of the m points
// of, m×d: their indices and squared distances, both m×k, nearest first. Where of
// is nil they are the points x themselves, none of which is its own neighbour; then
// k < n, else k ≤ n.
//
// All n·m distances |x|²+|y|²-2x·y are looked at, by matrix products; those kept
// are then computed anew as Σ(x-y)², so that what is close is not lost in
// rounding. Points that are as far as each other to within that rounding count as
// tied, and ties are broken by a fixed random order of pairs: by index, many
// copies of a point would all have the same few neighbours.
//
// It stops with ctx, and err is the reason.
func neighbours(ctx context.Context, dev device.Device, of, x []float64, n, k int) (index []int32, squared []float64, err error) {
	// A tile of products fits the second-level cache, and is one call of a BLAS.
	const rows, columns = 256, 1024
	d := len(x) / n
	// Less the mean norms are smaller, and with them the rounding of distances.
	mean := meanOf(x, n)
	x = less(x, mean)
	norms := squares(x, d)
	among, own := of == nil, norms
	if among {
		of = x
	} else {
		of = less(of, mean)
		own = squares(of, d)
	}
	m := len(own)
	index, squared = make([]int32, m*k), make([]float64, m*k)
	loop := run.Start(ctx, "t-SNE, neighbours", m)
	defer loop.End()
	split(m, rows, func(from, to int) {
		if loop.Err() != nil {
			return
		}
		found := make([]heap, to-from)
		for r := range found {
			found[r] = newHeap(from+r, k, own[from+r])
			if !among {
				found[r].self = -1
			}
		}
		products := make([]float64, rows*columns)
		for first := 0; first < n; first += columns {
			w := min(columns, n-first)
			dev.Gemm(false, true, to-from, w, d, -2, device.Of(of[from*d:to*d]), d, device.Of(x[first*d:(first+w)*d]), d, 0, device.Of(products), w)
			for r := range found {
				found[r].look(first, products[r*w:(r+1)*w], norms[first:first+w])
			}
		}
		for r := range found {
			i := from + r
			for a := range found[r].kept {
				c := &found[r].kept[a]
				c.squared = distance(of[i*d:(i+1)*d], x[int(c.index)*d:int(c.index+1)*d])
			}
			found[r].sort()
			for a, c := range found[r].kept {
				index[i*k+a], squared[i*k+a] = c.index, c.squared
			}
		}
		loop.Add(to - from)
	})
	return index, squared, loop.Err()
}

// distance is |x-y|².
func distance(x, y []float64) float64 {
	s := 0.
	for j, v := range x {
		s += (v - y[j]) * (v - y[j])
	}
	return s
}

// meanOf is the mean of n points.
func meanOf(x []float64, n int) []float64 {
	mean := make([]float64, len(x)/n)
	for i, v := range x {
		mean[i%len(mean)] += v / float64(n)
	}
	return mean
}

// less is points without their mean.
func less(x, mean []float64) []float64 {
	c := make([]float64, len(x))
	for i, v := range x {
		c[i] = v - mean[i%len(mean)]
	}
	return c
}

// squares is |x|² of points of d dimensions.
func squares(x []float64, d int) []float64 {
	s := make([]float64, len(x)/d)
	for i := range s {
		for _, v := range x[i*d : (i+1)*d] {
			s[i] += v * v
		}
	}
	return s
}

// A candidate is a point that may be a neighbour.
type candidate struct {
	squared float64
	order   uint32 // among those as far
	index   int32
}

func (a candidate) before(b candidate) bool {
	if a.squared != b.squared {
		return a.squared < b.squared
	}
	if a.order != b.order {
		return a.order < b.order
	}
	return a.index < b.index
}

// order is a hash of a pair (the finaliser of MurmurHash3).
func order(i, j int) uint32 {
	h := uint32(i)*0x9E3779B1 ^ uint32(j)
	h = (h ^ h>>16) * 0x85EBCA6B
	h = (h ^ h>>13) * 0xC2B2AE35
	return h ^ h>>16
}

// A heap keeps the nearest candidates of point i, the farthest of them first.
type heap struct {
	i     int
	self  int     // the point that is no candidate: i, or -1
	norm  float64 // |x_i|²
	kept  []candidate
	worst float64 // of |x_j|²-2x_i·x_j, beyond which j is clearly too far
}

func newHeap(i, k int, norm float64) heap {
	return heap{i: i, self: i, norm: norm, kept: make([]candidate, 0, k), worst: math.Inf(1)}
}

// rounding is by how much a distance may be wrong, relative to the norms.
const rounding = 16 * 0x1p-53

// look goes through the points j = first, first+1, …, given -2x_i·x_j and |x_j|².
func (h *heap) look(first int, products, norms []float64) {
	norms = norms[:len(products)]
	for c, p := range products {
		if s := p + norms[c]; !(s > h.worst) && first+c != h.self {
			h.add(first+c, h.norm+s, h.norm+norms[c])
		}
	}
}

// add keeps point j if it is near enough.
func (h *heap) add(j int, squared, norms float64) {
	if squared <= rounding*norms {
		squared = 0
	}
	c, k := candidate{squared, order(h.i, j), int32(j)}, cap(h.kept)
	switch {
	case len(h.kept) < k:
		h.kept = append(h.kept, c)
		if len(h.kept) < k {
			return
		}
		for a := k/2 - 1; a >= 0; a-- {
			h.down(a, k)
		}
	case c.before(h.kept[0]):
		h.kept[0] = c
		h.down(0, k)
	default:
		return
	}
	h.worst = h.kept[0].squared - h.norm + rounding*(h.kept[0].squared+h.norm)
}

// down restores the order of the first n below place a.
func (h *heap) down(a, n int) {
	kept := h.kept[:n]
	for {
		c := 2*a + 1
		if c >= n {
			return
		}
		if c+1 < n && kept[c].before(kept[c+1]) {
			c++
		}
		if !kept[a].before(kept[c]) {
			return
		}
		kept[a], kept[c] = kept[c], kept[a]
		a = c
	}
}

// sort orders the candidates, the nearest first; then it is no heap any more.
func (h *heap) sort() {
	slices.SortFunc(h.kept, func(a, b candidate) int {
		if a.before(b) {
			return -1
		}
		return 1
	})
}
