package device

import (
	"fmt"
	"math"
	"slices"
	"sync/atomic"
)

func (d *cpu) Fill(x Vector, a float64) {
	expectFloat("Fill", "x", x, x.n)
	if x.dtype == Float32 {
		fill(d, float32(a), Host[float32](x))
	} else {
		fill(d, a, Host[float64](x))
	}
}

func fill[T float](d *cpu, a T, x []T) {
	d.chunks(len(x), func(i, j int) {
		x := x[i:j]
		for i := range x {
			x[i] = a
		}
	})
}

func (d *cpu) Scale(a float64, x Vector) {
	expectFloat("Scale", "x", x, x.n)
	if x.dtype == Float32 {
		scale(d, float32(a), Host[float32](x))
	} else {
		scale(d, a, Host[float64](x))
	}
}

func scale[T float](d *cpu, a T, x []T) {
	d.chunks(len(x), func(i, j int) { scal(d.blas, a, x[i:j]) })
}

func (d *cpu) Axpy(a float64, x, y Vector) {
	expectFloat("Axpy", "y", y, y.n)
	expect("Axpy", "x", x, y.dtype, y.n)
	if y.dtype == Float32 {
		axpys(d, float32(a), Host[float32](x), Host[float32](y))
	} else {
		axpys(d, a, Host[float64](x), Host[float64](y))
	}
}

func axpys[T float](d *cpu, a T, x, y []T) {
	d.chunks(len(y), func(i, j int) { axpy(d.blas, a, x[i:j], y[i:j]) })
}

func (d *cpu) Axpby(a float64, x Vector, b float64, y Vector) {
	expectFloat("Axpby", "y", y, y.n)
	expect("Axpby", "x", x, y.dtype, y.n)
	if y.dtype == Float32 {
		axpbys(d, float32(a), Host[float32](x), float32(b), Host[float32](y))
	} else {
		axpbys(d, a, Host[float64](x), b, Host[float64](y))
	}
}

func axpbys[T float](d *cpu, a T, x []T, b T, y []T) {
	d.chunks(len(y), func(i, j int) { axpby(d.blas, a, x[i:j], b, y[i:j]) })
}

func (d *cpu) Multiply(x, y, dst Vector) {
	expectFloat("Multiply", "dst", dst, dst.n)
	expect("Multiply", "x", x, dst.dtype, dst.n)
	expect("Multiply", "y", y, dst.dtype, dst.n)
	if dst.dtype == Float32 {
		multiply(d, Host[float32](x), Host[float32](y), Host[float32](dst))
	} else {
		multiply(d, Host[float64](x), Host[float64](y), Host[float64](dst))
	}
}

func multiply[T float](d *cpu, x, y, dst []T) {
	d.chunks(len(dst), func(i, j int) {
		x, y, dst := x[i:j], y[i:j], dst[i:j]
		for i := range dst {
			dst[i] = x[i] * y[i]
		}
	})
}

func (d *cpu) MultiplyAdd(x, y, dst Vector) {
	expectFloat("MultiplyAdd", "dst", dst, dst.n)
	expect("MultiplyAdd", "x", x, dst.dtype, dst.n)
	expect("MultiplyAdd", "y", y, dst.dtype, dst.n)
	if dst.dtype == Float32 {
		multiplyAdd(d, Host[float32](x), Host[float32](y), Host[float32](dst))
	} else {
		multiplyAdd(d, Host[float64](x), Host[float64](y), Host[float64](dst))
	}
}

func multiplyAdd[T float](d *cpu, x, y, dst []T) {
	d.chunks(len(dst), func(i, j int) {
		x, y, dst := x[i:j], y[i:j], dst[i:j]
		for i := range dst {
			dst[i] += x[i] * y[i]
		}
	})
}

func (d *cpu) Sum(x Vector) float64 {
	expectFloat("Sum", "x", x, x.n)
	if x.dtype == Float32 {
		return sum(d, Host[float32](x))
	}
	return sum(d, Host[float64](x))
}

func sum[T float](d *cpu, x []T) float64 {
	return d.reduce(len(x), func(i, j int) float64 {
		var s0, s1, s2, s3 float64 // four sums that do not wait for each other
		x := x[i:j]
		for ; len(x) >= 4; x = x[4:] {
			s0 += float64(x[0])
			s1 += float64(x[1])
			s2 += float64(x[2])
			s3 += float64(x[3])
		}
		for _, x := range x {
			s0 += float64(x)
		}
		return s0 + s1 + (s2 + s3)
	})
}

