//go:build cuda

package cuda

import (
	"fmt"
	"testing"

	"glassy/lab/device"
)

// BenchmarkGemm is products a second, of our own kernels and of cuBLAS where it
// is here: square ones, and those of a training step (batch 128).
func BenchmarkGemm(b *testing.B) {
	d := open(b)
	if mocked(d) {
		b.Skip("the mock of a GPU says nothing about speed")
	}
	shapes := []struct {
		transA, transB bool
		m, n, k        int
	}{
		{false, false, 4096, 4096, 4096}, {false, true, 4096, 4096, 4096}, {true, false, 4096, 4096, 4096}, {true, true, 4096, 4096, 4096},
		{false, false, 8192, 8192, 8192}, {false, false, 1000, 1000, 1000}, {false, false, 512, 512, 512},
		{false, true, 128, 1024, 784}, {true, false, 1024, 784, 128}, {false, false, 128, 784, 1024}, {false, true, 128, 10, 500},
		{true, false, 500, 20, 128 * 576}, {false, false, 20000, 100, 5050},
		{false, false, 4096, 1, 4096}, {true, false, 4096, 1, 4096},
	}
	for _, kind := range []struct {
		name string
		t    device.DType
		tf32 bool
	}{{"float64", device.Float64, false}, {"float32", device.Float32, false}, {"TF32", device.Float32, true}} {
		d.TF32(kind.tf32)
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
			speed(b, d, name+"/own", s.m, s.n, s.k, func() {
				d.OwnKernels(true)
				d.product(kind.t, p)
			})
			if s.m > 1 && s.n > 1 && testing.Verbose() { // every kernel that could be chosen
				for _, tile := range d.tiles(kind.t) {
					whole := plan{tile, 1, ceil(s.k, tile.k) * tile.k}
					speed(b, d, name+"/"+tile.name, s.m, s.n, s.k, func() { d.tiled(kind.t, p, whole) })
				}
			}
			if blas, err := d.libraries.useBLAS(d.gpu); err == nil {
				speed(b, d, name+"/cuBLAS", s.m, s.n, s.k, func() { d.byLibrary(blas, kind.t, p) })
			}
			for _, v := range []device.Vector{va, vb, vc} {
				d.Free(v)
			}
		}
	}
	d.OwnKernels(false)
}

// speed measures f by the GPU's clock, for a product of m×k and k×n.
func speed(b *testing.B, d *Device, name string, m, n, k int, f func()) {
	b.Run(name, func(b *testing.B) {
		f() // compiles
		d.Synchronize()
		seconds, err := d.gpu.Seconds(func() error {
			for range b.N {
				f()
			}
			d.flush()
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(2*float64(m)*float64(n)*float64(k)*float64(b.N)/seconds/1e12, "TF/s")
		b.ReportMetric(0, "ns/op")
	})
}
