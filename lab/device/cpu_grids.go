package device

import "math"

func (d *cpu) Exp(scale, shift float64, x, y Vector) {
	expectFloat("Exp", "x", x, x.n)
	expect("Exp", "y", y, x.dtype, x.n)
	if x.dtype == Float32 {
		mapped(d, scale, shift, Host[float32](x), Host[float32](y), exps)
	} else {
		mapped(d, scale, shift, Host[float64](x), Host[float64](y), exps)
	}
}

func (d *cpu) Log(scale, shift float64, x, y Vector) {
	expectFloat("Log", "x", x, x.n)
	expect("Log", "y", y, x.dtype, x.n)
	if x.dtype == Float32 {
		mapped(d, scale, shift, Host[float32](x), Host[float32](y), logs)
	} else {
		mapped(d, scale, shift, Host[float64](x), Host[float64](y), logs)
	}
}

func mapped[T float](d *cpu, scale, shift float64, x, y []T, f func(scale, shift float64, x, y []T)) {
	d.chunks(len(x), func(i, j int) { f(scale, shift, x[i:j], y[i:j]) })
}

// The high part of ln 2 has so few digits that its products with exponents are exact.
const (
	ln2High = 6.93147180369123816490e-01
	ln2Low  = 1.90821492927058770002e-10
)

// exps is Exp, to 1 ulp, by the table of cpu_exp.go: half of the time of math.Exp. The
// first term left out is (ln2/64)⁷/5040 = 4e-18.
func exps[T float](scale, shift float64, x, y []T) {
	const round = 3 << 51
	y = y[:len(x)]
	for i, v := range x {
		v := scale * (float64(v) - shift)
		if !(v > -708 && v < 709) { // not a normal number, or not finite
			y[i] = T(math.Exp(v))
			continue
		}
		n := v*(32/math.Ln2) + round
		bits := math.Float64bits(n)
		n -= round
		r := v - n*(ln2High/32) - n*(ln2Low/32)
		top := math.Float64frombits(math.Float64bits(expTable[bits%32]) + bits>>5<<52)
		y[i] = T(top + top*(r+r*r*(1./2+r*(1./6+r*(1./24+r*(1./120+r*(1./720)))))))
	}
}

// logs is Log, to 1 ulp of the logarithm, by the method and the coefficients of fdlibm's
// e_log.c (Sun Microsystems 1993), as package rng's: without calls.
func logs[T float](scale, shift float64, x, y []T) {
	const rootHalf = 0x3FE6A09E667F3BCD // the bits of √½
	y = y[:len(x)]
	for i, v := range x {
		v := float64(v)
		if !(v >= 0x1p-1022 && v <= math.MaxFloat64) {
			y[i] = T(scale*math.Log(v) + shift)
			continue
		}
		b := math.Float64bits(v)
		e := int64(b-rootHalf) >> 52                   // v = m 2^e,
		f := math.Float64frombits(b-uint64(e)<<52) - 1 // √½ ≤ m = 1+f < √2
		s := f / (2 + f)                               // log m = log (1+s)/(1-s)
		z := s * s
		w := z * z
		t := w * (0.3999999999940941908 + w*(0.2222219843214978396+w*0.1531383769920937332))
		t += z * (0.6666666666666735130 + w*(0.2857142874366239149+w*(0.1818357216161805012+w*0.1479819860511658591)))
		h := f * f / 2
		k := float64(e)
		y[i] = T(scale*(k*ln2High-((h-(s*(h+t)+k*ln2Low))-f)) + shift)
	}
}

func (d *cpu) HamiltonJacobi(s Stencil, u, next Vector) {
	s = s.Checked()
	expectFloat("HamiltonJacobi", "u", u, s.Rows*s.Columns)
	expect("HamiltonJacobi", "next", next, u.dtype, u.n)
	if u.n == 0 {
		return
	}
	if u.dtype == Float32 {
		hamiltonJacobi(d, s, Host[float32](u), Host[float32](next))
	} else {
		hamiltonJacobi(d, s, Host[float64](u), Host[float64](next))
	}
}

