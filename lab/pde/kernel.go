package pde

import (
	"math"

	"glassy/lab/device"
	"glassy/lab/run"
)

// negligible is minus the logarithm of what is not worth adding to 1: 2⁻⁵³ of it.
const negligible = 37

// blocks is the range of a function in blocks of nodes, square ones in a plane.
type blocks struct {
	count     []int // along each axis
	low, high []float64
}

const block = 8 // nodes along an axis

func blocksOf(f *Field) blocks {
	var b blocks
	total := 1
	for _, a := range f.Grid {
		b.count = append(b.count, (a.Nodes+block-1)/block)
		total *= b.count[len(b.count)-1]
	}
	b.low, b.high = make([]float64, total), make([]float64, total)
	columns := f.Grid[len(f.Grid)-1].Nodes
	across := b.count[len(b.count)-1]
	rows, high := len(f.Values)/columns, 1 // nodes of a block across the lines
	if len(f.Grid) > 1 {
		high = block
	}
	run.Share(0, total/across, func(_, i int) {
		for r := i * high; r < min(rows, (i+1)*high); r++ {
			row := f.Values[r*columns : (r+1)*columns]
			for c := range across {
				nodes := row[c*block : min(columns, (c+1)*block)]
				lo, hi := nodes[0], nodes[0]
				for _, v := range nodes[1:] {
					lo, hi = min(lo, v), max(hi, v)
				}
				at := i*across + c
				if r > i*high {
					lo, hi = min(lo, b.low[at]), max(hi, b.high[at])
				}
				b.low[at], b.high[at] = lo, hi
			}
		}
	})
	return b
}

// rises is the most that a function falls from one node to another of the same line, no
// further away than block·2^k nodes for number k.
type rises []float64

// rises are those along an axis, of the function times scale: from the highest of a
// block to the lowest of those around it, the distance of two being up to 1, 2, 4, …
func (b blocks) rises(axis int, scale float64) rises {
	n, stride := b.count[axis], 1
	for _, c := range b.count[axis+1:] {
		stride *= c
	}
	var all rises
	low, wider := make([]float64, n), make([]float64, n)
	for d := 1; d < 2*n; d *= 2 {
		all = append(all, 0)
	}
	for l := range len(b.low) / n {
		first := l/stride*stride*n + l%stride
		gather(low, b.low, first, stride)
		for k, d := 0, 1; k < len(all); k, d = k+1, 2*d {
			for i := range n { // the lowest of d/2 blocks around becomes that of d
				wider[i] = min(low[max(0, i-(d+1)/2)], low[i], low[min(n-1, i+(d+1)/2)])
				fall := scale * (b.high[first+i*stride] - wider[i])
				if math.IsNaN(fall) { // +∞ all along
					fall = math.Inf(1)
				}
				all[k] = max(all[k], fall)
			}
			low, wider = wider, low
		}
	}
	return all
}

// walls is whether the function is infinite somewhere.
func (r rises) walls() bool { return math.IsInf(r[len(r)-1], 1) }

// most is the largest of what far says of the distances from nearer to within nodes, over
// which the function rises by so much.
func (r rises) most(a Axis, far func(nearer, within, rise float64) float64) int {
	if a.Boundary == Periodic { // what is far may be near the other way around
		return int(math.Ceil(far(0, math.Inf(1), r[len(r)-1])))
	}
	most, nearer := 0.0, 0.0
	for k, rise := range r {
		within := float64(int(block) << k)
		if k == len(r)-1 { // further than all nodes are images of them
			within = math.Inf(1)
		}
		most = max(most, far(nearer, within, rise))
		nearer = within
	}
	return int(math.Ceil(most))
}

// A kernel is the normal law between the nodes of an axis, as far as it counts. Beyond
// the ends are the images that a reflecting or a periodic axis has.
//
// Where it is wide it is the product of two, of half its variance each, with a grid
// between them that has fewer nodes: G_w(x-z) = s Σ_y G_w/√2(x-y) G_w/√2(y-z) over all y that
// are multiples of s, since the terms are a normal law of width w/2 in y, and the sum
// of one over points s apart is its integral but for a part of 2 exp(-2π²(w/2s)²) (Poisson).
// That is so for each x and z by itself, so what is said of relative errors stays true,
// and a node costs the same however wide the kernel.
type kernel struct {
	axis    Axis
	width   float64 // in steps
	reach   int
	depth   float64   // how small weights that count get, beside what the function itself does: minus a logarithm
	weight  []float64 // log of that of a node so many steps away, len reach+1
	factors []*band   // one or two
}

