package device

import "fmt"

func (s Pooling) check(op string) {
	if s.N < 0 || s.C < 0 || s.Size < 1 || s.Stride < 1 || s.Pad < 0 || s.Pad >= s.Size ||
		s.H+2*s.Pad < s.Size || s.W+2*s.Pad < s.Size {
		panic(fmt.Sprintf("device: %s: pooling is %+v, expected windows that fit into the bordered image, Stride at least 1 and Pad below Size", op, s))
	}
}

func (s Pooling) sizes() (x, y int) {
	oh, ow := s.Out()
	return s.N * s.C * s.H * s.W, s.N * s.C * oh * ow
}

// window is the part of the H×W plane that the window of output (p, q) covers.
func (s Pooling) window(p, q int) (top, bottom, left, right int) {
	top, left = p*s.Stride-s.Pad, q*s.Stride-s.Pad
	return max(top, 0), min(top+s.Size, s.H), max(left, 0), min(left+s.Size, s.W)
}

func (d *cpu) MaxPool(s Pooling, x, y, index Vector) {
	s.check("MaxPool")
	nx, ny := s.sizes()
	expectFloat("MaxPool", "x", x, nx)
	expect("MaxPool", "y", y, x.dtype, ny)
	expect("MaxPool", "index", index, Int32, ny)
	if x.dtype == Float32 {
		maxPool[float32](d, s, x, y, index)
	} else {
		maxPool[float64](d, s, x, y, index)
	}
}

func maxPool[T float](d *cpu, s Pooling, x, y Vector, index Vector) {
	X, Y, I := Host[T](x), Host[T](y), Host[int32](index)
	oh, ow := s.Out()
	planes := s.N * s.C
	d.rows(planes, s.H*s.W, func(from, to int) {
		for plane := from; plane < to; plane++ {
			x, y, index := row(X, plane, planes), row(Y, plane, planes), row(I, plane, planes)
			for p := range oh {
				y, index := y[p*ow:(p+1)*ow], index[p*ow:(p+1)*ow]
				if s.Size <= 3 && s.Pad == 0 && maxOfRow(s, x, p, y, index) {
					continue
				}
				for q := range y {
					at := largest(s, x, p, q)
					y[q], index[q] = x[at], int32(at)
				}
			}
		}
	})
}

// largest is the place of the maximum of any window.
func largest[T float](s Pooling, x []T, p, q int) int {
	top, bottom, left, right := s.window(p, q)
	at := top*s.W + left
	for i := top; i < bottom; i++ {
		for j := left; j < right; j++ {
			if v := x[i*s.W+j]; v > x[at] || v != v && x[at] == x[at] {
				at = i*s.W + j
			}
		}
	}
	return at
}

// maxOfRow is row p of the output, of windows up to 3×3 without a border. Its
// comparisons are no branches: no processor could predict them. It is false, and
// has done nothing of use, where there is a NaN, or both infinities.
func maxOfRow[T float](s Pooling, x []T, p int, y []T, index []int32) bool {
	size, stride, w := s.Size, s.Stride, s.W
	x = x[p*stride*w:][:size*w]
	odd := T(0)
	for q := range y {
		at := q * stride
		for start := at; start < len(x); start += w {
			most, sum := start, x[start] // of this row of the window
			if size > 1 {
				sum += x[start+1]
				most += above(x[start+1], x[start])
			}
			if size > 2 {
				sum += x[start+2]
				most += above(x[start+2], x[most]) * (start + 2 - most)
			}
			odd += sum
			at += above(x[most], x[at]) * (most - at)
		}
		y[q], index[q] = x[at], int32(p*stride*w+at)
	}
	return odd == odd
}

// above is 1 where a > b: a comparison that is not a branch.
func above[T float](a, b T) int {
	if a > b {
		return 1
	}
	return 0
}

