package net

import "glassy/lab/device"

// A part is one block of the gradients of a batch's samples, factored: for each
// sample k a row g_k as long as the block.
type part interface {
	block() span
	addNorms(m *machine, dst device.Vector)   // dst[k] += |g_k|²
	row(m *machine, k int, dst device.Vector) // dst = g_k
	combine(m *machine, w, dst device.Vector) // dst = Σ w_k g_k
	addSquares(m *machine, dst device.Vector) // dst += Σ g_k∘g_k
}

func (s span) block() span { return s }

// outerProducts is g_k = Σ_r dy_rk x_rkᵀ, out×in, r over the positions of a
// sample; x is rows×n×in, dy rows×n×out.
type outerProducts struct {
	span
	rows, in, out int
	x, dy         device.Vector
}

// sample is the view of sample k in v, rows×n×width: rows of a matrix whose
// rows are n·width apart.
func sample(m *machine, v device.Vector, rows, k, width int) device.Vector {
	return v.Slice(k*width, (rows-1)*m.n*width+(k+1)*width)
}

// addNorms takes |Σ_r dy_r x_rᵀ|² = Σ_rs (dy_r·dy_s)(x_r·x_s), which needs no
// outer product.
func (p *outerProducts) addNorms(m *machine, dst device.Vector) {
	if p.rows == 1 {
		a, b := m.tmp.a.get(m, 1), m.tmp.b.get(m, 1)
		m.dev.RowDots(m.n, p.in, p.x, p.x, a)
		m.dev.RowDots(m.n, p.out, p.dy, p.dy, b)
		m.dev.MultiplyAdd(a, b, dst)
		return
	}
	r := p.rows
	xx, dd := m.tmp.a.get(m, r*r), m.tmp.b.get(m, r*r)
	for k := range m.n {
		x, dy := sample(m, p.x, r, k, p.in), sample(m, p.dy, r, k, p.out)
		m.dev.Gemm(false, true, r, r, p.in, 1, x, m.n*p.in, x, m.n*p.in, 0, xx.Slice(k*r*r, (k+1)*r*r), r)
		m.dev.Gemm(false, true, r, r, p.out, 1, dy, m.n*p.out, dy, m.n*p.out, 0, dd.Slice(k*r*r, (k+1)*r*r), r)
	}
	norms := m.tmp.c.get(m, 1)
	m.dev.RowDots(m.n, r*r, xx, dd, norms)
	m.dev.Axpy(1, norms, dst)
}

func (p *outerProducts) row(m *machine, k int, dst device.Vector) {
	m.dev.Gemm(true, false, p.out, p.in, p.rows, 1, sample(m, p.dy, p.rows, k, p.out), m.n*p.out,
		sample(m, p.x, p.rows, k, p.in), m.n*p.in, 0, dst, p.in)
}

func (p *outerProducts) combine(m *machine, w, dst device.Vector) {
	m.gemm(true, false, p.out, p.in, p.rows*m.n, m.weighted(w, p.rows, p.out, p.dy), p.x, 0, dst)
}

func (p *outerProducts) addSquares(m *machine, dst device.Vector) {
	if p.rows > 1 {
		addRowSquares(m, p, dst)
		return
	}
	x, dy := m.squared(&m.tmp.a, p.x), m.squared(&m.tmp.b, p.dy)
	m.gemm(true, false, p.out, p.in, m.n, dy, x, 1, dst)
}

// squared is v∘v in b.
func (m *machine) squared(b *buffer, v device.Vector) device.Vector {
	w := b.take(m, m.dtype, v.Len())
	m.dev.Multiply(v, v, w)
	return w
}

// addRowSquares is addSquares of any part, row by row.
func addRowSquares(m *machine, p part, dst device.Vector) {
	row := m.tmp.a.take(m, m.dtype, dst.Len())
	for k := range m.n {
		p.row(m, k, row)
		m.dev.MultiplyAdd(row, row, dst)
	}
}

// weighted is a copy of v, rows×n×width, with what belongs to sample k times w[k].
func (m *machine) weighted(w device.Vector, rows, width int, v device.Vector) device.Vector {
	c := m.tmp.a.copy(m, v)
	for r := range rows {
		m.dev.RowScale(m.n, width, w, c.Slice(r*m.n*width, (r+1)*m.n*width))
	}
	return c
}

// filters is the gradients of a convolution's filters.
type filters struct {
	span
	conv *convolution
}

// images is how many images' filter gradients are worked out at once.
func (p *filters) images(m *machine) int { return min(m.n, max(1, (1<<20)/p.n)) }

