package net

import (
	"fmt"

	"glassy/lab/device"
	"glassy/lab/landscape"
)

// gradients are those of a batch's samples, kept as what came forward and back.
type gradients struct {
	l     *Loss
	call  uint64
	parts []part
}

// SampleGradients are the gradients of single samples at x, evaluated: no
// dropout, batch-norm by the kept statistics, also in a Minibatch. They cost a
// pass forward and one back, and memory for the activations and deltas of all
// samples of index. It panics on an empty index and one out of 0..Samples()-1.
func (l *Loss) SampleGradients(x device.Vector, index []int) landscape.Gradients {
	l.begin("SampleGradients", x)
	l.at.forget()
	l.m.batchNorm, l.m.dropout, l.m.keep = false, false, true
	l.picked = l.pick("SampleGradients", index, l.picked[:0])
	l.feed.load(l.m, l.picked)
	l.forward()
	l.m.dev.Scale(l.perSample(), l.perRow(&l.head.dz, l.arch.Classes))
	// A last stage may work in place on its deltas; Apply needs the ones it got.
	l.m.root.backward(l.m, l.head.tdz.copy(l.m, l.perRow(&l.head.dz, l.arch.Classes)))
	return &gradients{l: l, call: l.calls, parts: l.m.root.parts(l.m)}
}

// perSample is 1/T, the weight of one label in f_k.
func (l *Loss) perSample() float64 { return 1 / float64(l.feed.positions()) }

func (g *gradients) machine(what string) *machine {
	if g.call != g.l.calls {
		panic(fmt.Sprintf("net: Gradients.%s: the loss was called again after SampleGradients; use the gradients before", what))
	}
	return g.l.m
}

func (g *gradients) need(what, name string, n, want int) {
	if n != want {
		panic(fmt.Sprintf("net: Gradients.%s: %s has length %d, expected %d", what, name, n, want))
	}
}

func (g *gradients) Len() int { return g.machine("Len").n }

// String says what they are, also when they are no longer valid.
func (g *gradients) String() string {
	if g.call != g.l.calls {
		return "gradients of an earlier call: no longer valid"
	}
	return fmt.Sprintf("gradients of %d samples, d = %d, factored", g.l.m.n, g.l.dim)
}

func (g *gradients) SquaredNorms(dst []float64) {
	m := g.machine("SquaredNorms")
	g.need("SquaredNorms", "dst", len(dst), m.n)
	norms := m.tmp.d.get(m, 1)
	m.dev.Fill(norms, 0)
	for _, p := range g.parts {
		p.addNorms(m, norms)
	}
	m.dev.Download(device.Of(dst), norms)
}

// Apply is the tangent of each loss along v.
func (g *gradients) Apply(v device.Vector, dst []float64) {
	m, l := g.machine("Apply"), g.l
	l.need("Gradients.Apply", "v", v)
	g.need("Gradients.Apply", "dst", len(dst), m.n)
	m.direction = v
	tz := m.root.tangent(m, device.Vector{})
	dots := l.perRow(&m.tmp.d, 1)
	m.dev.RowDots(l.rows(), l.arch.Classes, l.perRow(&l.head.dz, l.arch.Classes), tz, dots)
	m.dev.Download(device.Of(dst), m.sumPositions(&m.tmp.e, l.rows()/m.n, 1, dots))
}

func (g *gradients) Combine(w []float64, dst device.Vector) {
	m := g.machine("Combine")
	g.l.need("Gradients.Combine", "dst", dst)
	g.need("Combine", "w", len(w), m.n)
	weights := m.tmp.d.get(m, 1)
	m.dev.Upload(weights, device.Of(w))
	for _, p := range g.parts {
		p.combine(m, weights, p.block().of(dst))
	}
}

func (g *gradients) Rows(from, to int, dst device.Vector) {
	m, d := g.machine("Rows"), g.l.dim
	if from < 0 || to < from || to > m.n {
		panic(fmt.Sprintf("net: Gradients.Rows: rows are %d..%d, expected them in 0..%d", from, to, m.n))
	}
	g.need("Rows", "dst", dst.Len(), (to-from)*d)
	for k := from; k < to; k++ {
		g.row(m, k, dst.Slice((k-from)*d, (k-from+1)*d))
	}
}

func (g *gradients) row(m *machine, k int, dst device.Vector) {
	for _, p := range g.parts {
		p.row(m, k, p.block().of(dst))
	}
}

// Gram adds up block by block: products of Grams where g_k is one outer product,
// else products of rows, a tile of samples at a time.
func (g *gradients) Gram(dst []float64) {
	m := g.machine("Gram")
	n := m.n
	g.need("Gram", "dst", len(dst), n*n)
	gram := m.tmp.d.take(m, m.dtype, n*n)
	m.dev.Fill(gram, 0)
	for _, p := range g.parts {
		if o, ok := p.(*outerProducts); ok && o.rows == 1 {
			xx, dd := m.tmp.a.take(m, m.dtype, n*n), m.tmp.b.take(m, m.dtype, n*n)
			m.gemm(false, true, n, n, o.in, o.x, o.x, 0, xx)
			m.gemm(false, true, n, n, o.out, o.dy, o.dy, 0, dd)
			m.dev.MultiplyAdd(xx, dd, gram)
		} else {
			g.tiles(m, p, gram)
		}
	}
	m.dev.Download(device.Of(dst), gram)
	for i := range n {
		for j := range i {
			dst[i*n+j] = dst[j*n+i]
		}
	}
}

// tiles adds the products of p's rows to the upper triangle of gram.
func (g *gradients) tiles(m *machine, p part, gram device.Vector) {
	size := p.block().n
	tile := min(m.n, max(1, (1<<22)/size))
	rows := func(b *buffer, from int) (v device.Vector, n int) {
		to := min(from+tile, m.n)
		v = b.take(m, m.dtype, tile*size)
		for k := from; k < to; k++ {
			p.row(m, k, v.Slice((k-from)*size, (k-from+1)*size))
		}
		return v, to - from
	}
	for i := 0; i < m.n; i += tile {
		left, ni := rows(&m.tmp.b, i)
		for j := i; j < m.n; j += tile {
			right, nj := left, ni
			if j > i {
				right, nj = rows(&m.tmp.c, j)
			}
			m.dev.Gemm(false, true, ni, nj, size, 1, left, size, right, size, 1, gram.Slice(i*m.n+j, m.n*m.n), m.n)
		}
	}
}
