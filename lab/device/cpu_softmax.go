package device

import (
	"fmt"
	"math"
)

func expectMatrix(op string, n, c int) {
	if n < 0 || c < 0 {
		panic(fmt.Sprintf("device: %s: matrix is %d×%d, expected no negative size", op, n, c))
	}
}

func (d *cpu) SoftmaxLoss(n, c int, z, label, loss, p, dz Vector) {
	const op = "SoftmaxLoss"
	expectMatrix(op, n, c)
	expectFloat(op, "z", z, n*c)
	expect(op, "label", label, Int32, n)
	expect(op, "loss", loss, z.dtype, n)
	expect(op, "p", p, z.dtype, n*c)
	expect(op, "dz", dz, z.dtype, n*c)
	for r, k := range Host[int32](label) {
		if k < 0 || int(k) >= c {
			panic(fmt.Sprintf("device: SoftmaxLoss: label[%d] is %d, expected 0 … %d", r, k, c-1))
		}
	}
	if z.dtype == Float32 {
		softmaxLoss[float32](d, n, z, label, loss, p, dz)
	} else {
		softmaxLoss[float64](d, n, z, label, loss, p, dz)
	}
}

func softmaxLoss[T float](d *cpu, n int, z, label, loss, p, dz Vector) {
	Z, Label, Loss, P, DZ := Host[T](z), Host[int32](label), Host[T](loss), Host[T](p), Host[T](dz)
	d.rows(n, len(Z)/max(1, n), func(from, to int) {
		for r := from; r < to; r++ {
			z, p, dz := row(Z, r, n), row(P, r, n), row(DZ, r, n)
			top := z[0]
			for _, v := range z {
				if v > top {
					top = v
				}
			}
			sum := expShifted(z, top, p)
			scale := T(1 / sum)
			for i, e := range p {
				p[i] = scale * e
				dz[i] = scale * e
			}
			k := Label[r]
			Loss[r] = T(math.Log(sum) - float64(z[k]-top))
			dz[k]--
		}
	})
}

func (d *cpu) SoftmaxTangent(n, c int, p, t, dst Vector) {
	const op = "SoftmaxTangent"
	expectMatrix(op, n, c)
	expectFloat(op, "p", p, n*c)
	expect(op, "t", t, p.dtype, n*c)
	expect(op, "dst", dst, p.dtype, n*c)
	if p.dtype == Float32 {
		softmaxTangent[float32](d, n, p, t, dst)
	} else {
		softmaxTangent[float64](d, n, p, t, dst)
	}
}

func softmaxTangent[T float](d *cpu, n int, p, t, dst Vector) {
	P, Tan, Dst := Host[T](p), Host[T](t), Host[T](dst)
	d.rows(n, len(P)/max(1, n), func(from, to int) {
		for r := from; r < to; r++ {
			p, t, dst := row(P, r, n), row(Tan, r, n), row(Dst, r, n)
			dot := T(innerProduct(p, t))
			for i, v := range p {
				dst[i] = v * (t[i] - dot)
			}
		}
	})
}
