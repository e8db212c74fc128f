//go:build cuda

package cuda

import (
	flags "flag" // flag is an argument of a kernel
	"fmt"
	"testing"

	"glassy/lab/device"
)

var everyTile = flags.Bool("tiles", false, "BenchmarkGemm: by every kernel that could be chosen too")

// BenchmarkGemm is products of our own kernels and, where cuBLAS is here, in turn
// with its, and with what the device takes by itself: square ones, some that fit
// no tile, and those of a training step (batch 128).
func BenchmarkGemm(b *testing.B) {
	d := measured(b)
	shapes := []struct {
		transA, transB bool
		m, n, k        int
	}{
		{false, false, 4096, 4096, 4096}, {false, true, 4096, 4096, 4096}, {true, false, 4096, 4096, 4096}, {true, true, 4096, 4096, 4096},
		{false, false, 8192, 8192, 8192}, {false, false, 1024, 1024, 1024}, {false, false, 4095, 4001, 4099}, {false, true, 4095, 4001, 4099}, {false, false, 1000, 1000, 1000}, {false, false, 512, 512, 512},
		{false, true, 128, 1024, 784}, {true, false, 1024, 784, 128}, {false, false, 128, 784, 1024}, {false, true, 128, 10, 500},
		{true, false, 500, 20, 128 * 576}, {false, false, 20000, 100, 5050},
		{false, false, 4096, 1, 4096}, {true, false, 4096, 1, 4096},
	}
	for _, kind := range []struct {
		name        string
		t           device.DType
		tf32, split bool
	}{{name: "float64", t: device.Float64}, {name: "float32", t: device.Float32}, {name: "split", t: device.Float32, split: true}, {name: "TF32", t: device.Float32, tf32: true}} {
		d.TF32(kind.tf32)
		d.SplitTF32(kind.split)
		for _, s := range shapes {
			va, vb, vc := d.New(kind.t, s.m*s.k), d.New(kind.t, s.k*s.n), d.New(kind.t, s.m*s.n)
			d.Uniform(1, 0, -1, 1, va)
			d.Uniform(2, 0, -1, 1, vb)
			lda, ldb := s.k, s.n
			if s.transA {
				lda = s.m
			}
			if s.transB {
				ldb = s.k
			}
			p := product{transA: s.transA, transB: s.transB, m: s.m, n: s.n, k: s.k, count: 1, alpha: 1,
				a: matrices{ptr(va), lda, 0}, b: matrices{ptr(vb), ldb, 0}, c: matrices{ptr(vc), s.n, 0}}
			name := fmt.Sprintf("%s/%dx%dx%d%s", kind.name, s.m, s.n, s.k, letters(s.transA, s.transB))
			operations := 2 * float64(s.m) * float64(s.n) * float64(s.k)
			if s.m > 1 && s.n > 1 && *everyTile {
				for _, tile := range d.tiles(kind.t, s.k) {
					whole := plan{tile, 1, ceil(s.k, tile.k) * tile.k}
					b.Run(name+"/"+tile.name, func(b *testing.B) {
						report(b, operations/measure(b, d, func() { d.tiled(kind.t, p, whole) })/1e12, "TF/s")
					})
				}
			}
			own := func() {
				d.OwnKernels(true)
				d.product(kind.t, p)
			}
			b.Run(name, func(b *testing.B) {
				blas, err := d.libraries.useBLAS(d.gpu)
				if err != nil {
					report(b, operations/inTurn(b, d, own)[0]/1e12, "TF/s")
					return
				}
				seconds := inTurn(b, d, own, func() { d.byLibrary(blas, kind.t, p) }, func() {
					d.OwnKernels(false)
					d.product(kind.t, p)
				})
				report(b, operations/seconds[0]/1e12, "TF/s", operations/seconds[1]/1e12, "TF/s-cuBLAS",
					seconds[1]/seconds[0], "own/cuBLAS", seconds[1]/seconds[2], "device/cuBLAS")
			})
			for _, v := range []device.Vector{va, vb, vc} {
				d.Free(v)
			}
		}
	}
	d.OwnKernels(false)
}
