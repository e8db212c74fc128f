package device

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
	l = l.Checked(op)
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