// sparse is w/s at the least: the part above is 1.6e-16.
const sparse = 2 * 1.37

// newKernel is that of a width in steps for functions that rise so.
func newKernel(a Axis, width float64, r rises) *kernel {
	n := a.Nodes
	// So wide that all images of a node weigh the same, to rounding.
	switch a.Boundary {
	case Periodic:
		width = min(width, 1.4*float64(n))
	case Reflecting:
		width = min(width, 1.4*float64(2*n))
	}
	k := &kernel{axis: a, width: width}
	half := 0 // what reach is between the two grids
	if r.walls() {
		// Beyond a wall there is no term of x itself, and that of the furthest node counts.
		k.reach = n - 1
		if a.Boundary != Open {
			k.reach = int(math.Ceil(math.Hypot(float64(n), width*math.Sqrt(2*negligible))))
		}
		k.depth = float64(n) * float64(n) / (2 * width * width)
		half = int(math.Ceil(float64(k.reach)/2 + width*math.Sqrt(negligible/2)))
	} else {
		// Relative to the term of x itself, that of z at a distance of D nodes is at most
		// M(D) - D²/2w², M(D) the most that the function rises within D nodes.
		k.reach = r.most(a, func(nearer, within, rise float64) float64 {
			counts := width * math.Sqrt(2*(negligible+rise))
			if counts <= nearer {
				return 0
			}
			return min(counts, within)
		})
		if a.Boundary == Open {
			k.reach = min(k.reach, n-1)
		}
		// And by way of y, at a distance of A from x or from z and of at least |D-A| from the
		// other, at most M(D) - (A² + (D-A)²)/w².
		half = r.most(a, func(nearer, within, rise float64) float64 {
			c := math.Sqrt(negligible + rise)
			if width*math.Sqrt2*c <= nearer {
				return 0
			}
			D := min(max(width*c, nearer), within)
			return (D + math.Sqrt(max(0, 2*width*width*c*c-D*D))) / 2
		})
	}
	k.weight = logNormal(width, k.reach)
	s := int(width / sparse)
	if s < 2 {
		k.factors = []*band{newBand(k.source, lattice{0, 1, n}, lattice{0, 1, n}, exponentials(k.weight, 0))}
		return k
	}
	weight := logNormal(width/math.Sqrt2, half)
	between := lattice{-half, s, (n-1+2*half)/s + 2}
	within := func(i int) int { return i } // all that counts is there
	k.factors = []*band{
		newBand(k.source, lattice{0, 1, n}, between, exponentials(weight, 0)),
		newBand(within, between, lattice{0, 1, n}, exponentials(weight, math.Log(float64(s)))),
	}
	return k
}

// logNormal is the logarithm of the normal law at 0, 1, … reach.
func logNormal(width float64, reach int) []float64 {
	weight := make([]float64, reach+1)
	for d := range weight {
		z := float64(d) / width
		weight[d] = -z*z/2 - math.Log(width*math.Sqrt(2*math.Pi))
	}
	return weight
}

func exponentials(x []float64, shift float64) []float64 {
	y := make([]float64, len(x))
	for i, v := range x {
		y[i] = math.Exp(v + shift)
	}
	return y
}

// source is the node whose value stands at place i of the axis as it goes on
// beyond its ends; -1: none.
func (k *kernel) source(i int) int {
	n := k.axis.Nodes
	switch {
	case i >= 0 && i < n:
		return i
	case k.axis.Boundary == Open:
		return -1
	case k.axis.Boundary == Periodic:
		return ((i % n) + n) % n
	}
	i = ((i % (2 * n)) + 2*n) % (2 * n)
	if i >= n {
		i = 2*n - 1 - i
	}
	return i
}

// A lattice is nodes a number of steps apart, the first at origin, in steps of an axis.
type lattice struct{ origin, apart, nodes int }

func (l lattice) at(i int) int { return l.origin + i*l.apart }

