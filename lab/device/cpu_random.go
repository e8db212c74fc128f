package device

import (
	"fmt"
	"math"

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
	expectFloat("DropoutMask", "dst", dst, dst.n)
	if dst.dtype == Float32 {
		dropoutMask(d, rng.Key(key), offset, p, Host[float32](dst))
	} else {
		dropoutMask(d, rng.Key(key), offset, p, Host[float64](dst))
	}
}

func dropoutMask[T float](d *cpu, key rng.Key, offset uint64, p float64, dst []T) {
	threshold := uint64(math.Ceil(p * (1 << 32)))
	// Indexed by whether the word is less, since a branch would often be guessed
	// wrongly.
	values := [2]T{T(1 / (1 - p)), 0}
	value := func(word uint64) T { return values[(word-threshold)>>63] }
	d.chunks(len(dst), func(i, j int) {
		at, x := offset+uint64(i), dst[i:j]
		for len(x) > 0 {
			low, high := key.Block(at / 4)
			words := [4]uint64{low & (1<<32 - 1), low >> 32, high & (1<<32 - 1), high >> 32}
			if at%4 == 0 && len(x) >= 4 {
				x[0], x[1], x[2], x[3] = value(words[0]), value(words[1]), value(words[2]), value(words[3])
				at, x = at+4, x[4:]
			} else {
				x[0] = value(words[at%4])
				at, x = at+1, x[1:]
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
