package device

import (
	"math"
	"math/cmplx"
	"sync"
	"unsafe"
)

// A plan transforms lines of one length n in place, for several goroutines at a time: z
// has 2·Bins(n) numbers, the first n of which are x. It begins at a multiple of 16 bytes.
type plan interface {
	forward(z []float64)
	inverse(z []float64)
}

// A length is what all lines of n numbers have in common.
type length struct {
	plan
	quarters func() []complex128 // exp(-πik/2n), k = 0 … n/2
}

// lengths are kept, until there are many.
type lengths struct {
	mu sync.Mutex
	of map[int]*length
}

func (d *cpu) length(n int) *length {
	d.lengths.mu.Lock()
	defer d.lengths.mu.Unlock()
	if l := d.lengths.of[n]; l != nil {
		return l
	}
	l := &length{quarters: sync.OnceValue(func() []complex128 {
		q := make([]complex128, Bins(n))
		for k := range q {
			q[k] = cmplx.Rect(1, -math.Pi*float64(k)/float64(2*n))
		}
		return q
	})}
	if lib := d.fft(); lib != nil && n <= math.MaxInt32 {
		l.plan = lib.plan(n)
	} else {
		l.plan = newGoPlan(n)
	}
	const many = 64
	if d.lengths.of == nil || len(d.lengths.of) == many {
		d.lengths.of = make(map[int]*length)
	}
	d.lengths.of[n] = l
	return l
}

// aligned lends memory of so many numbers that begins at a multiple of 64 bytes.
func aligned(n int) (z []float64, done func()) {
	const line = 8
	z, done = scratch[float64](n + line)
	for uintptr(unsafe.Pointer(&z[0]))%(8*line) != 0 {
		z = z[1:]
	}
	return z[:n], done
}

// inPlace is the line, if a plan can transform it where it is, else z.
func inPlace(line, z []float64) []float64 {
	if uintptr(unsafe.Pointer(&line[0]))%16 == 0 {
		return line
	}
	return z
}

// move copies what fits from src to dst, unless they begin at the same place.
func move(dst, src []float64) {
	if &dst[0] != &src[0] {
		copy(dst, src)
	}
}

func (d *cpu) Fourier(l Lines, x, y Vector) {
	if l = l.fourier("Fourier", x, y); x.n == 0 {
		return
	}
	p := d.length(l.Nodes)
	d.eachLine(l, Host[float64](x), 1, Host[float64](y), 2, func(from, to, z []float64) {
		z = inPlace(to, z)
		move(z, from)
		p.forward(z)
		move(to, z)
	})
}

func (d *cpu) FourierInverse(l Lines, y, x Vector) {
	if l = l.fourier("FourierInverse", x, y); x.n == 0 {
		return
	}
	p := d.length(l.Nodes)
	d.eachLine(l, Host[float64](y), 2, Host[float64](x), 1, func(from, to, z []float64) {
		z = inPlace(from, z)
		move(z, from)
		p.inverse(z)
		move(to, z)
	})
}

// Cosine is by the Fourier transform y of x₀ x₂ x₄ … x₅ x₃ x₁ (Makhoul 1980): numbers k
// and n-k are the real part and minus the imaginary one of exp(-πik/2n) y_k.
func (d *cpu) Cosine(l Lines, x Vector) {
	if l = l.cosine("Cosine", x); x.n == 0 {
		return
	}
	n, p, host := l.Nodes, d.length(l.Nodes), Host[float64](x)
	quarters := p.quarters()
	d.eachLine(l, host, 1, host, 1, func(from, to, z []float64) {
		for t := range n / 2 {
			z[t], z[n-1-t] = from[2*t], from[2*t+1]
		}
		if n%2 == 1 {
			z[n/2] = from[n-1]
		}
		p.forward(z)
		to[0] = z[0]
		for k := 1; k < len(quarters); k++ {
			c, s := real(quarters[k]), imag(quarters[k])
			to[n-k] = -(c*z[2*k+1] + s*z[2*k])
			to[k] = c*z[2*k] - s*z[2*k+1]
		}
	})
}