// A band is what comes to the nodes of one lattice from those of another that are not too
// far away, as products of dense matrices.
type band struct {
	from, to lattice
	tiles    []tile
	matrices [][]float64 // of the tiles, sources×nodes; most have the same
}

// A tile is nodes first, first+1, … and the nodes from, … that they hear of.
type tile struct {
	first, nodes  int
	from, sources int
	matrix        int // which
}

// newBand is that of weights by the distance. Source says which node of from stands at
// a place beyond its ends, as its kernel's does.
func newBand(source func(i int) int, from, to lattice, weight []float64) *band {
	b := &band{from: from, to: to}
	reach := len(weight) - 1
	// As large as products are fast with, as small as they waste little on zeros; tiles
	// begin at nodes of the other lattice, so that they are the same.
	size := 24
	if to.apart == 1 {
		size = (64 + from.apart - 1) / from.apart * from.apart
	}
	inside := -1 // the matrix of tiles that do not hear of the ends
	for first := 0; first < to.nodes; first += size {
		t := tile{first: first, nodes: min(size, to.nodes-first)}
		low := ceilDiv(to.at(first)-reach-from.origin, from.apart)
		high := floorDiv(to.at(first+t.nodes-1)+reach-from.origin, from.apart)
		t.from, t.sources = low, high-low+1
		within := low >= 0 && high < from.nodes
		if !within { // where what is beyond the ends comes from
			first, last := from.nodes, -1
			for i := low; i <= high; i++ {
				if s := source(i); s >= 0 && s < from.nodes {
					first, last = min(first, s), max(last, s)
				}
			}
			t.from, t.sources = min(first, last+1), max(0, last+1-first)
		}
		within = within && t.nodes == size
		if within && inside >= 0 {
			t.matrix = inside
			b.tiles = append(b.tiles, t)
			continue
		}
		matrix := make([]float64, t.sources*t.nodes)
		for c := range t.nodes {
			here := to.at(first + c)
			for i := ceilDiv(here-reach-from.origin, from.apart); i <= floorDiv(here+reach-from.origin, from.apart); i++ {
				if s := source(i); s >= 0 && s < from.nodes {
					d := from.at(i) - here
					matrix[(s-t.from)*t.nodes+c] += weight[max(d, -d)]
				}
			}
		}
		t.matrix = len(b.matrices)
		b.matrices = append(b.matrices, matrix)
		if within {
			inside = t.matrix
		}
		b.tiles = append(b.tiles, t)
	}
	return b
}

func floorDiv(a, b int) int { return int(math.Floor(float64(a) / float64(b))) }
func ceilDiv(a, b int) int  { return -floorDiv(-a, b) }

// along writes the sums along lines that are the rows of x, m×from.nodes, to y.
func (b *band) along(dev device.Device, m int, x, y device.Vector) {
	b.each(dev, func(t tile, matrix device.Vector) {
		dev.Gemm(false, false, m, t.nodes, t.sources, 1, x.Slice(t.from, x.Len()), b.from.nodes, matrix, t.nodes, 0, y.Slice(t.first, y.Len()), b.to.nodes)
	})
}

// across is those along lines that are the columns of x, from.nodes×m.
func (b *band) across(dev device.Device, m int, x device.Vector) (y device.Vector) {
	y = dev.New(device.Float64, b.to.nodes*m)
	b.each(dev, func(t tile, matrix device.Vector) {
		dev.Gemm(true, false, t.nodes, m, t.sources, 1, matrix, t.nodes, x.Slice(t.from*m, x.Len()), m, 0, y.Slice(t.first*m, y.Len()), m)
	})
	return y
}

// each does all tiles: on the processor each is a product for one thread, elsewhere one
// is begun after another.
func (b *band) each(dev device.Device, do func(t tile, matrix device.Vector)) {
	matrices := make([]device.Vector, len(b.matrices))
	for i, m := range b.matrices {
		matrices[i] = device.Of(m)
	}
	if dev.Name() == "cpu" {
		run.Share(0, len(b.tiles), func(_, i int) { do(b.tiles[i], matrices[b.tiles[i].matrix]) })
		return
	}
	for i, m := range b.matrices {
		matrices[i] = device.Put(dev, device.Float64, m)
		defer dev.Free(matrices[i])
	}
	for _, t := range b.tiles {
		do(t, matrices[t.matrix])
	}
}
