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
// all that the gradient of H needs of it, by one product of matrices for many σ.
// For p = 3 these are n³/3 multiplications a configuration, where the products of
// pairs times a matrix of n(n+1)/2 × n take n³/2; for p = 4, n⁴/12.

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
	const (
		group = 128     // configurations of one task: what it works on stays in the second cache
		batch = 1 << 18 // numbers of the matrices that are made at a time
	)
	m := len(energy)
	g := gradient
	if add {
		buf, done := scratch[T](m * n)
		defer done()
		g = buf
	}
	clear(g)
	groups := func(f func(from, to int)) {
		d.each((m+group-1)/group, func(task int) { f(task*group, min(m, (task+1)*group)) })
	}
	forms := quadratics{p: p, n: n}
	for n > 0 && m > 0 {
		part, size := forms.next(batch)
		if len(part) == 0 {
			break
		}
		matrices, done := scratch[T](size)
		d.each(len(part), func(task int) {
			q := part[task]
			formMatrix(q.size, couplings[q.from:], matrices[q.to:])
		})
		groups(func(from, to int) {
			y, done := scratch[T]((to - from) * n)
			defer done()
			for _, q := range part {
				formGradient(d, q, n, matrices[q.to:], sigma[from*n:to*n], y, g[from*n:to*n])
			}
		})
		done()
	}
	// A homogeneous function is its gradient's product with σ, over its degree
	// (Euler).
	groups(func(from, to int) {
		for r := from; r < to; r++ {
			σ, g, gradient := sigma[r*n:(r+1)*n], g[r*n:(r+1)*n], gradient[r*n:(r+1)*n]
			if p == 1 {
				copy(g, couplings)
			}
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

// quadratics goes through the quadratic forms of a polynomial in the order of
// its couplings.
type quadratics struct {
	p, n   int
	prefix []int // of the form that comes next
	from   int   // where its numbers begin
	ended  bool
}

// A quadratic is one of the forms.
type quadratic struct {
	prefix   []int // the indices I before it
	size     int   // of its variables, the last of all
	from, to int   // where its numbers are in the couplings, and its matrix among others
}

// next is the forms that come next, with matrices of at most that many numbers
// in all, or one form; and the numbers.
func (s *quadratics) next(most int) (part []quadratic, numbers int) {
	if s.p < 2 {
		return nil, 0
	}
	if s.prefix == nil {
		s.prefix = make([]int, s.p-2)
	}
	for !s.ended {
		size := s.n
		if last := len(s.prefix); last > 0 {
			size -= s.prefix[last-1]
		}
		if len(part) > 0 && numbers+size*size > most {
			break
		}
		part = append(part, quadratic{slices.Clone(s.prefix), size, s.from, numbers})
		numbers += size * size
		s.from += size * (size + 1) / 2
		s.step()
	}
	return part, numbers
}

// step is to the next i₁ ≤ i₂ ≤ … in lexicographic order.
func (s *quadratics) step() {
	for a := len(s.prefix) - 1; a >= 0; a-- {
		if i := s.prefix[a] + 1; i < s.n {
			for ; a < len(s.prefix); a++ {
				s.prefix[a] = i
			}
			return
		}
	}
	s.ended = true
}

// formMatrix writes the second derivatives of the form of these numbers c[j,k],
// j ≤ k, to v, size×size.
func formMatrix[T float](size int, c, v []T) {
	for j := range size {
		row := v[j*size : (j+1)*size]
		copy(row[j:], c[:size-j])
		c = c[size-j:]
		row[j] *= 2
		for k := j + 1; k < size; k++ {
			v[k*size+j] = row[k]
		}
	}
}

// formGradient adds the form's part of the gradient of H at each row of sigma to
// that row of g; y is work space.
func formGradient[T float](d *cpu, q quadratic, n int, v, sigma, y, g []T) {
	m, first, prefix := len(sigma)/n, n-q.size, q.prefix
	gemm(d, false, false, m, q.size, q.size, 1, sigma[first:], n, v, q.size, 0, y, q.size)
	for r := range m {
		σ, g, y := sigma[r*n:(r+1)*n], g[r*n:(r+1)*n], y[r*q.size:(r+1)*q.size]
		before := T(1)
		for _, i := range prefix {
			before *= σ[i]
		}
		twice := addScaled(before, y, σ[first:], g[first:])
		for a, i := range prefix {
			product := twice / 2
			for b, k := range prefix {
				if b != a {
					product *= σ[k]
				}
			}
			g[i] += product
		}
	}
}

// addScaled is g += s y; it returns x·y.
func addScaled[T float](s T, y, x, g []T) T {
	var d0, d1, d2, d3 T
	for ; len(y) >= 4 && len(x) >= 4 && len(g) >= 4; y, x, g = y[4:], x[4:], g[4:] {
		y0, y1, y2, y3 := y[0], y[1], y[2], y[3]
		g[0] += s * y0
		g[1] += s * y1
		g[2] += s * y2
		g[3] += s * y3
		d0 += x[0] * y0
		d1 += x[1] * y1
		d2 += x[2] * y2
		d3 += x[3] * y3
	}
	for k, v := range y {
		g[k] += s * v
		d0 += x[k] * v
	}
	return d0 + d1 + (d2 + d3)
}
