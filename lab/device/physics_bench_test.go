package device_test

import (
	"fmt"
	"testing"

	"glassy/lab/device"
)

// BenchmarkSpins is the energies and gradients of one to some thousand
// configurations of N = 100 spins with p = 3, beside a product of matrices that
// would give 2,000 of the gradients if the products of pairs were there,
// 2,000×5,050 times 5,050×100. GF/s count that product's operations.
func BenchmarkSpins(b *testing.B) {
	const p, n, most = 3, 100, 4000
	const pairs = n * (n + 1) / 2
	for _, threads := range []int{1, 2} {
		dev := device.NewCPU(threads)
		for _, dt := range []device.DType{device.Float32, device.Float64} {
			σ, e, g := dev.New(dt, most*n), dev.New(dt, most), dev.New(dt, most*n)
			dev.Normal(2, 0, 0, 1, σ)
			run := func(name string, m int, f func()) {
				b.Run(fmt.Sprintf("%v/%s=%d/threads=%d", dt, name, m, threads), func(b *testing.B) {
					for b.Loop() {
						f()
					}
					b.ReportMetric(2*n*pairs*float64(m)*float64(b.N)/b.Elapsed().Seconds()/1e9, "GF/s")
				})
			}
			c := dev.New(dt, device.Monomials(p, n))
			dev.Normal(1, 0, 0, 1, c)
			for _, m := range []int{1, 2, 16, 128, 500, 2000, 4000} {
				run("spins", m, func() { dev.Spins(p, n, m, -1./n, c, σ.Slice(0, m*n), false, e.Slice(0, m), g.Slice(0, m*n)) })
			}
			const m = 2000
			products, matrix := dev.New(dt, m*pairs), dev.New(dt, pairs*n)
			dev.Fill(products, 1)
			dev.Fill(matrix, 1)
			run("gemm", m, func() { dev.Gemm(false, false, m, n, pairs, 1, products, pairs, matrix, n, 0, g, n) })
		}
	}
}

// BenchmarkWalkers is one step of one walker, in a double well and in a plane,
// beside the normal numbers that it takes.
func BenchmarkWalkers(b *testing.B) {
	const n, steps = 4096, 64
	for _, threads := range []int{1, 2} {
		dev := device.NewCPU(threads)
		for _, dt := range []device.DType{device.Float32, device.Float64} {
			for _, dim := range []int{1, 2} {
				x, force := dev.New(dt, n*dim), dev.New(dt, 4*dim)
				dev.Upload(force, device.Of([]float64{0, -1, 0, 1, 0, 1, 0, 0}[:4*dim]))
				w := device.Walk{Dim: dim, Steps: steps, Delta: 0.01, Powers: 4, Noise: [2]float64{0.1, 0.1}, Key: 1}
				b.Run(fmt.Sprintf("%v/dim=%d/threads=%d", dt, dim, threads), func(b *testing.B) {
					for b.Loop() {
						dev.Walkers(w, force, x)
					}
					b.ReportMetric(b.Elapsed().Seconds()/float64(b.N)/(n*steps)*1e9, "ns/step")
				})
			}
			normals := dev.New(dt, n*steps)
			b.Run(fmt.Sprintf("%v/normals/threads=%d", dt, threads), func(b *testing.B) {
				for b.Loop() {
					dev.Normal(1, 0, 0, 1, normals)
				}
				b.ReportMetric(b.Elapsed().Seconds()/float64(b.N)/(n*steps)*1e9, "ns/number")
			})
		}
	}
}
