package device

import "fmt"

// Images are spread over the threads; each product is one call on one thread.

func (s Convolution) check(op string) {
	if s.N < 0 || s.C < 0 || s.K < 0 || s.R < 1 || s.S < 1 || s.Stride < 1 || s.Pad < 0 ||
		s.H+2*s.Pad < s.R || s.W+2*s.Pad < s.S {
		panic(fmt.Sprintf("device: %s: convolution is %+v, expected filters that fit into the bordered image and a stride of at least 1", op, s))
	}
}

// expect checks the shape and three vectors: of the image's size, of the
// filters', of the result's.
func (s Convolution) expect(op, nx string, x Vector, nw string, w Vector, ny string, y Vector) {
	s.check(op)
	oh, ow := s.Out()
	expectFloat(op, nx, x, s.N*s.C*s.H*s.W)
	expect(op, nw, w, x.dtype, s.K*s.C*s.R*s.S)
	expect(op, ny, y, x.dtype, s.N*s.K*oh*ow)
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
	if len(w) == 0 {
		if beta == 0 {
			clear(y)
		}
		return
	}
	oh, ow := s.Out()
	depth, strips := s.depth(), s.strips()
	w, done := byProduct(s, w)
	defer done()
	d.each(s.N, func(n int) {
		x, y := row(x, n, s.N), row(y, n, s.N)
		buf, done := scratch[T](strips[0].scratch())
		defer done()
		for _, strip := range strips {
			u, y, beta := unfold(strip, x, buf), y[strip.from*ow:], beta
			for r := range s.products() {
				start, ld := strip.at(r)
				gemm(d, false, false, s.K, strip.rows*ow, depth, 1, row(w, r, s.products()), depth, u[start:], ld, beta, y, oh*ow)
				beta = 1
			}
		}
	})
}

func (d *cpu) ConvBackData(s Convolution, w, dy Vector, add bool, dx Vector) {
	s.expect("ConvBackData", "dx", dx, "w", w, "dy", dy)
	if dx.dtype == Float32 {
		convBackData(d, s, Host[float32](w), Host[float32](dy), add, Host[float32](dx))
	} else {
		convBackData(d, s, Host[float64](w), Host[float64](dy), add, Host[float64](dx))
	}
}

func convBackData[T float](d *cpu, s Convolution, w, dy []T, add bool, dx []T) {
	if len(w) == 0 {
		if !add {
			clear(dx)
		}
		return
	}
	oh, ow := s.Out()
	depth, strips := s.depth(), s.strips()
	w, done := byProduct(s, w)
	defer done()
	d.each(s.N, func(n int) {
		dx, dy := row(dx, n, s.N), row(dy, n, s.N)
		buf, done := scratch[T](strips[0].scratch())
		defer done()
		if !add {
			clear(dx)
		}
		for _, strip := range strips {
			u, dy := dx, dy[strip.from*ow:]
			if !strip.whole {
				u = buf[:strip.scratch()]
				clear(u)
			}
			for r := range s.products() {
				start, ld := strip.at(r)
				gemm(d, true, false, depth, strip.rows*ow, s.K, 1, row(w, r, s.products()), depth, dy, oh*ow, 1, u[start:], ld)
			}
			fold(strip, u, dx)
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
	if len(dw) == 0 {
		return
	}
	const most, memory = 16, 1 << 24 // groups; numbers in all their sums
	groups := max(1, min(most, s.N, memory/len(dw)))
	strips := s.strips()
	sums, done := scratch[T](groups * len(dw))
	defer done()
	d.each(groups, func(g int) {
		sum := row(sums, g, groups)
		clear(sum)
		for n := g * s.N / groups; n < (g+1)*s.N/groups; n++ {
			filterGradient(d, s, strips, row(x, n, s.N), row(dy, n, s.N), sum)
		}
	})
	total := row(sums, 0, groups)
	d.chunks(len(dw), func(i, j int) {
		for g := 1; g < groups; g++ {
			total := total[i:j]
			for k, v := range row(sums, g, groups)[i:j] {
				total[k] += v
			}
		}
	})
	fromProducts(s, total, beta, dw)
}

func (d *cpu) ConvSampleFilter(s Convolution, x, dy, dw Vector) {
	const op = "ConvSampleFilter"
	s.check(op)
	oh, ow := s.Out()
	expectFloat(op, "x", x, s.N*s.C*s.H*s.W)
	expect(op, "dy", dy, x.dtype, s.N*s.K*oh*ow)
	expect(op, "dw", dw, x.dtype, s.N*s.K*s.C*s.R*s.S)
	if x.dtype == Float32 {
		convSampleFilter(d, s, Host[float32](x), Host[float32](dy), Host[float32](dw))
	} else {
		convSampleFilter(d, s, Host[float64](x), Host[float64](dy), Host[float64](dw))
	}
}

func convSampleFilter[T float](d *cpu, s Convolution, x, dy, dw []T) {
	if len(dw) == 0 {
		return
	}
	strips := s.strips()
	d.each(s.N, func(n int) {
		x, dy, dw := row(x, n, s.N), row(dy, n, s.N), row(dw, n, s.N)
		if s.products() == 1 {
			clear(dw)
			filterGradient(d, s, strips, x, dy, dw)
			return
		}
		sum, done := scratch[T](len(dw))
		defer done()
		clear(sum)
		filterGradient(d, s, strips, x, dy, sum)
		fromProducts(s, sum, 0, dw)
	})
}

// filterGradient adds the filter gradient of one image, in the order of the products, to sum.
func filterGradient[T float](d *cpu, s Convolution, strips []strip, x, dy, sum []T) {
	oh, ow := s.Out()
	depth := s.depth()
	buf, done := scratch[T](strips[0].scratch())
	defer done()
	for _, strip := range strips {
		u, dy := unfold(strip, x, buf), dy[strip.from*ow:]
		for r := range s.products() {
			start, ld := strip.at(r)
			gemm(d, false, true, s.K, depth, strip.rows*ow, 1, dy, oh*ow, u[start:], ld, 1, row(sum, r, s.products()), depth)
		}
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