func hamiltonJacobi[T float](d *cpu, s Stencil, u, next []T) {
	n := s.Columns
	// What differences are multiplied by: of l-2u+r, and of squares of u-l and r-u.
	ν, νRow := T(s.Delta*s.Viscosity/(s.Step*s.Step)), T(s.Delta*s.Viscosity/(s.RowStep*s.RowStep))
	λ, λRow := T(s.Delta*s.Slope/(2*s.Step*s.Step)), T(s.Delta*s.Slope/(2*s.RowStep*s.RowStep))
	flow := func(v, l, r, ν, λ T) T {
		back, forth := max(v-l, 0), min(r-v, 0)
		return ν*((l-v)+(r-v)) - λ*(back*back+forth*forth)
	}
	const together = 1 << 13 // nodes of a task
	rows := max(1, together/n)
	d.each((s.Rows+rows-1)/rows, func(task int) {
		for i := task * rows; i < min(s.Rows, (task+1)*rows); i++ {
			row, out := u[i*n:(i+1)*n], next[i*n:(i+1)*n]
			above, below := u[beside(i-1, s.Rows, s.RowsWrap)*n:][:n], u[beside(i+1, s.Rows, s.RowsWrap)*n:][:n]
			node := func(j, l, r int) {
				v := row[j]
				out[j] = v + (flow(v, above[j], below[j], νRow, λRow) + flow(v, row[l], row[r], ν, λ))
			}
			node(0, beside(-1, n, s.Wrap), beside(1, n, s.Wrap))
			l := row[0]
			for j := 1; j < n-1; j++ {
				v := row[j]
				out[j] = v + (flow(v, above[j], below[j], νRow, λRow) + flow(v, l, row[j+1], ν, λ))
				l = v
			}
			if n > 1 {
				node(n-1, n-2, beside(n, n, s.Wrap))
			}
		}
	})
}

// beside is node i of an axis of n, where i is at most one beyond its ends.
func beside(i, n int, wrap bool) int {
	if wrap {
		return (i + n) % n
	}
	return min(max(i, 0), n-1)
}

func (d *cpu) SolveLines(l Lines, lower, inverse, upper, to, from, b Vector) {
	const op = "SolveLines"
	l = l.Checked()
	n := l.Nodes * l.Count
	expectFloat(op, "b", b, n)
	expect(op, "lower", lower, b.dtype, n)
	expect(op, "inverse", inverse, b.dtype, n)
	expect(op, "upper", upper, b.dtype, n)
	if to.n+from.n > 0 {
		expect(op, "to", to, b.dtype, n)
		expect(op, "from", from, b.dtype, n)
	}
	if n == 0 {
		return
	}
	if b.dtype == Float32 {
		solveLines(d, l, Host[float32](lower), Host[float32](inverse), Host[float32](upper), Host[float32](to), Host[float32](from), Host[float32](b))
	} else {
		solveLines(d, l, Host[float64](lower), Host[float64](inverse), Host[float64](upper), Host[float64](to), Host[float64](from), Host[float64](b))
	}
}

func solveLines[T float](d *cpu, l Lines, lower, inverse, upper, to, from, b []T) {
	n, count := l.Nodes, l.Count
	if l.Rows {
		part := func(x []T, k int) []T {
			if len(x) == 0 {
				return nil
			}
			return x[k*n : (k+1)*n]
		}
		d.each(count, func(k int) {
			solveLine(part(lower, k), part(inverse, k), part(upper, k), part(to, k), part(from, k), part(b, k))
		})
		return
	}
	// Some columns at a time: their numbers are side by side, and none waits for another.
	const together = 128
	d.each((count+together-1)/together, func(task int) {
		first := task * together
		width := min(together, count-first)
		row := func(x []T, i int) []T { return x[i*count+first:][:width] }
		last := row(b, n-1)
		for i := range n - 1 {
			now, next, c := row(b, i), row(b, i+1), row(lower, i)
			for k, v := range now {
				next[k] += c[k] * v
			}
			if len(to) > 0 {
				for k, v := range row(to, i) {
					last[k] += v * now[k]
				}
			}
		}
		for k, v := range row(inverse, n-1) {
			last[k] *= v
		}
		for i := n - 2; i >= 0; i-- {
			now, next, c, a := row(b, i), row(b, i+1), row(upper, i), row(inverse, i)
			for k, v := range next {
				now[k] = now[k]*a[k] + c[k]*v
			}
			if len(from) > 0 {
				for k, v := range row(from, i) {
					now[k] += v * last[k]
				}
			}
		}
	})
}

// solveLine is SolveLines for one line.
func solveLine[T float](lower, inverse, upper, to, from, b []T) {
	n := len(b)
	lower, inverse, upper = lower[:n], inverse[:n], upper[:n]
	if len(to) == 0 {
		v := b[0]
		for i := 1; i < n; i++ {
			v = b[i] + lower[i-1]*v
			b[i] = v
		}
		v = b[n-1] * inverse[n-1]
		b[n-1] = v
		for i := n - 2; i >= 0; i-- {
			v = b[i]*inverse[i] + upper[i]*v
			b[i] = v
		}
		return
	}
	for i := range n - 1 {
		b[i+1] += lower[i] * b[i]
		b[n-1] += to[i] * b[i]
	}
	b[n-1] *= inverse[n-1]
	for i := n - 2; i >= 0; i-- {
		b[i] = b[i]*inverse[i] + upper[i]*b[i+1] + from[i]*b[n-1]
	}
}
