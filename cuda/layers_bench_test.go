//go:build cuda

package cuda

import (
	"fmt"
	"testing"

	"glassy/lab/device"
)

// BenchmarkLayers is how near to the memory's bandwidth the layers come, at the
// sizes of the thesis's networks with batches of 128, counting what each must
// read and write: reductions read their input twice, as the first pass needs all
// of it.
func BenchmarkLayers(b *testing.B) {
	d := measured(b)
	for _, dt := range both {
		size := float64(dt.Size())
		vectors := func(n, count int) (v []device.Vector) {
			for k := range count {
				x := d.New(dt, n)
				d.Uniform(uint64(k), 0, 0.1, 1, x)
				v = append(v, x)
			}
			return v
		}
		free := func(all ...[]device.Vector) {
			for _, v := range all {
				for _, x := range v {
					d.Free(x)
				}
			}
		}
		for _, s := range []device.Channels{
			{N: 128, C: 20, S: 24 * 24}, {N: 128, C: 50, S: 4 * 4}, // lenet
			{N: 128, C: 96, S: 32 * 32}, {N: 128, C: 192, S: 8 * 8}, // allcnn
			{N: 128, C: 640, S: 8 * 8}, // wrn-28-10
			{N: 128, C: 1024, S: 1},    // mnistfc
		} {
			n := s.N * s.C * s.S
			x, c := vectors(n, 5), vectors(s.C, 8)
			bytes := size * float64(n)
			at := func(what string) string { return fmt.Sprintf("%v/%d×%d×%d/%s", dt, s.N, s.C, s.S, what) }
			bandwidth(b, d, at("NormStats"), 2*bytes, func() { d.NormStats(s, x[0], c[0], c[1]) })
			bandwidth(b, d, at("Norm"), 2*bytes, func() { d.Norm(s, x[0], c[0], c[1], c[2], c[3], x[1]) })
			bandwidth(b, d, at("NormBack"), 5*bytes, func() { d.NormBack(s, true, x[0], c[0], c[1], c[2], x[1], x[2], false, c[4], c[5]) })
			bandwidth(b, d, at("NormTangent"), 5*bytes, func() { d.NormTangent(s, true, x[0], c[0], c[1], c[2], x[1], c[4], c[5], x[2]) })
			bandwidth(b, d, at("NormBackTangent"), 9*bytes, func() {
				d.NormBackTangent(s, true, x[0], c[0], c[1], c[2], x[1], c[3], x[2], x[3], x[4], false, c[4], c[5])
			})
			free(x, c)
		}
		for _, n := range []int{128 * 96 * 32 * 32, 100_000_000} {
			x := vectors(n, 4)
			bytes := size * float64(n)
			for f, what := range []string{"ReLU", "Tanh", "Sigmoid"} {
				f := device.Nonlinearity(f)
				bandwidth(b, d, fmt.Sprintf("%v/%d/%s", dt, n, what), 2*bytes, func() { d.Activate(f, x[0], x[1]) })
				bandwidth(b, d, fmt.Sprintf("%v/%d/%s back", dt, n, what), 3*bytes, func() { d.ActivateBack(f, x[0], x[1], x[2]) })
			}
			free(x)
		}
		for _, s := range []struct{ n, c int }{{128, 10}, {128 * 32, 96}, {20 * 35, 10_000}} {
			x, loss := vectors(s.n*s.c, 3), vectors(s.n, 1)
			label := d.New(device.Int32, s.n)
			bytes := size * float64(s.n*s.c)
			at := func(what string) string { return fmt.Sprintf("%v/%d×%d/%s", dt, s.n, s.c, what) }
			bandwidth(b, d, at("SoftmaxLoss"), 3*bytes, func() { d.SoftmaxLoss(s.n, s.c, x[0], label, loss[0], x[1], x[2]) })
			bandwidth(b, d, at("SoftmaxTangent"), 3*bytes, func() { d.SoftmaxTangent(s.n, s.c, x[0], x[1], x[2]) })
			free(x, loss)
		}
		for _, s := range []struct{ n, h int }{{128, 48}, {128, 128}, {20, 1500}} {
			gates, states := vectors(4*s.n*s.h, 2), vectors(s.n*s.h, 5)
			bytes := size * float64(s.n*s.h)
			at := func(what string) string { return fmt.Sprintf("%v/%d×%d/%s", dt, s.n, s.h, what) }
			bandwidth(b, d, at("LSTM"), 11*bytes, func() { d.LSTM(s.n, s.h, gates[0], states[0], states[1], states[2]) })
			bandwidth(b, d, at("LSTMBack"), 13*bytes, func() {
				d.LSTMBack(s.n, s.h, gates[0], states[0], states[1], states[3], states[4], gates[1])
			})
			free(gates, states)
		}
	}
}
