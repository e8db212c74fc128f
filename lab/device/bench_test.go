package device_test

import (
	"fmt"
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