// samples writes the filter gradients of the images from..to-1, row by row.
func (p *filters) samples(m *machine, from, to int, dst device.Vector) {
	in, out, _ := p.conv.size()
	m.dev.ConvSampleFilter(p.conv.batch(to-from), p.conv.x.Slice(from*in, to*in), p.conv.dy.Slice(from*out, to*out), dst)
}

func (p *filters) addNorms(m *machine, dst device.Vector) {
	norms := m.tmp.a.get(m, 1)
	some := p.images(m)
	for k := 0; k < m.n; k += some {
		to := min(k+some, m.n)
		g := m.tmp.b.take(m, m.dtype, (to-k)*p.n)
		p.samples(m, k, to, g)
		m.dev.RowDots(to-k, p.n, g, g, norms.Slice(k, to))
	}
	m.dev.Axpy(1, norms, dst)
}

func (p *filters) row(m *machine, k int, dst device.Vector) { p.samples(m, k, k+1, dst) }

func (p *filters) combine(m *machine, w, dst device.Vector) {
	_, out, _ := p.conv.size()
	m.dev.ConvBackFilter(p.conv.batch(m.n), p.conv.x, m.weighted(w, 1, out, p.conv.dy), false, dst)
}

func (p *filters) addSquares(m *machine, dst device.Vector) {
	some := p.images(m)
	for k := 0; k < m.n; k += some {
		to := min(k+some, m.n)
		g := m.tmp.b.take(m, m.dtype, (to-k)*p.n)
		p.samples(m, k, to, g)
		m.dev.Multiply(g, g, g)
		m.sumRows(to-k, g, true, dst)
	}
}

// explicit is rows that are there, n×len.
type explicit struct {
	span
	g device.Vector
}

func (p *explicit) addNorms(m *machine, dst device.Vector) {
	norms := m.tmp.a.get(m, 1)
	m.dev.RowDots(m.n, p.n, p.g, p.g, norms)
	m.dev.Axpy(1, norms, dst)
}

func (p *explicit) row(m *machine, k int, dst device.Vector) {
	m.dev.Copy(dst, p.g.Slice(k*p.n, (k+1)*p.n))
}

func (p *explicit) combine(m *machine, w, dst device.Vector) {
	m.gemm(true, false, 1, p.n, m.n, w, p.g, 0, dst)
}

func (p *explicit) addSquares(m *machine, dst device.Vector) {
	m.sumRows(m.n, m.squared(&m.tmp.a, p.g), true, dst)
}

// lookups is the gradients of an embedding: row t of the table gets the deltas of
// the positions whose token is t.
type lookups struct {
	span
	rows, width int
	x, dy       device.Vector // tokens and deltas, rows×n
}

// addNorms takes Σ_rs [token r = token s] dy_r·dy_s.
func (p *lookups) addNorms(m *machine, dst device.Vector) {
	r := p.rows
	tokens := device.Read[int32](p.x)
	dd, same := m.tmp.a.get(m, r*r), make([]float32, m.n*r*r)
	for k := range m.n {
		dy := sample(m, p.dy, r, k, p.width)
		m.dev.Gemm(false, true, r, r, p.width, 1, dy, m.n*p.width, dy, m.n*p.width, 0, dd.Slice(k*r*r, (k+1)*r*r), r)
		for s := range r {
			for t := range r {
				if tokens[s*m.n+k] == tokens[t*m.n+k] {
					same[(k*r+s)*r+t] = 1
				}
			}
		}
	}
	equal, norms := m.tmp.b.get(m, r*r), m.tmp.c.get(m, 1)
	m.dev.Upload(equal, device.Of(same))
	m.dev.RowDots(m.n, r*r, dd, equal, norms)
	m.dev.Axpy(1, norms, dst)
}

func (p *lookups) row(m *machine, k int, dst device.Vector) {
	m.dev.Fill(dst, 0)
	for r := range p.rows {
		i := r*m.n + k
		m.dev.ScatterAdd(p.width, p.x.Slice(i, i+1), p.dy.Slice(i*p.width, (i+1)*p.width), dst)
	}
}

func (p *lookups) combine(m *machine, w, dst device.Vector) {
	m.dev.Fill(dst, 0)
	m.dev.ScatterAdd(p.width, p.x, m.weighted(w, p.rows, p.width, p.dy), dst)
}

func (p *lookups) addSquares(m *machine, dst device.Vector) { addRowSquares(m, p, dst) }