func (d *cpu) Dot(x, y Vector) float64 {
	expectFloat("Dot", "x", x, x.n)
	expect("Dot", "y", y, x.dtype, x.n)
	if x.dtype == Float32 {
		return dot(d, Host[float32](x), Host[float32](y))
	}
	return dot(d, Host[float64](x), Host[float64](y))
}

func dot[T float](d *cpu, x, y []T) float64 {
	return d.reduce(len(x), func(i, j int) float64 { return innerProduct(x[i:j], y[i:j]) })
}

// innerProduct is Σ x[i]*y[i] with float64 sums.
func innerProduct[T float](x, y []T) float64 {
	var s0, s1, s2, s3 float64
	for ; len(x) >= 4 && len(y) >= 4; x, y = x[4:], y[4:] {
		s0 += float64(x[0]) * float64(y[0])
		s1 += float64(x[1]) * float64(y[1])
		s2 += float64(x[2]) * float64(y[2])
		s3 += float64(x[3]) * float64(y[3])
	}
	for i := range x {
		s0 += float64(x[i]) * float64(y[i])
	}
	return s0 + s1 + (s2 + s3)
}

func (d *cpu) MaxAbs(x Vector) float64 {
	expectFloat("MaxAbs", "x", x, x.n)
	if x.dtype == Float32 {
		return maxAbs(d, Host[float32](x))
	}
	return maxAbs(d, Host[float64](x))
}

func maxAbs[T float](d *cpu, x []T) float64 {
	largest := make([]uint64, (len(x)+chunk-1)/chunk)
	d.each(len(largest), func(task int) {
		largest[task] = maxAbsBits(x[task*chunk : min(len(x), (task+1)*chunk)])
	})
	m := uint64(0)
	for _, l := range largest {
		m = max(m, l)
	}
	return math.Float64frombits(m)
}

// maxAbsBits is max |x[i]| as bits of a float64. Without the sign, floating-point
// numbers have the order of their bits, NaN after infinity; and integers are
// compared without branches, which would be guessed wrongly half of the time.
func maxAbsBits[T float](x []T) uint64 {
	if x, ok := any(x).([]float32); ok {
		m := uint32(0)
		for _, x := range x {
			m = max(m, math.Float32bits(x)&^(1<<31))
		}
		return math.Float64bits(float64(math.Float32frombits(m)))
	}
	m := uint64(0)
	for _, x := range x {
		m = max(m, math.Float64bits(float64(x))&^(1<<63))
	}
	return m
}

func (d *cpu) Equal(x, y Vector) bool {
	expectFloat("Equal", "x", x, x.n)
	expect("Equal", "y", y, x.dtype, x.n)
	if x.dtype == Float32 {
		return equal(d, Host[float32](x), Host[float32](y))
	}
	return equal(d, Host[float64](x), Host[float64](y))
}

// equal looks at the first chunk by itself: where vectors differ they mostly
// differ there.
func equal[T float](d *cpu, x, y []T) bool {
	first := min(len(x), chunk)
	if !slices.Equal(x[:first], y[:first]) {
		return false
	}
	x, y = x[first:], y[first:]
	var differ atomic.Bool
	d.chunks(len(x), func(i, j int) {
		if !differ.Load() && !slices.Equal(x[i:j], y[i:j]) {
			differ.Store(true)
		}
	})
	return !differ.Load()
}

func (d *cpu) RowDots(rows, cols int, a, b, dst Vector) {
	needMatrix("RowDots", "a", rows, cols, a, dst.dtype)
	needMatrix("RowDots", "b", rows, cols, b, dst.dtype)
	expectFloat("RowDots", "dst", dst, rows)
	if dst.dtype == Float32 {
		rowDots(d, rows, cols, Host[float32](a), Host[float32](b), Host[float32](dst))
	} else {
		rowDots(d, rows, cols, Host[float64](a), Host[float64](b), Host[float64](dst))
	}
}

func rowDots[T float](d *cpu, rows, cols int, a, b, dst []T) {
	d.rows(rows, cols, func(i, j int) {
		for r := i; r < j; r++ {
			dst[r] = T(innerProduct(a[r*cols:(r+1)*cols], b[r*cols:(r+1)*cols]))
		}
	})
}

