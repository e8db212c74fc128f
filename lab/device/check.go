package device

import "fmt"

// expect panics unless v holds n numbers of type t in host memory.
func expect(op, name string, v Vector, t DType, n int) {
	if v.n != n {
		panic(fmt.Sprintf("device: %s: length of %s is %d, expected %d", op, name, v.n, n))
	}
	if n == 0 {
		return
	}
	if v.dtype != t {
		panic(fmt.Sprintf("device: %s: type of %s is %v, expected %v", op, name, v.dtype, t))
	}
	if v.host == nil {
		panic(fmt.Sprintf("device: %s: %s is on device %s, expected host memory", op, name, v.dev.Name()))
	}
}

// expectFloat panics unless v holds n floating-point numbers in host memory.
func expectFloat(op, name string, v Vector, n int) {
	if v.n > 0 && v.dtype != Float32 && v.dtype != Float64 {
		panic(fmt.Sprintf("device: %s: type of %s is %v, expected float32 or float64", op, name, v.dtype))
	}
	expect(op, name, v, v.dtype, n)
}

// needSize panics unless n ≥ 0.
func needSize(op, what string, n int) {
	if n < 0 {
		panic(fmt.Sprintf("device: %s: %s is %d, expected at least 0", op, what, n))
	}
}
