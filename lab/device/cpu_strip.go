package device

// A strip is what a convolution multiplies its filters with: for some rows of
// the output, the C·S rows of the image's channels as each of the kernel's S
// columns sees them, from the first image row needed to the last. The output
// row p meets row r of the kernel at the strip's row p+r, so that with strip_r
// the columns of the strip from r·OW on, and w_r the K×CS weights of row r,
//
//	y = Σ_r w_r·strip_r,  dstrip_r += w_rᵀ·dy,  dw_r += dy·strip_rᵀ.
//
// It is R times smaller than the matrix of all windows ("im2col"), as is the
// work to make it. With a stride, p meets r at p·Stride+r: the image rows are
// dealt out to several such matrices, one for each remainder, one after another.
// Where C·S is too small for a good product the strip is the matrix of all
// windows after all, of C·R·S rows: one product instead of R.
type strip struct {
	Convolution
	from, rows int  // of the output
	width      int  // of the output
	whole      bool // the strip is the image itself
}

// stripSize is about how many numbers a strip has: half a MiB of float32, to
// leave the second-level cache room for the product.
const stripSize = 1 << 17

// strips cuts the output into strips, the first the largest.
func (s Convolution) strips() []strip {
	oh, ow := s.Out()
	if s.R == 1 && s.S == 1 && s.Stride == 1 && s.Pad == 0 {
		return []strip{{s, 0, oh, ow, true}}
	}
	const narrow = 64 // columns below which a product is slow
	// Neighbours share R-1 rows: that should be few of the strip's.
	rows := max(stripSize/(s.depth()*s.phases()*ow), 3*s.R, (narrow+ow-1)/ow)
	var cut []strip
	for from := 0; from < oh; from += rows {
		cut = append(cut, strip{s, from, min(rows, oh-from), ow, false})
	}
	return cut
}

// products is how many products there are for a strip, one for each row of the
// kernel or one for all.
func (s Convolution) products() int {
	const shallow = 32 // products with fewer terms are slow
	if s.C*s.S < shallow {
		return 1
	}
	return s.R
}

// depth is the number of terms of a product.
func (s Convolution) depth() int { return s.C * s.R * s.S / s.products() }

// phases is the number of matrices in a strip.
func (s Convolution) phases() int { return min(s.Stride, s.products()) }

// height is the number of image rows in a phase's matrix.
func (s strip) height(phase int) int { return s.rows + (s.products()-1-phase)/s.Stride }

// start is where a phase's matrix begins.
func (s strip) start(phase int) int {
	n := 0
	for before := range phase {
		n += s.depth() * s.height(before) * s.width
	}
	return n
}

// scratch is the number of numbers that have to be lent for it.
func (s strip) scratch() int {
	if s.whole {
		return 0
	}
	return s.start(s.phases())
}

// at is where the matrix of the r-th product begins, and the distance of its rows.
func (s strip) at(r int) (start, ld int) {
	if s.whole {
		return 0, s.H * s.W
	}
	phase := r % s.Stride
	return s.start(phase) + r/s.Stride*s.width, s.height(phase) * s.width
}

// blocks calls f for each row of the strip's matrices: rows×cols numbers that
// lie in the strip from place to on, rows width apart, and in the image from
// place in on, rows Stride·W and numbers Stride apart. The rest is border.
func (s strip) blocks(f func(to, in, rows, cols int)) {
	unfolded := s.R / s.products() // rows of the kernel
	for phase := range s.phases() {
		start, height := s.start(phase), s.height(phase)
		for r := range unfolded {
			top := s.from*s.Stride + phase + r - s.Pad
			i0, i1 := inside(top, s.Stride, s.H, height)
			for t := range s.S {
				left := t - s.Pad
				j0, j1 := inside(left, s.Stride, s.W, s.width)
				if i0 == i1 || j0 == j1 {
					continue // all border
				}
				for c := range s.C {
					f(start+(((c*unfolded+r)*s.S+t)*height+i0)*s.width+j0,
						(c*s.H+top+i0*s.Stride)*s.W+left+j0*s.Stride,
						i1-i0, j1-j0)
				}
			}
		}
	}
}

// inside is the range of the i in 0..n-1 with 0 ≤ first + i·stride < size.
func inside(first, stride, size, n int) (from, to int) {
	from = min(n, max(0, (stride-1-first)/stride))
	return from, max(from, min(n, (size-1-first+stride)/stride))
}

// unfold is the strip of an image; buf is room for it.
func unfold[T float](s strip, x, buf []T) []T {
	if s.whole {
		return x
	}
	u := buf[:s.scratch()]
	if s.Pad > 0 {
		clear(u)
	}
	s.blocks(func(at, in, rows, cols int) {
		for range rows {
			dst := u[at : at+cols]
			if s.Stride == 1 {
				copy(dst, x[in:])
			} else {
				for j := range dst {
					dst[j] = x[in+j*s.Stride]
				}
			}
			at += s.width
			in += s.Stride * s.W
		}
	})
	return u
}

// fold is the transpose of unfold: it adds the strip to the image.
func fold[T float](s strip, u, x []T) {
	if s.whole {
		return
	}
	s.blocks(func(at, in, rows, cols int) {
		for range rows {
			src := u[at : at+cols]
			if s.Stride == 1 {
				dst := x[in : in+cols]
				for j, v := range src {
					dst[j] += v
				}
			} else {
				for j, v := range src {
					x[in+j*s.Stride] += v
				}
			}
			at += s.width
			in += s.Stride * s.W
		}
	})
}

// byProduct is the filters w, K×C×R×S, in the order of the products: R×K×C×S,
// or as they are.
func byProduct[T float](s Convolution, w []T) (ordered []T, done func()) {
	if s.products() == 1 {
		return w, func() {}
	}
	ordered, done = scratch[T](len(w))
	for r := range s.R {
		dst := row(ordered, r, s.R)
		for kc := range s.K * s.C {
			copy(dst[kc*s.S:(kc+1)*s.S], w[(kc*s.R+r)*s.S:])
		}
	}
	return ordered, done
}

// fromProducts is w = beta w + ordered, in w's order; beta is 0 or 1.
func fromProducts[T float](s Convolution, ordered []T, beta T, w []T) {
	products := s.products()
	run := len(w) / (s.K * s.C * products) // numbers that are neighbours in both
	for r := range products {
		src := row(ordered, r, products)
		for kc := range s.K * s.C {
			dst, src := w[(kc*products+r)*run:][:run], src[kc*run:][:run]
			if beta == 0 {
				copy(dst, src)
			} else {
				for t, v := range src {
					dst[t] += v
				}
			}
		}
	}
}
