package device

import "fmt"

func (d *cpu) SparseProduct(width int, columns, values, x, y Vector) {
	const op = "SparseProduct"
	needSize(op, "width", width)
	expectFloat(op, "y", y, y.n)
	expect(op, "x", x, y.dtype, x.n)
	expect(op, "columns", columns, Int32, width*y.n)
	expect(op, "values", values, y.dtype, width*y.n)
	if y.dtype == Float32 {
		sparseProduct(d, width, Host[int32](columns), Host[float32](values), Host[float32](x), Host[float32](y))
	} else {
		sparseProduct(d, width, Host[int32](columns), Host[float64](values), Host[float64](x), Host[float64](y))
	}
}

// sparseProduct goes through some rows for every two numbers of a row: what is read is
// side by side, and no sum waits for another.
func sparseProduct[T float](d *cpu, width int, columns []int32, values, x, y []T) {
	const together = 1 << 10
	rows := len(y)
	d.each((rows+together-1)/together, func(task int) {
		i, j := task*together, min(rows, (task+1)*together)
		y := y[i:j]
		clear(y)
		check := func(k, r int) {
			if c := columns[k*rows+i+r]; uint(c) >= uint(len(x)) {
				panic(fmt.Sprintf("device: SparseProduct: columns[%d] is %d, expected 0 … %d", k*rows+i+r, c, len(x)-1))
			}
		}
		for k := 0; k < width; k += 2 {
			v, c := values[k*rows+i:][:len(y)], columns[k*rows+i:][:len(y)]
			if k+1 == width {
				for r := range y {
					at := uint(c[r])
					if at >= uint(len(x)) {
						check(k, r)
					}
					y[r] += v[r] * x[at]
				}
				break
			}
			w, b := values[(k+1)*rows+i:][:len(y)], columns[(k+1)*rows+i:][:len(y)]
			for r := range y {
				at, and := uint(c[r]), uint(b[r])
				if at >= uint(len(x)) || and >= uint(len(x)) {
					check(k, r)
					check(k+1, r)
				}
				y[r] = y[r] + v[r]*x[at] + w[r]*x[and]
			}
		}
	})
}
