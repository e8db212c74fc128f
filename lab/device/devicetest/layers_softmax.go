package devicetest

import (
	"math"
	"testing"

	"glassy/lab/device"
)

func testSoftmax(t *testing.T, dev device.Device) {
	for _, shape := range []struct{ n, c int }{{1, 1}, {3, 10}, {130, 7}, {2, 5000}, {0, 10}} {
		n, c := shape.n, shape.c
		for _, dt := range floats {
			for _, size := range []float64{1, 80, 3000} { // of the logits: the last overflows exp
				z, u := random(dt, n*c, 1), random(dt, n*c, 2)
				label := make([]int32, n)
				loss, p, dz, hu := make([]float64, n), make([]float64, n*c), make([]float64, n*c), make([]float64, n*c)
				for i := range z {
					z[i] = math.Round(size * z[i] * 1024)
					z[i] /= 1024 // exact in float32
				}
				for r := range n {
					label[r] = int32((7*r + 3) % c)
					z, p := z[r*c:(r+1)*c], p[r*c:(r+1)*c]
					top, sum := math.Inf(-1), 0.0
					for _, v := range z {
						top = max(top, v)
					}
					for _, v := range z {
						sum += math.Exp(v - top)
					}
					dot := 0.0
					for i, v := range z {
						p[i] = math.Exp(v-top) / sum
						dz[r*c+i] = p[i]
						dot += p[i] * u[r*c+i]
					}
					for i := range p {
						hu[r*c+i] = p[i] * (u[r*c+i] - dot)
					}
					dz[r*c+int(label[r])]--
					loss[r] = math.Log(sum) - (z[label[r]] - top)
				}
				what := func(op string) string { return name("%s %d×%d %v size %v", op, n, c, dt, size) }
				vloss, vp, vdz := dst(dev, dt, n), dst(dev, dt, n*c), dst(dev, dt, n*c)
				dev.SoftmaxLoss(n, c, put(dev, dt, z), indices(dev, label...), vloss, vp, vdz)
				// A few roundings, and the c of the sum where it is kept in the type.
				bound := float64(c+16) * epsilon(dt)
				same(t, what("loss"), vloss, loss, relative(loss, bound)...)
				same(t, what("p"), vp, p, bound)
				same(t, what("dz"), vdz, dz, bound)

				v := dst(dev, dt, n*c)
				dev.SoftmaxTangent(n, c, vp, put(dev, dt, u), v)
				same(t, what("SoftmaxTangent"), v, hu, 4*bound)
				v = put(dev, dt, u)
				dev.SoftmaxTangent(n, c, vp, v, v)
				same(t, what("SoftmaxTangent in place"), v, hu, 4*bound)
			}
		}
	}
	for _, dt := range floats {
		// Exact: equal logits; one that outweighs all the rest.
		loss, p, dz := dst(dev, dt, 2), dst(dev, dt, 8), dst(dev, dt, 8)
		dev.SoftmaxLoss(2, 4, put(dev, dt, []float64{5, 5, 5, 5, 0, 0, 1e4, 0}), indices(dev, 1, 0), loss, p, dz)
		same(t, name("SoftmaxLoss exact %v", dt), loss, []float64{math.Log(4), 1e4}, 4*epsilon(dt), 0)
		same(t, name("SoftmaxLoss exact p %v", dt), p, []float64{.25, .25, .25, .25, 0, 0, 1, 0}, 0)
		same(t, name("SoftmaxLoss exact dz %v", dt), dz, []float64{.25, -.75, .25, .25, -1, 0, 1, 0}, 0)
		// A NaN spoils its row only.
		dev.SoftmaxLoss(2, 4, put(dev, dt, []float64{5, 5, 5, 5, 0, math.NaN(), 0, 0}), indices(dev, 1, 0), loss, p, dz)
		same(t, name("SoftmaxLoss NaN %v", dt), loss, []float64{math.Log(4), math.NaN()}, 4*epsilon(dt))

		z := dev.New(dt, 8)
		for _, label := range []int32{-1, 4, math.MaxInt32} {
			panics(t, "SoftmaxLoss", func() { // at the latest when a result is read
				dev.SoftmaxLoss(2, 4, z, indices(dev, 0, label), loss, p, dz)
				device.Read[float64](loss)
			})
		}
		panics(t, "SoftmaxLoss", func() { dev.SoftmaxLoss(2, 4, z, loss, loss, p, dz) })
		panics(t, "SoftmaxLoss", func() { dev.SoftmaxLoss(2, 3, z, indices(dev, 0, 0), loss, p, dz) })
		panics(t, "SoftmaxLoss", func() { dev.SoftmaxLoss(-2, -4, z, indices(dev, 0, 0), loss, p, dz) })
		panics(t, "SoftmaxTangent", func() { dev.SoftmaxTangent(2, 4, p, z.Slice(0, 4), z) })
	}
}
