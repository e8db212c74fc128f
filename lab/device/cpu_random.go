package device

import "glassy/lab/rng"

func (d *cpu) Uniform(key, offset uint64, low, high float64, dst Vector) {
	d.random("Uniform", dst, func(at uint64, x []float64) {
		uniforms(rng.Key(key), offset+at, x)
		for i, u := range x {
			x[i] = low + (high-low)*u
		}
	})
}

func (d *cpu) Normal(key, offset uint64, mean, sd float64, dst Vector) {
	d.random("Normal", dst, func(at uint64, x []float64) {
		normals(rng.Key(key), offset+at, x)
		for i, z := range x {
			x[i] = mean + sd*z
		}
	})
}

func (d *cpu) DropoutMask(key, offset uint64, p float64, dst Vector) {
	keep := 1 / (1 - p)
	d.random("DropoutMask", dst, func(at uint64, x []float64) {
		uniforms(rng.Key(key), offset+at, x)
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

// uniforms fills x with the uniform numbers from position i on.
func uniforms(key rng.Key, i uint64, x []float64) {
	for j := range x {
		x[j] = key.Uniform(i + uint64(j))
	}
}

// normals fills x with the standard normal numbers from position i on.
func normals(key rng.Key, i uint64, x []float64) {
	if i%2 == 1 && len(x) > 0 {
		x[0] = key.Normal(i)
		x, i = x[1:], i+1
	}
	for ; len(x) >= 2; x, i = x[2:], i+2 {
		x[0], x[1] = key.NormalPair(i / 2)
	}
	if len(x) == 1 {
		x[0] = key.Normal(i)
	}
}
