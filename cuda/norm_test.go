//go:build cuda

package cuda

import (
	"fmt"
	"math"
	"testing"

	"glassy/lab/device"
)

// Normalisation agrees with the CPU on both sides of every border in how blocks
// take channels: a warp's width, runs of whole packs, one part and several,
// vectors that begin anywhere. Twice the same bits, and the same with and
// without packs of 16 bytes.
func TestNormShapes(t *testing.T) {
	d := open(t)
	for _, s := range []device.Channels{
		{N: 3, C: 33, S: 1}, {N: 300, C: 31, S: 1}, {N: 8200, C: 2, S: 1}, {N: 5, C: 7, S: 3}, {N: 9, C: 4, S: 16}, {N: 17, C: 3, S: 31},
		{N: 2, C: 2, S: 32}, {N: 3, C: 2, S: 33}, {N: 3, C: 2, S: 64}, {N: 7, C: 3, S: 49}, {N: 2, C: 2, S: 300}, {N: 1, C: 1, S: 4097},
		{N: 1, C: 2, S: 8193}, {N: 33, C: 2, S: 256}, {N: 3, C: 1, S: 10_001}, {N: 300, C: 2, S: 30}, {N: 70, C: 65, S: 2},
	} {
		for _, dt := range []device.DType{device.Float32, device.Float64} {
			// Differences of numbers of order one, averaged; istd is of order one.
			tol := map[device.DType]float64{device.Float32: 1e-5, device.Float64: 1e-13}[dt]
			var first map[string][]float64
			for _, offset := range []int{0, 4, 3} {
				var on [2]struct{ data, perChannel []device.Vector }
				for k := range 9 {
					n := s.N * s.C * s.S
					if k >= 4 {
						n = s.C
					}
					gpu, cpu := view(d, dt, offset, draw(n, uint64(k))), device.Put(device.CPU(), dt, draw(n, uint64(k)))
					if k < 4 {
						on[0].data, on[1].data = append(on[0].data, gpu), append(on[1].data, cpu)
					} else {
						on[0].perChannel, on[1].perChannel = append(on[0].perChannel, gpu), append(on[1].perChannel, cpu)
					}
				}
				results := [2]map[string]device.Vector{{}, {}}
				for i, dev := range []device.Device{d, device.CPU()} {
					x, dy, tx, tdy := on[i].data[0], on[i].data[1], on[i].data[2], on[i].data[3]
					scale, shift, tscale, tshift, added := on[i].perChannel[0], on[i].perChannel[1], on[i].perChannel[2], on[i].perChannel[3], on[i].perChannel[4]
					data := func(name string) device.Vector {
						v := dev.New(dt, x.Len()+offset).Slice(offset, x.Len()+offset)
						results[i][name] = v
						return v
					}
					channel := func(name string) device.Vector {
						v := added.Clone()
						results[i][name] = v
						return v
					}
					mean, istd := channel("mean"), channel("variance")
					dev.NormStats(s, x, mean, istd)
					istd = istd.Clone()
					dev.InverseSqrt(0.5, istd, istd)
					dev.Norm(s, x, mean, istd, scale, shift, data("y"))
					for _, train := range []bool{true, false} {
						name := func(what string) string { return fmt.Sprintf("%s train %v", what, train) }
						dev.NormBack(s, train, x, mean, istd, scale, dy, data(name("dx")), train, channel(name("dscale")), channel(name("dshift")))
						dev.NormTangent(s, train, x, mean, istd, scale, tx, tscale, tshift, data(name("ty")))
						dev.NormBackTangent(s, train, x, mean, istd, scale, tx, tscale, dy, tdy, data(name("tdx")), train, channel(name("tdscale")), channel(name("tdshift")))
						inPlace := dy.Clone()
						dev.NormBack(s, train, x, mean, istd, scale, inPlace, inPlace, false, channel(name("dscale alone")), channel(name("dshift alone")))
						results[i][name("dx in place")] = inPlace
					}
				}
				bits := make(map[string][]float64)
				for name, v := range results[0] {
					what := fmt.Sprintf("%s %+v %v from number %d", name, s, dt, offset)
					size := 4.0         // of what is made of several numbers of order one
					if v.Len() == s.C { // sums over the channel of numbers of order one
						size += math.Sqrt(float64(s.N * s.S))
					}
					within(t, what, v, results[1][name], size*tol)
					bits[name] = device.Read[float64](v)
					if first != nil {
						for i, w := range first[name] {
							if math.Float64bits(w) != math.Float64bits(bits[name][i]) {
								t.Errorf("%s: number %d is %v, from number 0 %v", what, i, bits[name][i], w)
								break
							}
						}
					}
				}
				if first == nil {
					first = bits
				}
			}
		}
	}
}
