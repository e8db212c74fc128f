package net

import (
	"fmt"
	"slices"

	"glassy/lab/device"
	"glassy/lab/landscape"
)

// gradients are those of some samples, chunk by chunk, as what came forward and back.
type gradients struct {
	l      *Loss
	call   uint64
	n      int
	chunks []gradientChunk
}

// A gradientChunk is the gradients of the samples from … from+n-1 of the index.
type gradientChunk struct {
	from, n int
	parts   []part
}

// SampleGradients are the gradients of single samples at x, evaluated: no
// dropout, batch-norm by the kept statistics, also in a Minibatch. They cost a
// pass forward and one back, and memory for each sample: of each layer what it
// got and its deltas, or its part of the gradient where that is less work, never more than
// Dim numbers in all. It panics on an empty index
// and one out of 0..Samples()-1.
func (l *Loss) SampleGradients(x device.Vector, index []int) landscape.Gradients {
	l.begin("SampleGradients", x)
	l.at.forget()
	m := l.m
	m.batchNorm, m.dropout, m.keep = false, false, true
	l.picked = l.pick("SampleGradients", index, l.picked[:0])
	m.shelf.used = 0
	g := &gradients{l: l, call: l.calls, n: len(index)}
	for from := 0; from < g.n; from += l.chunk {
		to := min(from+l.chunk, g.n)
		l.feed.load(m, l.picked[from:to])
		l.forward()
		m.dev.Scale(l.perSample(), l.perRow(&l.head.dz, l.arch.Classes))
		m.root.backward(m, l.perRow(&l.head.dz, l.arch.Classes))
		c := gradientChunk{from, to - from, m.root.parts(m)}
		for i, p := range c.parts {
			c.parts[i] = least(m, p, g.n > l.chunk)
		}
		g.chunks = append(g.chunks, c)
	}
	return g
}

