package device

import (
	"fmt"
	"unsafe"
)

func (f Nonlinearity) check(op string) {
	if f > Sigmoid {
		panic(fmt.Sprintf("device: %s: nonlinearity is %d, expected ReLU, Tanh or Sigmoid", op, f))
	}
}

func (d *cpu) Activate(f Nonlinearity, x, y Vector) {
	f.check("Activate")
	expectFloat("Activate", "x", x, x.n)
	expect("Activate", "y", y, x.dtype, x.n)
	switch {
	case f == ReLU && x.dtype == Float32:
		relu(d, bits[uint32](x), bits[uint32](y))
	case f == ReLU:
		relu(d, bits[uint64](x), bits[uint64](y))
	case x.dtype == Float32:
		activate(d, f, Host[float32](x), Host[float32](y))
	default:
		activate(d, f, Host[float64](x), Host[float64](y))
	}
}

func activate[T float](d *cpu, f Nonlinearity, x, y []T) {
	d.chunks(len(x), func(i, j int) {
		x, y := x[i:j], y[i:j]
		switch f {
		case Tanh:
			tanhs(x, y)
		case Sigmoid:
			sigmoids(x, y)
		}
	})
}

// ReLU works on the bits of the numbers: its branches are as good as random.
// The bits of the numbers above 0, infinity among them, are 1 to infinity's;
// with a sign bit those of the numbers below.

// bits is the numbers of a floating-point vector as their bits.
func bits[B uint32 | uint64](v Vector) []B {
	if v.n == 0 {
		return nil
	}
	return unsafe.Slice((*B)(v.host), v.n)
}

// signAndInfinity is the bits of -0 and of +Inf.
func signAndInfinity[B uint32 | uint64]() (sign, infinity B) {
	exponents := 8 // bits of the exponent
	if unsafe.Sizeof(sign) == 8 {
		exponents = 11
	}
	sign = ^(^B(0) >> 1)
	return sign, sign - sign>>exponents
}

func relu[B uint32 | uint64](d *cpu, x, y []B) {
	sign, infinity := signAndInfinity[B]()
	d.chunks(len(x), func(i, j int) {
		x, y := x[i:j], y[i:j]
		y = y[:len(x)]
		for i, v := range x {
			var negative B // 1 where x ≤ -0; a NaN is neither
			if v-sign <= infinity {
				negative = 1
			}
			y[i] = v & (negative - 1)
		}
	})
}

func reluBack[B uint32 | uint64](d *cpu, y, dy, dx []B) {
	_, infinity := signAndInfinity[B]()
	d.chunks(len(y), func(i, j int) {
		y, dy, dx := y[i:j], dy[i:j], dx[i:j]
		dy, dx = dy[:len(y)], dx[:len(y)]
		for i, v := range y {
			var positive B // 1 where y > 0
			if v-1 < infinity {
				positive = 1
			}
			dx[i] = dy[i] & -positive
		}
	})
}

func (d *cpu) ActivateBack(f Nonlinearity, y, dy, dx Vector) {
	f.check("ActivateBack")
	expectFloat("ActivateBack", "y", y, y.n)
	expect("ActivateBack", "dy", dy, y.dtype, y.n)
	expect("ActivateBack", "dx", dx, y.dtype, y.n)
	switch {
	case f == ReLU && y.dtype == Float32:
		reluBack(d, bits[uint32](y), bits[uint32](dy), bits[uint32](dx))
	case f == ReLU:
		reluBack(d, bits[uint64](y), bits[uint64](dy), bits[uint64](dx))
	case y.dtype == Float32:
		activateBack(d, f, Host[float32](y), Host[float32](dy), Host[float32](dx))
	default:
		activateBack(d, f, Host[float64](y), Host[float64](dy), Host[float64](dx))
	}
}

func activateBack[T float](d *cpu, f Nonlinearity, y, dy, dx []T) {
	d.chunks(len(y), func(i, j int) {
		y, dy, dx := y[i:j], dy[i:j], dx[i:j]
		switch f {
		case Tanh:
			for i, v := range y {
				dx[i] = (1 - v*v) * dy[i]
			}
		case Sigmoid:
			for i, v := range y {
				dx[i] = v * (1 - v) * dy[i]
			}
		}
	})
}

func (d *cpu) ActivateSecond(f Nonlinearity, y, tx, dy, dx Vector) {
	f.check("ActivateSecond")
	expectFloat("ActivateSecond", "y", y, y.n)
	expect("ActivateSecond", "tx", tx, y.dtype, y.n)
	expect("ActivateSecond", "dy", dy, y.dtype, y.n)
	expect("ActivateSecond", "dx", dx, y.dtype, y.n)
	switch {
	case f == ReLU: // f″ = 0
	case y.dtype == Float32:
		activateSecond(d, f, Host[float32](y), Host[float32](tx), Host[float32](dy), Host[float32](dx))
	default:
		activateSecond(d, f, Host[float64](y), Host[float64](tx), Host[float64](dy), Host[float64](dx))
	}
}

func activateSecond[T float](d *cpu, f Nonlinearity, y, tx, dy, dx []T) {
	d.chunks(len(y), func(i, j int) {
		y, tx, dy, dx := y[i:j], tx[i:j], dy[i:j], dx[i:j]
		switch f {
		case Tanh:
			for i, v := range y {
				dx[i] -= 2 * v * (1 - v*v) * tx[i] * dy[i]
			}
		case Sigmoid:
			for i, v := range y {
				dx[i] += v * (1 - v) * (1 - 2*v) * tx[i] * dy[i]
			}
		}
	})
}
