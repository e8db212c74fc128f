package device

import (
	"fmt"
	"slices"
)

// The polynomial of degree p is the sum, over its first p-2 indices, of their
// product times a quadratic form in the variables from the last of them on,
//
//	H = Σ_I σ_I Q_I(τ),  τ = (σ_i, σ_i+1, …),  i the last index of I,
//
// and the numbers of a Q_I stand together in the couplings. With V the symmetric
// matrix of its second derivatives, y = Vτ is its gradient and ½ τ·y its value:
// all that the gradient of H needs of it. For many σ that is a product of
// matrices: for p = 3, n³/3 multiplications a configuration, where the products of
// pairs times a matrix of n(n+1)/2 × n take n³/2; for p = 4, n⁴/12. For a few it is
// a walk through the couplings as they are, which to write the matrices would take
// as long as.

func (d *cpu) Spins(p, n, m int, scale float64, couplings, sigma Vector, add bool, energy, gradient Vector) {
	const op = "Spins"
	if p < 1 {
		panic(fmt.Sprintf("device: Spins: p is %d, expected at least 1", p))
	}
	needSize(op, "n", n)
	needSize(op, "m", m)
	expectFloat(op, "couplings", couplings, Monomials(p, n))
	expectFloat(op, "energy", energy, m)
	expect(op, "sigma", sigma, couplings.dtype, m*n)
	expect(op, "gradient", gradient, couplings.dtype, m*n)
	if n > 0 {
		expect(op, "energy", energy, couplings.dtype, m)
	}
	if energy.dtype == Float32 {
		spins(d, p, n, float32(scale), Host[float32](couplings), Host[float32](sigma), add, Host[float32](energy), Host[float32](gradient))
	} else {
		spins(d, p, n, scale, Host[float64](couplings), Host[float64](sigma), add, Host[float64](energy), Host[float64](gradient))
	}
}

func spins[T float](d *cpu, p, n int, scale T, couplings, sigma []T, add bool, energy, gradient []T) {
	const few = 2 // configurations, up to which to write the matrices does not pay
	m := len(energy)
	g := gradient
	if add {
		buf, done := scratch[T](m * n)
		defer done()
		g = buf
	}
	clear(g)
	switch {
	case n == 0:
	case p == 1:
		for r := range m {
			copy(g[r*n:], couplings)
		}
	case m <= few:
		fewGradients(d, p, n, couplings, sigma, g)
	default:
		manyGradients(d, p, n, couplings, sigma, g)
	}
	// A homogeneous function is its gradient's product with σ, over its degree
	// (Euler).
	d.rows(m, n, func(from, to int) {
		for r := from; r < to; r++ {
			σ, g, gradient := sigma[r*n:(r+1)*n], g[r*n:(r+1)*n], gradient[r*n:(r+1)*n]
			e := T(float64(scale) * innerProduct(σ, g) / float64(p))
			if !add {
				energy[r] = e
				for l, v := range g {
					gradient[l] = scale * v
				}
				continue
			}
			energy[r] += e
			for l, v := range g {
				gradient[l] += scale * v
			}
		}
	})
}

// manyGradients adds the gradient at each row of sigma to that row of g, by
// products of matrices.
func manyGradients[T float](d *cpu, p, n int, couplings, sigma, g []T) {
	m := len(sigma) / n
	// Configurations of one task: so many that matrices are read seldom, so few that
	// there are tasks, and that what one works on stays in the second cache.
	group := min(max((m+15)/16, 32), 128)
	forms := quadratics{p: p, n: n}
	for part, numbers := forms.next(); len(part) > 0; part, numbers = forms.next() {
		matrices, done := scratch[T](numbers)
		d.each(len(part), func(task int) {
			b := part[task]
			writeMatrix(b, couplings, matrices[b.at:])
		})
		d.each((m+group-1)/group, func(task int) {
			from, to := task*group, min(m, (task+1)*group)
			sigma, g := sigma[from*n:to*n], g[from*n:to*n]
			y, done := scratch[T]((to - from) * (n + wide))
			defer done()
			for _, b := range part {
				gemm(d, false, false, to-from, b.width, b.size, 1, sigma[n-b.size:], n, matrices[b.at:], b.width, 0, y, b.width)
				for r := range to - from {
					y := y[r*b.width : (r+1)*b.width]
					for _, q := range b.forms {
						addForm(q, sigma[r*n:(r+1)*n], y[:q.size], g[r*n:(r+1)*n])
						y = y[q.size:]
					}
				}
			}
		})
		done()
	}
}

// fewGradients does the same row by row, by the couplings as they are. Each bundle
// has gradients of its own, which are added up in order.
func fewGradients[T float](d *cpu, p, n int, couplings, sigma, g []T) {
	forms := quadratics{p: p, n: n}
	for part, _ := forms.next(); len(part) > 0; part, _ = forms.next() {
		parts, done := scratch[T](len(part) * len(g))
		d.each(len(part), func(task int) {
			y, done := scratch[T](n)
			defer done()
			g := parts[task*len(g) : (task+1)*len(g)]
			clear(g)
			for _, q := range part[task].forms {
				for r := 0; r < len(g); r += n {
					σ, y := sigma[r:r+n], y[:q.size]
					multiplyPacked(couplings[q.from:], σ[n-q.size:], y)
					addForm(q, σ, y, g[r:r+n])
				}
			}
		})
		for ; len(parts) > 0; parts = parts[len(g):] {
			for l, v := range parts[:len(g)] {
				g[l] += v
			}
		}
		done()
	}
}