// least is p as what is least to work with, its factors or its gradients: in memory of its own
// where other samples go through the machine before they are used.
func least(m *machine, p part, others bool) part {
	first, second := m.shelf.next(), m.shelf.next() // also where p takes none: each part has its own, in every call
	s := p.block()
	if e, ok := p.(*explicit); ok && !others {
		return e
	}
	switch {
	case p.dear():
		g := first.get(m, s.n)
		p.samples(m, 0, m.n, g)
		return &explicit{s, g}
	case others:
		return p.copy(m, first, second)
	}
	return p
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

// each readies the machine for every chunk in turn.
func (g *gradients) each(m *machine, f func(c gradientChunk)) {
	for i, c := range g.chunks {
		m.n, m.add = c.n, i > 0
		f(c)
	}
}

func (g *gradients) Len() int {
	g.machine("Len")
	return g.n
}

// String says what they are, also when they are no longer valid.
func (g *gradients) String() string {
	if g.call != g.l.calls {
		return "gradients of an earlier call: no longer valid"
	}
	return fmt.Sprintf("gradients of %d samples, d = %d, factored", g.n, g.l.dim)
}

func (g *gradients) SquaredNorms(dst []float64) {
	m := g.machine("SquaredNorms")
	g.need("SquaredNorms", "dst", len(dst), g.n)
	g.perSample(m, dst, func(p part, norms device.Vector) { p.addNorms(m, norms) })
}

func (g *gradients) Apply(v device.Vector, dst []float64) {
	m := g.machine("Apply")
	g.l.need("Gradients.Apply", "v", v)
	g.need("Apply", "dst", len(dst), g.n)
	g.perSample(m, dst, func(p part, dots device.Vector) { p.addProducts(m, p.block().of(v), dots) })
}

// perSample writes to dst what all parts add up to, a number for each sample.
func (g *gradients) perSample(m *machine, dst []float64, add func(p part, sum device.Vector)) {
	g.each(m, func(c gradientChunk) {
		sum := m.tmp.d.get(m, 1)
		m.dev.Fill(sum, 0)
		for _, p := range c.parts {
			add(p, sum)
		}
		m.dev.Download(device.Of(dst[c.from:c.from+c.n]), sum)
	})
}

func (g *gradients) Combine(w []float64, dst device.Vector) {
	m := g.machine("Combine")
	g.l.need("Gradients.Combine", "dst", dst)
	g.need("Combine", "w", len(w), g.n)
	g.each(m, func(c gradientChunk) {
		weights := m.tmp.d.get(m, 1)
		m.dev.Upload(weights, device.Of(w[c.from:c.from+c.n]))
		for _, p := range c.parts {
			p.combine(m, weights, p.block().of(dst))
		}
	})
}

func (g *gradients) Rows(from, to int, dst device.Vector) {
	m, d := g.machine("Rows"), g.l.dim
	if from < 0 || to < from || to > g.n {
		panic(fmt.Sprintf("net: Gradients.Rows: rows are %d..%d, expected them in 0..%d", from, to, g.n))
	}
	g.need("Rows", "dst", dst.Len(), (to-from)*d)
	g.each(m, func(c gradientChunk) {
		for k := max(from, c.from); k < min(to, c.from+c.n); k++ {
			row := dst.Slice((k-from)*d, (k-from+1)*d)
			for _, p := range c.parts {
				p.samples(m, k-c.from, k-c.from+1, p.block().of(row))
			}
		}
	})
}

// Gram adds up block by block: products of Grams where g_k is one outer product,
// else products of rows, a tile of samples at a time.
func (g *gradients) Gram(dst []float64) {
	m := g.machine("Gram")
	g.need("Gram", "dst", len(dst), g.n*g.n)
	var host []float64
	for i, a := range g.chunks {
		for _, b := range g.chunks[i:] {
			gram := m.tmp.d.take(m, m.dtype, a.n*b.n)
			m.dev.Fill(gram, 0)
			for k := range a.parts {
				addGram(m, a, b, k, gram)
			}
			host = slices.Grow(host[:0], a.n*b.n)[:a.n*b.n]
			m.dev.Download(device.Of(host), gram)
			for r := range a.n {
				copy(dst[(a.from+r)*g.n+b.from:], host[r*b.n:(r+1)*b.n])
			}
		}
	}
	const tile = 64 // of rows and columns: they stay in the cache
	for i := 0; i < g.n; i += tile {
		for j := 0; j <= i; j += tile {
			for r := i; r < min(i+tile, g.n); r++ {
				for c := j; c < min(j+tile, r); c++ {
					dst[r*g.n+c] = dst[c*g.n+r]
				}
			}
		}
	}
}

// addGram adds the products of the rows of a and b of part k to gram, a.n×b.n; where
// the two are one, above its diagonal at least.
func addGram(m *machine, a, b gradientChunk, k int, gram device.Vector) {
	p, ok := a.parts[k].(*outerProducts)
	if !ok || p.rows > 1 {
		addTiles(m, a, b, k, gram)
		return
	}
	q := b.parts[k].(*outerProducts)
	xx, dd := m.tmp.a.take(m, m.dtype, a.n*b.n), m.tmp.b.take(m, m.dtype, a.n*b.n)
	m.gemm(false, true, a.n, b.n, p.in, p.x, q.x, 0, xx)
	m.gemm(false, true, a.n, b.n, p.out, p.dy, q.dy, 0, dd)
	m.dev.MultiplyAdd(xx, dd, gram)
}

// addTiles is addGram by rows.
func addTiles(m *machine, a, b gradientChunk, k int, gram device.Vector) {
	size := a.parts[k].block().n
	tile := max(1, (1<<22)/size)
	rows := func(c gradientChunk, buf *buffer, from int) (v device.Vector, n int) {
		to := min(from+tile, c.n)
		if p, ok := c.parts[k].(*explicit); ok {
			return p.g.Slice(from*size, to*size), to - from
		}
		m.n = c.n
		v = buf.take(m, m.dtype, (to-from)*size)
		c.parts[k].samples(m, from, to, v)
		return v, to - from
	}
	for i := 0; i < a.n; i += tile {
		left, ni := rows(a, &m.tmp.b, i)
		from := 0
		if a.from == b.from {
			from = i
		}
		for j := from; j < b.n; j += tile {
			right, nj := left, ni
			if a.from != b.from || j > i {
				right, nj = rows(b, &m.tmp.c, j)
			}
			strip := ni
			if a.from == b.from && j == i {
				strip = 256 // of what is not below the diagonal
			}
			for r := 0; r < ni; r += strip {
				c := 0
				if a.from == b.from && j == i {
					c = r
				}
				m.dev.Gemm(false, true, min(strip, ni-r), nj-c, size, 1, left.Slice(r*size, ni*size), size, right.Slice(c*size, nj*size), size,
					1, gram.Slice((i+r)*b.n+j+c, a.n*b.n), b.n)
			}
		}
	}
}
