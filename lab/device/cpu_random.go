package device

import (
	"fmt"

	"glassy/lab/rng"
)

func (d *cpu) Uniform(key, offset uint64, low, high float64, dst Vector) {
	d.random("Uniform", dst, func(at uint64, x []float64) {
		rng.Key(key).Uniforms(offset+at, x)
		for i, u := range x {
			x[i] = low + (high-low)*u
		}
	})
}

func (d *cpu) Normal(key, offset uint64, mean, sd float64, dst Vector) {
	d.random("Normal", dst, func(at uint64, x []float64) {
		rng.Key(key).Normals(offset+at, x)
		for i, z := range x {
			x[i] = mean + sd*z
		}
	})
}

func (d *cpu) DropoutMask(key, offset uint64, p float64, dst Vector) {
	if !(0 <= p && p < 1) {
		panic(fmt.Sprintf("device: DropoutMask: p is %v, expected 0 ≤ p < 1", p))
	}
	keep := 1 / (1 - p)
	d.random("DropoutMask", dst, func(at uint64, x []float64) {
		rng.Key(key).Uniforms(offset+at, x)
		for i, u := range x {
			if u >= p {
				x[i] = keep
			} else {
				x[i] = 0
			}
		}
	})
}

// random fills dst by draw(at, x), which writes what belongs to
// dst[at:at+len(x)], in blocks that stay in the first cache.
func (d *cpu) random(op string, dst Vector, draw func(at uint64, x []float64)) {
	expectFloat(op, "dst", dst, dst.n)
	if dst.dtype == Float64 {
		dst := Host[float64](dst)
		d.chunks(len(dst), func(i, j int) { draw(uint64(i), dst[i:j]) })
		return
	}
	x32 := Host[float32](dst)
	d.chunks(len(x32), func(i, j int) {
		var block [512]float64
		for ; i < j; i += len(block) {
			dst := x32[i:min(i+len(block), j)]
			draw(uint64(i), block[:len(dst)])
			for i := range dst {
				dst[i] = float32(block[i])
			}
		}
	})
}
