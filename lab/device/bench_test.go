package device_test

import (
	"fmt"
	"runtime"
	"testing"

	"glassy/lab/device"
)

// The products of one training step of a 784-1024-1024-10 network at batch 128
// (forward, by data, by weights), and squares.
func BenchmarkGemm(b *testing.B) {
	for _, s := range []struct {
		name           string
		transA, transB bool
		m, n, k        int
	}{
		{"forward1", false, true, 128, 1024, 784},
		{"forward2", false, true, 128, 1024, 1024},
		{"forward3", false, true, 128, 10, 1024},
		{"data2", false, false, 128, 1024, 1024},
		{"data3", false, false, 128, 1024, 10},
		{"weights1", true, false, 1024, 784, 128},
		{"weights2", true, false, 1024, 1024, 128},
		{"weights3", true, false, 10, 1024, 128},
		{"square4", false, false, 4, 4, 4},
		{"square8", false, false, 8, 8, 8},
		{"square16", false, false, 16, 16, 16},
		{"square32", false, false, 32, 32, 32},
		{"square64", false, false, 64, 64, 64},
		{"square128", false, false, 128, 128, 128},
		{"square256", false, false, 256, 256, 256},
		{"square1024", false, false, 1024, 1024, 1024},
	} {
		for _, threads := range []int{1, 2} {
			for name, dev := range map[string]device.Device{"library": device.NewCPU(threads), "pure": device.NewPureCPU(threads)} {
				b.Run(fmt.Sprintf("%s/%s/threads=%d", s.name, name, threads), func(b *testing.B) {
					x, y, z := dev.New(device.Float32, s.m*s.k), dev.New(device.Float32, s.k*s.n), dev.New(device.Float32, s.m*s.n)
					dev.Uniform(1, 0, -1, 1, x)
					dev.Uniform(2, 0, -1, 1, y)
					lda, ldb := s.k, s.n
					if s.transA {
						lda = s.m
					}
					if s.transB {
						ldb = s.k
					}
					for b.Loop() {
						dev.Gemm(s.transA, s.transB, s.m, s.n, s.k, 1, x, lda, y, ldb, 0, z, s.n)
					}
					b.ReportMetric(2*float64(s.m*s.n*s.k)*float64(b.N)/b.Elapsed().Seconds()/1e9, "GF/s")
				})
			}
		}
	}
}

// Work that memory limits, on as many numbers as a 784-1024-1024-10 network has
// weights, and on a small network's.
func BenchmarkVector(b *testing.B) {
	dev := device.CPU()
	var none device.Vector
	for _, dt := range []device.DType{device.Float32, device.Float64} {
		for _, n := range []int{10_000, 1_867_786} {
			x, y, z := dev.New(dt, n), dev.New(dt, n), dev.New(dt, n)
			dev.Normal(1, 0, 0, 1, x)
			dev.Normal(2, 0, 0, 1, y)
			for _, c := range []struct {
				name string
				run  func()
			}{
				{"Fill", func() { dev.Fill(z, 1) }},
				{"Copy", func() { dev.Copy(z, x) }},
				{"Axpy", func() { dev.Axpy(1e-9, x, y) }},
				{"Axpby", func() { dev.Axpby(1e-9, x, 1, y) }},
				{"MultiplyAdd", func() { dev.MultiplyAdd(x, y, z) }},
				{"Sum", func() { dev.Sum(x) }},
				{"Dot", func() { dev.Dot(x, y) }},
				{"MaxAbs", func() { dev.MaxAbs(x) }},
				{"Uniform", func() { dev.Uniform(1, 0, 0, 1, z) }},
				{"Normal", func() { dev.Normal(1, 0, 0, 1, z) }},
				{"SGD", func() { dev.Update(device.Step{Rate: 1e-9}, x, none, y, none, none) }},
				{"Nesterov", func() {
					dev.Update(device.Step{Rate: 1e-9, Momentum: 0.9, Nesterov: true, Decay: 1e-3}, x, z, y, none, none)
				}},
				{"pull and noise", func() {
					dev.Update(device.Step{Rate: 1e-9, Momentum: 0.9, Pull: 1e-3, Noise: 1e-9}, x, z, y, y, none)
				}},
				{"Adam", func() {
					dev.Adam(device.AdamStep{Rate: 1e-9, Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-8, K: 3}, x, y, z, y, none, none)
				}},
			} {
				b.Run(fmt.Sprintf("%v/%d/%s", dt, n, c.name), func(b *testing.B) {
					for b.Loop() {
						c.run()
					}
					b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/number")
				})
				if c.name == "MultiplyAdd" { // z of many products overflows
					dev.Fill(z, 0)
				}
			}
		}
	}
}

// The eigenvalues, and vectors, of a symmetric 1000×1000 matrix in float64.
func BenchmarkSymEigen(b *testing.B) {
	const n = 1000
	dev := device.CPU()
	a, x, w := dev.New(device.Float64, n*n), dev.New(device.Float64, n*n), dev.New(device.Float64, n)
	dev.Normal(1, 0, 0, 1, a)
	for _, vectors := range []bool{false, true} {
		b.Run(fmt.Sprintf("vectors=%v", vectors), func(b *testing.B) {
			for b.Loop() {
				dev.Copy(x, a)
				if err := dev.SymEigen(n, x, w, vectors); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// Figure 6.3's transforms: 64 series of 10⁵ points, and their cosines as columns.
func BenchmarkTransforms(b *testing.B) {
	const n, count = 100_000, 64
	for _, fft := range []struct {
		name string
		dev  device.Device
	}{{"library", device.CPU()}, {"pure Go", device.NewPureCPU(runtime.GOMAXPROCS(0))}} {
		x, y := fft.dev.New(device.Float64, n*count), fft.dev.New(device.Float64, 2*device.Bins(n)*count)
		fft.dev.Normal(1, 0, 0, 1, x)
		rows, columns := device.Lines{Nodes: n, Count: count, Rows: true}, device.Lines{Nodes: n, Count: count}
		for _, c := range []struct {
			name string
			once func()
		}{
			{"Fourier", func() { fft.dev.Fourier(rows, x, y) }},
			{"Fourier of columns", func() { fft.dev.Fourier(columns, x, y) }},
			{"Cosine", func() { fft.dev.Cosine(rows, x); fft.dev.Scale(1./n, x) }},
		} {
			b.Run(c.name+", "+fft.name, func(b *testing.B) {
				for b.Loop() {
					c.once()
				}
			})
		}
	}
}
