//go:build cuda

package cuda

import (
	"testing"
	"time"

	"glassy/cuda/kernels"
)

// The driver compiles every kernel for this chip; which of them spill depends on
// its compiler. What it takes is the wait of whoever uses the kernels first: with
// CUDA_CACHE_DISABLE=1, since the driver keeps what it compiled.
func TestAllCompile(t *testing.T) {
	d := open(t)
	var all, longest time.Duration
	slowest, files := "", 0
	for _, name := range kernels.Names() {
		ptx, err := kernels.PTX(name, d.gpu.Capability)
		if err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		m, err := d.gpu.Load(name, ptx)
		if err != nil {
			t.Error(err)
			continue
		}
		for _, e := range kernels.Entries(name) {
			f, err := m.Function(e.Name) // a driver that puts off work does it now
			if err != nil {
				t.Error(err)
				continue
			}
			if n, err := m.Spilled(f); err != nil {
				t.Error(err)
			} else if n > 0 {
				t.Logf("%s keeps %d bytes of a thread in memory", e.Name, n)
			}
		}
		took := time.Since(start)
		all += took
		files++
		if took > longest {
			slowest, longest = name, took
		}
		if err := m.Unload(); err != nil {
			t.Error(err)
		}
	}
	t.Logf("%d files of kernels in %.1f s; the slowest is %s with %.2f s", files, all.Seconds(), slowest, longest.Seconds())
}