func (d *cpu) RowScale(rows, cols int, w, a Vector) {
	needMatrix("RowScale", "a", rows, cols, a, a.dtype)
	expectFloat("RowScale", "a", a, a.n)
	if a.n == 0 {
		return
	}
	expect("RowScale", "w", w, a.dtype, rows)
	if a.dtype == Float32 {
		rowScale(d, rows, cols, Host[float32](w), Host[float32](a))
	} else {
		rowScale(d, rows, cols, Host[float64](w), Host[float64](a))
	}
}

func rowScale[T float](d *cpu, rows, cols int, w, a []T) {
	d.rows(rows, cols, func(i, j int) {
		for r := i; r < j; r++ {
			w, row := w[r], a[r*cols:(r+1)*cols]
			for c := range row {
				row[c] *= w
			}
		}
	})
}

func (d *cpu) RowArgMax(rows, cols int, a, index Vector) {
	needMatrix("RowArgMax", "a", rows, cols, a, a.dtype)
	expectFloat("RowArgMax", "a", a, a.n)
	expect("RowArgMax", "index", index, Int32, rows)
	if rows > 0 && cols == 0 {
		panic("device: RowArgMax: cols is 0, expected at least 1")
	}
	if a.dtype == Float32 {
		rowArgMax(d, rows, cols, Host[float32](a), Host[int32](index))
	} else {
		rowArgMax(d, rows, cols, Host[float64](a), Host[int32](index))
	}
}

func rowArgMax[T float](d *cpu, rows, cols int, a []T, index []int32) {
	d.rows(rows, cols, func(i, j int) {
		for r := i; r < j; r++ {
			row := a[r*cols : (r+1)*cols]
			best := 0
			for c, x := range row {
				if x > row[best] || x != x && row[best] == row[best] {
					best = c
				}
			}
			index[r] = int32(best)
		}
	})
}

func (d *cpu) Gather(cols int, table, index, dst Vector) {
	rows := needTable("Gather", cols, table, index)
	expect("Gather", "dst", dst, table.dtype, index.n*cols)
	if dst.dtype == Float32 {
		gather(d, rows, cols, Host[float32](table), Host[int32](index), Host[float32](dst))
	} else {
		gather(d, rows, cols, Host[float64](table), Host[int32](index), Host[float64](dst))
	}
}

func gather[T float](d *cpu, rows, cols int, table []T, index []int32, dst []T) {
	needRows("Gather", index, rows)
	d.rows(len(index), cols, func(i, j int) {
		for r := i; r < j; r++ {
			from := int(index[r]) * cols
			copy(dst[r*cols:(r+1)*cols], table[from:from+cols])
		}
	})
}

func (d *cpu) ScatterAdd(cols int, index, src, table Vector) {
	rows := needTable("ScatterAdd", cols, table, index)
	expect("ScatterAdd", "src", src, table.dtype, index.n*cols)
	if table.dtype == Float32 {
		scatterAdd(rows, cols, Host[int32](index), Host[float32](src), Host[float32](table))
	} else {
		scatterAdd(rows, cols, Host[int32](index), Host[float64](src), Host[float64](table))
	}
}

func scatterAdd[T float](rows, cols int, index []int32, src, table []T) {
	needRows("ScatterAdd", index, rows)
	for r, row := range index {
		src, dst := src[r*cols:(r+1)*cols], table[int(row)*cols:(int(row)+1)*cols]
		for c, x := range src {
			dst[c] += x
		}
	}
}

// needMatrix panics unless v is a rows×cols matrix of type t.
func needMatrix(op, what string, rows, cols int, v Vector, t DType) {
	needSize(op, "rows", rows)
	needSize(op, "cols", cols)
	expect(op, what, v, t, rows*cols)
}

// needTable is the number of rows of a table with cols columns.
func needTable(op string, cols int, table, index Vector) (rows int) {
	if cols < 1 {
		panic(fmt.Sprintf("device: %s: cols is %d, expected at least 1", op, cols))
	}
	expectFloat(op, "table", table, table.n)
	expect(op, "index", index, Int32, index.n)
	if table.n%cols != 0 {
		panic(fmt.Sprintf("device: %s: table has length %d, expected rows of %d", op, table.n, cols))
	}
	return table.n / cols
}

// needRows panics unless index names rows 0..rows-1.
func needRows(op string, index []int32, rows int) {
	for i, r := range index {
		if r < 0 || int(r) >= rows {
			panic(fmt.Sprintf("device: %s: index[%d] is %d, expected 0 … %d", op, i, r, rows-1))
		}
	}
}