// A quadratic is one of the forms.
type quadratic struct {
	prefix []int // the indices I before it
	size   int   // of its variables, the last of all
	from   int   // where its numbers c[j,k], j ≤ k, are in the couplings
}

// A bundle is forms that come one after another, whose matrices stand side by
// side in one of size×width: those of fewer variables beneath zeros. So products
// are large enough, and what they multiply with is one.
type bundle struct {
	forms       []quadratic
	size, width int
	at          int // where its matrix is among others
}

// wide is the width from which on a bundle takes no more forms.
const wide = 160

// quadratics goes through the quadratic forms of a polynomial in the order of
// its couplings.
type quadratics struct {
	p, n   int
	prefix []int // of the form that comes next
	from   int   // where its numbers begin
	ended  bool
}

// next is the bundles that come next, and the numbers of their matrices: some MB.
func (s *quadratics) next() (part []bundle, numbers int) {
	const most = 1 << 18
	if s.prefix == nil {
		s.prefix = make([]int, s.p-2)
	}
	for !s.ended && numbers < most {
		b := bundle{size: s.size(), at: numbers}
		for more := true; more && b.width < wide; {
			size := s.size()
			b.forms = append(b.forms, quadratic{slices.Clone(s.prefix), size, s.from})
			b.width += size
			s.from += size * (size + 1) / 2
			more = s.step()
		}
		part = append(part, b)
		numbers += b.size * b.width
	}
	return part, numbers
}

// size is of how many variables the next form is.
func (s *quadratics) size() int {
	if last := len(s.prefix); last > 0 {
		return s.n - s.prefix[last-1]
	}
	return s.n
}

// step is to the next i₁ ≤ i₂ ≤ … in lexicographic order. It tells whether that
// differs in the last index alone.
func (s *quadratics) step() (last bool) {
	for a := len(s.prefix) - 1; a >= 0; a-- {
		if i := s.prefix[a] + 1; i < s.n {
			last = a == len(s.prefix)-1
			for ; a < len(s.prefix); a++ {
				s.prefix[a] = i
			}
			return last
		}
	}
	s.ended = true
	return false
}

// writeMatrix writes the second derivatives of the bundle's forms to v.
func writeMatrix[T float](b bundle, couplings, v []T) {
	column := 0
	for _, q := range b.forms {
		above := b.size - q.size
		for j := range above {
			clear(v[j*b.width+column:][:q.size])
		}
		v, c := v[above*b.width+column:], couplings[q.from:]
		for j := range q.size {
			row := v[j*b.width:][:q.size]
			copy(row[j:], c)
			c = c[q.size-j:]
			row[j] *= 2
			for k := j + 1; k < q.size; k++ {
				v[k*b.width+j] = row[k]
			}
		}
		column += q.size
	}
}

// multiplyPacked is y = V τ, with V the second derivatives of the form of the
// numbers c.
func multiplyPacked[T float](c, τ, y []T) {
	clear(y)
	for j, t := range τ {
		row := c[:len(τ)-j]
		c = c[len(row):]
		y[j] += 2*row[0]*t + addScaled(t, row[1:], τ[j+1:], y[j+1:])
	}
}

// addForm adds the part of a form whose gradient at τ is y to the gradient g of H
// at σ.
func addForm[T float](q quadratic, σ, y, g []T) {
	first := len(σ) - q.size
	before := T(1)
	for _, i := range q.prefix {
		before *= σ[i]
	}
	twice := addScaled(before, y, σ[first:], g[first:])
	for a, i := range q.prefix {
		product := twice / 2
		for b, k := range q.prefix {
			if b != a {
				product *= σ[k]
			}
		}
		g[i] += product
	}
}

// addScaled is g += s y; it returns x·y. It takes a fifth of the time that the
// products take, in this form of the loop; a third in plainer ones.
func addScaled[T float](s T, y, x, g []T) T {
	n := len(y)
	x, g = x[:n], g[:n]
	var d0, d1, d2, d3 T
	k := 0
	for ; k <= n-8; k += 8 {
		y, x, g := (*[8]T)(y[k:]), (*[8]T)(x[k:]), (*[8]T)(g[k:])
		d0 += x[0] * y[0]
		g[0] += s * y[0]
		d1 += x[1] * y[1]
		g[1] += s * y[1]
		d2 += x[2] * y[2]
		g[2] += s * y[2]
		d3 += x[3] * y[3]
		g[3] += s * y[3]
		d0 += x[4] * y[4]
		g[4] += s * y[4]
		d1 += x[5] * y[5]
		g[5] += s * y[5]
		d2 += x[6] * y[6]
		g[6] += s * y[6]
		d3 += x[7] * y[7]
		g[7] += s * y[7]
	}
	for ; k < n; k++ {
		g[k] += s * y[k]
		d0 += x[k] * y[k]
	}
	return d0 + d1 + (d2 + d3)
}