func (d *cpu) PoolGather(s Pooling, index, tx, ty Vector) {
	s.check("PoolGather")
	nx, ny := s.sizes()
	expect("PoolGather", "index", index, Int32, ny)
	expectFloat("PoolGather", "tx", tx, nx)
	expect("PoolGather", "ty", ty, tx.dtype, ny)
	if tx.dtype == Float32 {
		poolGather[float32](d, s, index, tx, ty)
	} else {
		poolGather[float64](d, s, index, tx, ty)
	}
}

func poolGather[T float](d *cpu, s Pooling, index, tx, ty Vector) {
	I, TX, TY := Host[int32](index), Host[T](tx), Host[T](ty)
	planes := s.N * s.C
	d.each(planes, func(plane int) {
		tx, ty := row(TX, plane, planes), row(TY, plane, planes)
		for i, at := range row(I, plane, planes) {
			ty[i] = tx[at]
		}
	})
}

func (d *cpu) PoolScatter(s Pooling, index, dy, dx Vector) {
	s.check("PoolScatter")
	nx, ny := s.sizes()
	expect("PoolScatter", "index", index, Int32, ny)
	expectFloat("PoolScatter", "dx", dx, nx)
	expect("PoolScatter", "dy", dy, dx.dtype, ny)
	if dx.dtype == Float32 {
		poolScatter[float32](d, s, index, dy, dx)
	} else {
		poolScatter[float64](d, s, index, dy, dx)
	}
}

func poolScatter[T float](d *cpu, s Pooling, index, dy, dx Vector) {
	I, DY, DX := Host[int32](index), Host[T](dy), Host[T](dx)
	planes := s.N * s.C
	d.each(planes, func(plane int) {
		dy, dx := row(DY, plane, planes), row(DX, plane, planes)
		clear(dx)
		for i, at := range row(I, plane, planes) {
			dx[at] += dy[i]
		}
	})
}

func (d *cpu) MeanPool(s Pooling, x, y Vector) {
	s.check("MeanPool")
	nx, ny := s.sizes()
	expectFloat("MeanPool", "x", x, nx)
	expect("MeanPool", "y", y, x.dtype, ny)
	if x.dtype == Float32 {
		meanPool[float32](d, s, x, y)
	} else {
		meanPool[float64](d, s, x, y)
	}
}

func meanPool[T float](d *cpu, s Pooling, x, y Vector) {
	X, Y := Host[T](x), Host[T](y)
	oh, ow := s.Out()
	planes, scale := s.N*s.C, 1/T(s.Size*s.Size)
	d.each(planes, func(plane int) {
		x, y := row(X, plane, planes), row(Y, plane, planes)
		for p := range oh {
			for q := range ow {
				top, bottom, left, right := s.window(p, q)
				sum := T(0)
				for i := top; i < bottom; i++ {
					for _, v := range x[i*s.W+left : i*s.W+right] {
						sum += v
					}
				}
				y[p*ow+q] = scale * sum
			}
		}
	})
}

func (d *cpu) MeanPoolBack(s Pooling, dy, dx Vector) {
	s.check("MeanPoolBack")
	nx, ny := s.sizes()
	expectFloat("MeanPoolBack", "dx", dx, nx)
	expect("MeanPoolBack", "dy", dy, dx.dtype, ny)
	if dx.dtype == Float32 {
		meanPoolBack[float32](d, s, dy, dx)
	} else {
		meanPoolBack[float64](d, s, dy, dx)
	}
}

func meanPoolBack[T float](d *cpu, s Pooling, dy, dx Vector) {
	DY, DX := Host[T](dy), Host[T](dx)
	oh, ow := s.Out()
	planes, scale := s.N*s.C, 1/T(s.Size*s.Size)
	d.each(planes, func(plane int) {
		dy, dx := row(DY, plane, planes), row(DX, plane, planes)
		clear(dx)
		for p := range oh {
			for q := range ow {
				top, bottom, left, right := s.window(p, q)
				v := scale * dy[p*ow+q]
				for i := top; i < bottom; i++ {
					dx := dx[i*s.W+left : i*s.W+right]
					for j := range dx {
						dx[j] += v
					}
				}
			}
		}
	})
}
