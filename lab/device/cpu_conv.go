package device

import "fmt"

// Convolutions are matrix products: an image's windows are laid out as the
// columns of a CRS×PQ matrix ("im2col"), a panel of output rows at a time so
// that it stays in cache, and
//
//	y = w·col,  dcol = wᵀ·dy,  dw = Σ dy·colᵀ.
//
// Images are spread over the threads; a product is one call on one thread.

// panelSize is about how many numbers of columns are made at a time: half a
// MiB of float32, to leave the second-level cache room for the product.
const panelSize = 1 << 17

func (s Convolution) check(op string) {
	if s.N < 0 || s.C < 0 || s.K < 0 || s.R < 1 || s.S < 1 || s.Stride < 1 || s.Pad < 0 ||
		s.H+2*s.Pad < s.R || s.W+2*s.Pad < s.S {
		panic(fmt.Sprintf("device: %s: convolution is %+v, expected filters that fit into the bordered image and a stride of at least 1", op, s))
	}
}

// expect checks the shape and three vectors, the first with the image's size,
// the second with the filters', the third with the result's.
func (s Convolution) expect(op, nx string, x Vector, nw string, w Vector, ny string, y Vector) {
	s.check(op)
	oh, ow := s.Out()
	expectFloat(op, nx, x, s.N*s.C*s.H*s.W)
	expect(op, nw, w, x.dtype, s.K*s.taps())
	expect(op, ny, y, x.dtype, s.N*s.K*oh*ow)
}

// taps is the number of weights of a filter.
func (s Convolution) taps() int { return s.C * s.R * s.S }

// pointwise says that the columns of an image are the image itself.
func (s Convolution) pointwise() bool {
	return s.R == 1 && s.S == 1 && s.Stride == 1 && s.Pad == 0
}

// panels is the number of output rows of one panel, and the numbers of its columns.
func (s Convolution) panels() (rows, size int) {
	oh, ow := s.Out()
	if s.pointwise() {
		return oh, 0
	}
	const narrow = 64 // columns below which a product is slow
	columns := max(narrow, panelSize/max(1, s.taps()))
	rows = min(oh, max(1, columns/ow))
	return rows, s.taps() * rows * ow
}

// unfold writes the columns of the output rows from..to-1 of an image.
func unfold[T float](s Convolution, x []T, from, to int, col []T) {
	_, ow := s.Out()
	for c := range s.C {
		x := row(x, c, s.C)
		for r := range s.R {
			for t := range s.S {
				q0, q1 := s.inside(t)
				for p := from; p < to; p++ {
					out := col[:ow:ow]
					col = col[ow:]
					i := p*s.Stride + r - s.Pad
					if i < 0 || i >= s.H || q0 >= q1 {
						clear(out)
						continue
					}
					clear(out[:q0])
					clear(out[q1:])
					out = out[q0:q1]
					in := x[i*s.W+q0*s.Stride+t-s.Pad : (i+1)*s.W]
					if s.Stride == 1 {
						copyRow(out, in)
						continue
					}
					for q := range out {
						out[q] = in[q*s.Stride]
					}
				}
			}
		}
	}
}

// copyRow is copy, for rows too short to pay for the call of memmove.
func copyRow[T float](dst, src []T) {
	src = src[:len(dst)]
	for len(dst) >= 8 {
		*(*[8]T)(dst) = *(*[8]T)(src)
		dst, src = dst[8:], src[8:]
	}
	for i, v := range src {
		dst[i] = v
	}
}

// fold is the transpose of unfold: it adds the columns to the image.
func fold[T float](s Convolution, col []T, from, to int, x []T) {
	_, ow := s.Out()
	for c := range s.C {
		x := row(x, c, s.C)
		for r := range s.R {
			for t := range s.S {
				q0, q1 := s.inside(t)
				for p := from; p < to; p++ {
					in := col[:ow]
					col = col[ow:]
					i := p*s.Stride + r - s.Pad
					if i < 0 || i >= s.H || q0 >= q1 {
						continue
					}
					in = in[q0:q1]
					out := x[i*s.W+q0*s.Stride+t-s.Pad : (i+1)*s.W]
					if s.Stride == 1 {
						out = out[:len(in)]
						for q, v := range in {
							out[q] += v
						}
						continue
					}
					for q, v := range in {
						out[q*s.Stride] += v
					}
				}
			}
		}
	}
}

// inside is the range of output columns whose tap t falls into the image.
func (s Convolution) inside(t int) (from, to int) {
	_, ow := s.Out()
	from = max(0, (s.Pad-t+s.Stride-1)/s.Stride)
	return from, min(ow, (s.W-1+s.Pad-t+s.Stride)/s.Stride)
}

func (d *cpu) Conv(s Convolution, x, w Vector, add bool, y Vector) {
	s.expect("Conv", "x", x, "w", w, "y", y)
	if x.dtype == Float32 {
		conv(d, s, Host[float32](x), Host[float32](w), beta[float32](add), Host[float32](y))
	} else {
		conv(d, s, Host[float64](x), Host[float64](w), beta[float64](add), Host[float64](y))
	}
}

