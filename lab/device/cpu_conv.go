package device

import "fmt"

func (s Convolution) check(op string) {
	if s.N < 0 || s.C < 0 || s.K < 0 || s.R < 1 || s.S < 1 || s.Stride < 1 || s.Pad < 0 ||
		s.H+2*s.Pad < s.R || s.W+2*s.Pad < s.S {
		panic(fmt.Sprintf("device: %s: convolution is %+v, expected filters that fit into the bordered image and a stride of at least 1", op, s))
	}
}

func (s Convolution) sizes() (x, w, y int) {
	oh, ow := s.Out()
	return s.N * s.C * s.H * s.W, s.K * s.C * s.R * s.S, s.N * s.K * oh * ow
}

func (s Convolution) expect(op, nx string, x Vector, nw string, w Vector, ny string, y Vector) {
	s.check(op)
	lx, lw, ly := s.sizes()
	expectFloat(op, nx, x, lx)
	expect(op, nw, w, x.dtype, lw)
	expect(op, ny, y, x.dtype, ly)
}

// taps calls f for each product of the convolution of one image: places in the
// image, the filters and the result.
func (s Convolution) taps(f func(x, w, y int)) {
	oh, ow := s.Out()
	for k := range s.K {
		for p := range oh {
			for q := range ow {
				for c := range s.C {
					for r := range s.R {
						i := p*s.Stride + r - s.Pad
						if i < 0 || i >= s.H {
							continue
						}
						for t := range s.S {
							if j := q*s.Stride + t - s.Pad; j >= 0 && j < s.W {
								f((c*s.H+i)*s.W+j, ((k*s.C+c)*s.R+r)*s.S+t, (k*oh+p)*ow+q)
							}
						}
					}
				}
			}
		}
	}
}

func (d *cpu) Conv(s Convolution, x, w Vector, add bool, y Vector) {
	s.expect("Conv", "x", x, "w", w, "y", y)
	if y.dtype == Float32 {
		conv[float32](d, s, x, w, add, y)
	} else {
		conv[float64](d, s, x, w, add, y)
	}
}

func conv[T float](d *cpu, s Convolution, x, w Vector, add bool, y Vector) {
	X, W, Y := Host[T](x), Host[T](w), Host[T](y)
	d.each(s.N, func(n int) {
		x, y := row(X, n, s.N), row(Y, n, s.N)
		if !add {
			clear(y)
		}
		s.taps(func(i, j, k int) { y[k] += W[j] * x[i] })
	})
}

func (d *cpu) ConvBackData(s Convolution, w, dy Vector, add bool, dx Vector) {
	s.expect("ConvBackData", "dx", dx, "w", w, "dy", dy)
	if dx.dtype == Float32 {
		convBackData[float32](d, s, w, dy, add, dx)
	} else {
		convBackData[float64](d, s, w, dy, add, dx)
	}
}

func convBackData[T float](d *cpu, s Convolution, w, dy Vector, add bool, dx Vector) {
	W, DY, DX := Host[T](w), Host[T](dy), Host[T](dx)
	d.each(s.N, func(n int) {
		dx, dy := row(DX, n, s.N), row(DY, n, s.N)
		if !add {
			clear(dx)
		}
		s.taps(func(i, j, k int) { dx[i] += W[j] * dy[k] })
	})
}

func (d *cpu) ConvBackFilter(s Convolution, x, dy Vector, add bool, dw Vector) {
	s.expect("ConvBackFilter", "x", x, "dw", dw, "dy", dy)
	if dw.dtype == Float32 {
		convBackFilter[float32](d, s, x, dy, add, dw)
	} else {
		convBackFilter[float64](d, s, x, dy, add, dw)
	}
}

func convBackFilter[T float](d *cpu, s Convolution, x, dy Vector, add bool, dw Vector) {
	X, DY, DW := Host[T](x), Host[T](dy), Host[T](dw)
	if !add {
		clear(DW)
	}
	for n := range s.N {
		x, dy := row(X, n, s.N), row(DY, n, s.N)
		s.taps(func(i, j, k int) { DW[j] += x[i] * dy[k] })
	}
}

func (d *cpu) ConvSampleFilter(s Convolution, x, dy, dw Vector) {
	const op = "ConvSampleFilter"
	s.check(op)
	lx, lw, ly := s.sizes()
	expectFloat(op, "x", x, lx)
	expect(op, "dy", dy, x.dtype, ly)
	expect(op, "dw", dw, x.dtype, s.N*lw)
	if dw.dtype == Float32 {
		convSampleFilter[float32](d, s, x, dy, dw)
	} else {
		convSampleFilter[float64](d, s, x, dy, dw)
	}
}

func convSampleFilter[T float](d *cpu, s Convolution, x, dy, dw Vector) {
	X, DY, DW := Host[T](x), Host[T](dy), Host[T](dw)
	d.each(s.N, func(n int) {
		x, dy, dw := row(X, n, s.N), row(DY, n, s.N), row(DW, n, s.N)
		clear(dw)
		s.taps(func(i, j, k int) { dw[j] += x[i] * dy[k] })
	})
}

// row is the i-th of rows equal parts of x.
func row[T float | int32](x []T, i, rows int) []T {
	n := len(x) / rows
	return x[i*n : (i+1)*n : (i+1)*n]
}
