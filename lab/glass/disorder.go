package glass

import (
	"fmt"
	"math"
	"slices"

	"glassy/lab/device"
	"glassy/lab/rng"
)

// multiIndex goes through i₁ ≤ … ≤ i_p < n in lexicographic order, as the
// couplings of device.Physics.Spins stand.
type multiIndex struct {
	i []int
	n int
}

func newMultiIndex(p, n int) *multiIndex { return &multiIndex{make([]int, p), n} }

// next is false behind the last.
func (m *multiIndex) next() bool {
	for a := len(m.i) - 1; a >= 0; a-- {
		if v := m.i[a] + 1; v < m.n {
			for ; a < len(m.i); a++ {
				m.i[a] = v
			}
			return true
		}
	}
	return false
}

// orders is in how many orders its indices can stand: p!/Π n_v!.
func (m *multiIndex) orders() float64 {
	c, same := 1.0, 0
	for a, v := range m.i {
		if same++; a > 0 && v != m.i[a-1] {
			same = 1
		}
		c = c * float64(a+1) / float64(same) // a multinomial coefficient: exact
	}
	return c
}

// draw fills couplings with normal numbers, each of as many as it has orders of
// its indices: number c of the stream is that of coupling c, whatever the device.
func draw(key rng.Key, p, n int, couplings device.Vector) {
	const chunk = 1 << 20 // numbers that are on the host at once
	index := newMultiIndex(p, n)
	buf := make([]float64, min(chunk, couplings.Len()))
	for from := 0; from < couplings.Len(); from += chunk {
		part := buf[:min(chunk, couplings.Len()-from)]
		key.Normals(uint64(from), part)
		for c := range part {
			part[c] *= math.Sqrt(index.orders())
			index.next()
		}
		upload(couplings.Slice(from, from+len(part)), part)
	}
}

func upload(v device.Vector, x []float64) { v.Device().Upload(v, device.Of(x)) }

// pack sums J, n^p row-major, over the orders of its indices.
func pack(p, n int, J []float64) []float64 {
	if want := math.Pow(float64(n), float64(p)); float64(len(J)) != want {
		panic(fmt.Sprintf("glass: New: %d couplings of degree %d, expected N^%d = %.0f", len(J), p, p, want))
	}
	c := make([]float64, device.Monomials(p, n))
	tuple, sorted := make([]int, p), make([]int, p)
	for _, v := range J {
		copy(sorted, tuple)
		slices.Sort(sorted)
		c[rank(n, sorted)] += v
		for a := p - 1; a >= 0; a-- { // the next tuple
			if tuple[a]++; tuple[a] < n {
				break
			}
			tuple[a] = 0
		}
	}
	return c
}

// rank is the place of i₁ ≤ … ≤ i_p < n in lexicographic order.
func rank(n int, index []int) (r int) {
	from := 0
	for a, i := range index {
		for ; from < i; from++ { // those with a smaller index here
			r += device.Monomials(len(index)-a-1, n-from)
		}
	}
	return r
}