// CosineInverse goes the same way back.
func (d *cpu) CosineInverse(l Lines, x Vector) {
	if l = l.cosine("CosineInverse", x); x.n == 0 {
		return
	}
	n, p, host := l.Nodes, d.length(l.Nodes), Host[float64](x)
	quarters := p.quarters()
	d.eachLine(l, host, 1, host, 1, func(from, to, z []float64) {
		z[0], z[1] = from[0], 0
		for k := 1; k < len(quarters); k++ {
			c, s := real(quarters[k]), imag(quarters[k])
			z[2*k], z[2*k+1] = c*from[k]-s*from[n-k], -(c*from[n-k] + s*from[k])
		}
		if n%2 == 0 {
			z[n+1] = 0
		}
		p.inverse(z)
		for t := range n / 2 {
			to[2*t], to[2*t+1] = z[t], z[n-1-t]
		}
		if n%2 == 1 {
			to[n-1] = z[n/2]
		}
	})
}

// fourier is l, of which op panics unless x are its numbers and y their transform.
func (l Lines) fourier(op string, x, y Vector) Lines {
	l = l.cosine(op, x)
	expect(op, "y", y, Float64, 2*l.numbers(2))
	return l
}

func (l Lines) cosine(op string, x Vector) Lines {
	l = l.Checked(op)
	expect(op, "x", x, Float64, l.numbers(1))
	return l
}

// eachLine runs f on each line of in and out, which may be the same, of one part a number
// (real) or two (complex), and lends it memory of a Fourier transform. Lines that are
// columns come and go some at a time, as their numbers are side by side.
func (d *cpu) eachLine(l Lines, in []float64, parts int, out []float64, partsOut int, f func(from, to, z []float64)) {
	numbers, numbersOut, room := l.length(parts), l.length(partsOut), 2*Bins(l.Nodes)
	size, sizeOut := numbers*parts, numbersOut*partsOut
	if l.Rows || l.Count == 1 {
		d.rows(l.Count, 2*l.Nodes, func(i, j int) {
			z, done := aligned(room)
			defer done()
			for k := i; k < j; k++ {
				f(in[k*size:(k+1)*size], out[k*sizeOut:(k+1)*sizeOut], z)
			}
		})
		return
	}
	const together = 8
	d.each((l.Count+together-1)/together, func(task int) {
		lines, done := aligned((together + 1) * room)
		defer done()
		first, z := task*together, lines[together*room:]
		width := min(together, l.Count-first)
		if parts == 1 {
			fromColumns(lines, room, in[first:], l.Count, numbers, width)
		} else {
			fromColumns(pairs(lines), room/2, pairs(in)[first:], l.Count, numbers, width)
		}
		for k := range width {
			f(lines[k*room:][:size], lines[k*room:][:sizeOut], z)
		}
		if partsOut == 1 {
			toColumns(lines, room, out[first:], l.Count, numbersOut, width)
		} else {
			toColumns(pairs(lines), room/2, pairs(out)[first:], l.Count, numbersOut, width)
		}
	})
}

// fromColumns copies some columns of so many numbers, whose rows are stride apart, to
// lines that are room apart; toColumns copies them back.
func fromColumns[T any](lines []T, room int, columns []T, stride, numbers, width int) {
	for t := range numbers {
		row, to := columns[t*stride:][:width], lines[t:]
		for k, at := 0, 0; k < len(row) && at < len(to); k, at = k+1, at+room {
			to[at] = row[k]
		}
	}
}

func toColumns[T any](lines []T, room int, columns []T, stride, numbers, width int) {
	for t := range numbers {
		row, from := columns[t*stride:][:width], lines[t:]
		for k, at := 0, 0; k < len(row) && at < len(from); k, at = k+1, at+room {
			row[k] = from[at]
		}
	}
}

// length is that of the lines of so many parts a number, numbers what all have.
func (l Lines) length(parts int) int {
	if parts == 2 && l.Nodes > 0 {
		return Bins(l.Nodes)
	}
	return l.Nodes
}

func (l Lines) numbers(parts int) int { return l.Count * l.length(parts) }