func conv[T float](d *cpu, s Convolution, x, w []T, beta T, y []T) {
	oh, ow := s.Out()
	rows, size := s.panels()
	d.each(s.N, func(n int) {
		x, y := row(x, n, s.N), row(y, n, s.N)
		if s.pointwise() {
			gemm(d, false, false, s.K, oh*ow, s.C, 1, w, s.C, x, oh*ow, beta, y, oh*ow)
			return
		}
		col, done := scratch[T](size)
		defer done()
		for p := 0; p < oh && s.K > 0; p += rows {
			to := min(p+rows, oh)
			unfold(s, x, p, to, col)
			m := (to - p) * ow
			gemm(d, false, false, s.K, m, s.taps(), 1, w, s.taps(), col, m, beta, y[p*ow:], oh*ow)
		}
	})
}

func (d *cpu) ConvBackData(s Convolution, w, dy Vector, add bool, dx Vector) {
	s.expect("ConvBackData", "dx", dx, "w", w, "dy", dy)
	if dx.dtype == Float32 {
		convBackData(d, s, Host[float32](w), Host[float32](dy), beta[float32](add), Host[float32](dx))
	} else {
		convBackData(d, s, Host[float64](w), Host[float64](dy), beta[float64](add), Host[float64](dx))
	}
}

func convBackData[T float](d *cpu, s Convolution, w, dy []T, beta T, dx []T) {
	oh, ow := s.Out()
	rows, size := s.panels()
	d.each(s.N, func(n int) {
		dx, dy := row(dx, n, s.N), row(dy, n, s.N)
		if s.pointwise() {
			gemm(d, true, false, s.C, oh*ow, s.K, 1, w, s.C, dy, oh*ow, beta, dx, oh*ow)
			return
		}
		if beta == 0 {
			clear(dx)
		}
		col, done := scratch[T](size)
		defer done()
		for p := 0; p < oh && s.K > 0; p += rows {
			to := min(p+rows, oh)
			m := (to - p) * ow
			gemm(d, true, false, s.taps(), m, s.K, 1, w, s.taps(), dy[p*ow:], oh*ow, 0, col, m)
			fold(s, col, p, to, dx)
		}
	})
}

func (d *cpu) ConvBackFilter(s Convolution, x, dy Vector, add bool, dw Vector) {
	s.expect("ConvBackFilter", "x", x, "dw", dw, "dy", dy)
	if x.dtype == Float32 {
		convBackFilter(d, s, Host[float32](x), Host[float32](dy), beta[float32](add), Host[float32](dw))
	} else {
		convBackFilter(d, s, Host[float64](x), Host[float64](dy), beta[float64](add), Host[float64](dw))
	}
}

// convBackFilter sums over groups of images, each on one thread, and then over
// the groups in their order: the same bits on any number of threads.
func convBackFilter[T float](d *cpu, s Convolution, x, dy []T, beta T, dw []T) {
	const most, memory = 16, 1 << 24 // groups; numbers of all their sums
	groups := max(1, min(most, s.N, memory/max(1, len(dw))))
	sums, done := scratch[T](groups * len(dw))
	defer done()
	d.each(groups, func(g int) {
		sum := row(sums, g, groups)
		clear(sum)
		for n := g * s.N / groups; n < (g+1)*s.N/groups; n++ {
			filterGradient(d, s, row(x, n, s.N), row(dy, n, s.N), 1, sum)
		}
	})
	d.chunks(len(dw), func(i, j int) {
		dw := dw[i:j]
		if beta == 0 {
			clear(dw)
		}
		for g := range groups {
			for k, v := range row(sums, g, groups)[i:j] {
				dw[k] += v
			}
		}
	})
}

func (d *cpu) ConvSampleFilter(s Convolution, x, dy, dw Vector) {
	const op = "ConvSampleFilter"
	s.check(op)
	oh, ow := s.Out()
	expectFloat(op, "x", x, s.N*s.C*s.H*s.W)
	expect(op, "dy", dy, x.dtype, s.N*s.K*oh*ow)
	expect(op, "dw", dw, x.dtype, s.N*s.K*s.taps())
	if x.dtype == Float32 {
		convSampleFilter(d, s, Host[float32](x), Host[float32](dy), Host[float32](dw))
	} else {
		convSampleFilter(d, s, Host[float64](x), Host[float64](dy), Host[float64](dw))
	}
}

func convSampleFilter[T float](d *cpu, s Convolution, x, dy, dw []T) {
	d.each(s.N, func(n int) {
		filterGradient(d, s, row(x, n, s.N), row(dy, n, s.N), 0, row(dw, n, s.N))
	})
}

// filterGradient is dw = beta dw + dy·colᵀ for one image.
func filterGradient[T float](d *cpu, s Convolution, x, dy []T, beta T, dw []T) {
	oh, ow := s.Out()
	if s.pointwise() {
		gemm(d, false, true, s.K, s.C, oh*ow, 1, dy, oh*ow, x, oh*ow, beta, dw, s.C)
		return
	}
	rows, size := s.panels()
	col, done := scratch[T](size)
	defer done()
	for p := 0; p < oh && s.K > 0; p += rows {
		to := min(p+rows, oh)
		unfold(s, x, p, to, col)
		m := (to - p) * ow
		gemm(d, false, true, s.K, s.taps(), m, 1, dy[p*ow:], oh*ow, col, m, beta, dw, s.taps())
		beta = 1
	}
}

// beta is what a result's destination is multiplied by first.
func beta[T float](add bool) T {
	if add {
		return 1
	}
	return 0
}

// row is the i-th of rows equal parts of x.
func row[T float | int32](x []T, i, rows int) []T {
	n := len(x) / rows
	return x[i*n : (i+1)*n : (i+1)*n]
}
