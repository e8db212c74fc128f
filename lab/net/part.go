package net

import "glassy/lab/device"

// A part is one block of the gradients of a batch's samples, factored: for each
// sample k a row g_k as long as the block.
type part interface {
	block() span
	dear() bool                                        // the factors take more memory, or much more work, than rows
	addNorms(m *machine, dst device.Vector)            // dst[k] += |g_k|²
	addProducts(m *machine, v, dst device.Vector)      // dst[k] += g_k·v
	samples(m *machine, from, to int, g device.Vector) // g = g_from … g_(to-1), row by row
	combine(m *machine, w, dst device.Vector)          // dst = Σ w_k g_k, or adds it, as m.add says
	addSquares(m *machine, dst device.Vector)          // dst += Σ g_k∘g_k
	copy(m *machine, first, second *buffer) part       // the same in those buffers
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

func (p *outerProducts) dear() bool { return p.rows*(p.in+p.out) >= p.n }

// addProducts takes Σ_r dy_r·(V x_r).
func (p *outerProducts) addProducts(m *machine, v, dst device.Vector) {
	rows := m.n * p.rows
	y, dots := m.tmp.a.get(m, p.rows*p.out), m.tmp.b.get(m, p.rows)
	m.gemm(false, true, rows, p.out, p.in, p.x, v, 0, y)
	m.dev.RowDots(rows, p.out, y, p.dy, dots)
	m.dev.Axpy(1, m.sumPositions(&m.tmp.c, p.rows, 1, dots), dst)
}

func (p *outerProducts) samples(m *machine, from, to int, g device.Vector) {
	for k := from; k < to; k++ {
		m.dev.Gemm(true, false, p.out, p.in, p.rows, 1, sample(m, p.dy, p.rows, k, p.out), m.n*p.out,
			sample(m, p.x, p.rows, k, p.in), m.n*p.in, 0, g.Slice((k-from)*p.n, (k-from+1)*p.n), p.in)
	}
}

func (p *outerProducts) copy(m *machine, first, second *buffer) part {
	c := *p
	c.x, c.dy = first.copy(m, p.x), second.copy(m, p.dy)
	return &c
}

func (p *outerProducts) combine(m *machine, w, dst device.Vector) {
	m.gemm(true, false, p.out, p.in, p.rows*m.n, m.weighted(w, p.rows, p.out, p.dy), p.x, m.beta(), dst)
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
		p.samples(m, k, k+1, row)
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

// filters is the gradients of a convolution's filters, of images x and deltas dy.
type filters struct {
	span
	shape device.Convolution // of one image
	x, dy device.Vector
}

// size is the numbers of an image and of its delta.
func (p *filters) size() (in, out int) {
	h, w := p.shape.Out()
	return p.shape.C * p.shape.H * p.shape.W, p.shape.K * h * w
}

// dear counts that each pixel's delta meets all filters in a product.
func (p *filters) dear() bool {
	in, out := p.size()
	return 8*(in+out) >= p.n
}

func (p *filters) batch(n int) device.Convolution {
	c := p.shape
	c.N = n
	return c
}

// images is how many images' filter gradients are worked out at once.
func (p *filters) images(m *machine) int { return min(m.n, max(1, (1<<20)/p.n)) }

func (p *filters) samples(m *machine, from, to int, g device.Vector) {
	in, out := p.size()
	m.dev.ConvSampleFilter(p.batch(to-from), p.x.Slice(from*in, to*in), p.dy.Slice(from*out, to*out), g)
}

// addProducts takes dy·(x convolved with v).
func (p *filters) addProducts(m *machine, v, dst device.Vector) {
	_, out := p.size()
	y, dots := m.tmp.a.get(m, out), m.tmp.b.get(m, 1)
	m.dev.Conv(p.batch(m.n), p.x, v, false, y)
	m.dev.RowDots(m.n, out, y, p.dy, dots)
	m.dev.Axpy(1, dots, dst)
}

func (p *filters) copy(m *machine, first, second *buffer) part {
	c := *p
	c.x, c.dy = first.copy(m, p.x), second.copy(m, p.dy)
	return &c
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

func (p *filters) combine(m *machine, w, dst device.Vector) {
	_, out := p.size()
	m.dev.ConvBackFilter(p.batch(m.n), p.x, m.weighted(w, 1, out, p.dy), m.add, dst)
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

func (p *explicit) dear() bool { return true }

func (p *explicit) addProducts(m *machine, v, dst device.Vector) {
	m.gemm(false, false, m.n, 1, p.n, p.g, v, 1, dst)
}

func (p *explicit) samples(m *machine, from, to int, g device.Vector) {
	m.dev.Copy(g, p.g.Slice(from*p.n, to*p.n))
}

func (p *explicit) combine(m *machine, w, dst device.Vector) {
	m.gemm(true, false, 1, p.n, m.n, w, p.g, m.beta(), dst)
}

func (p *explicit) copy(m *machine, first, _ *buffer) part {
	return &explicit{p.span, first.copy(m, p.g)}
}

func (p *explicit) addSquares(m *machine, dst device.Vector) {
	m.sumRows(m.n, m.squared(&m.tmp.a, p.g), true, dst)
}

// lookups is the gradients of an embedding: row t of the table gets the deltas of
// the positions whose token is t.
type lookups struct {
	span
	rows, wide int
	x, dy      device.Vector // tokens and deltas, rows×n
}

// addNorms takes Σ_rs [token r = token s] dy_r·dy_s.
func (p *lookups) addNorms(m *machine, dst device.Vector) {
	r := p.rows
	tokens := device.Read[int32](p.x)
	dd, same := m.tmp.a.get(m, r*r), make([]float32, m.n*r*r)
	for k := range m.n {
		dy := sample(m, p.dy, r, k, p.wide)
		m.dev.Gemm(false, true, r, r, p.wide, 1, dy, m.n*p.wide, dy, m.n*p.wide, 0, dd.Slice(k*r*r, (k+1)*r*r), r)
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

func (p *lookups) dear() bool { return p.rows*(1+p.wide) >= p.n }

// addProducts takes Σ_r dy_r·(row of v for token r).
func (p *lookups) addProducts(m *machine, v, dst device.Vector) {
	rows := m.n * p.rows
	y, dots := m.tmp.a.get(m, p.rows*p.wide), m.tmp.b.get(m, p.rows)
	m.dev.Gather(p.wide, v, p.x, y)
	m.dev.RowDots(rows, p.wide, y, p.dy, dots)
	m.dev.Axpy(1, m.sumPositions(&m.tmp.c, p.rows, 1, dots), dst)
}

func (p *lookups) samples(m *machine, from, to int, g device.Vector) {
	m.dev.Fill(g, 0)
	for k := from; k < to; k++ {
		for r := range p.rows {
			i := r*m.n + k
			m.dev.ScatterAdd(p.wide, p.x.Slice(i, i+1), p.dy.Slice(i*p.wide, (i+1)*p.wide), g.Slice((k-from)*p.n, (k-from+1)*p.n))
		}
	}
}

func (p *lookups) combine(m *machine, w, dst device.Vector) {
	if !m.add {
		m.dev.Fill(dst, 0)
	}
	m.dev.ScatterAdd(p.wide, p.x, m.weighted(w, p.rows, p.wide, p.dy), dst)
}

func (p *lookups) copy(m *machine, first, second *buffer) part {
	c := *p
	c.x, c.dy = first.copy(m, p.x), second.copy(m, p.dy)
	return &c
}

func (p *lookups) addSquares(m *machine, dst device.Vector) { addRowSquares(m, p, dst) }
