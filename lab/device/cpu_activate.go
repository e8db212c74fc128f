package device

import (
	"fmt"
	"math"
)

func (f Nonlinearity) check(op string) {
	if f > Sigmoid {
		panic(fmt.Sprintf("device: %s: nonlinearity is %d, expected ReLU, Tanh or Sigmoid", op, f))
	}
}

func sigmoid(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

func (d *cpu) Activate(f Nonlinearity, x, y Vector) {
	f.check("Activate")
	expectFloat("Activate", "x", x, x.n)
	expect("Activate", "y", y, x.dtype, x.n)
	if x.dtype == Float32 {
		activate[float32](d, f, x, y)
	} else {
		activate[float64](d, f, x, y)
	}
}

func activate[T float](d *cpu, f Nonlinearity, x, y Vector) {
	X, Y := Host[T](x), Host[T](y)
	d.chunks(len(X), func(i, j int) {
		x, y := X[i:j], Y[i:j]
		switch f {
		case ReLU:
			for i, v := range x {
				y[i] = max(v, 0)
			}
		case Tanh:
			for i, v := range x {
				y[i] = T(math.Tanh(float64(v)))
			}
		case Sigmoid:
			for i, v := range x {
				y[i] = T(sigmoid(float64(v)))
			}
		}
	})
}

func (d *cpu) ActivateBack(f Nonlinearity, y, dy, dx Vector) {
	f.check("ActivateBack")
	expectFloat("ActivateBack", "y", y, y.n)
	expect("ActivateBack", "dy", dy, y.dtype, y.n)
	expect("ActivateBack", "dx", dx, y.dtype, y.n)
	if y.dtype == Float32 {
		activateBack[float32](d, f, y, dy, dx)
	} else {
		activateBack[float64](d, f, y, dy, dx)
	}
}

func activateBack[T float](d *cpu, f Nonlinearity, y, dy, dx Vector) {
	Y, DY, DX := Host[T](y), Host[T](dy), Host[T](dx)
	d.chunks(len(Y), func(i, j int) {
		y, dy, dx := Y[i:j], DY[i:j], DX[i:j]
		switch f {
		case ReLU:
			for i, v := range y {
				if v > 0 {
					dx[i] = dy[i]
				} else {
					dx[i] = 0
				}
			}
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
	if y.dtype == Float32 {
		activateSecond[float32](d, f, y, tx, dy, dx)
	} else {
		activateSecond[float64](d, f, y, tx, dy, dx)
	}
}

func activateSecond[T float](d *cpu, f Nonlinearity, y, tx, dy, dx Vector) {
	Y, TX, DY, DX := Host[T](y), Host[T](tx), Host[T](dy), Host[T](dx)
	d.chunks(len(Y), func(i, j int) {
		y, tx, dy, dx := Y[i:j], TX[i:j], DY[i:j], DX[i:j]
		switch f { // ReLU has no second derivative
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
