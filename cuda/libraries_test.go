//go:build cuda

package cuda

import (
	"strings"
	"testing"

	"glassy/cuda/internal/nvidia"
	"glassy/cuda/internal/nvidia/nvidiatest"
	"glassy/lab/device"
)

// A device opens the libraries that Search names, works with them, and gives
// back what they have. The stand-ins compute on memory of the host, which the
// mock's is. In a process of its own, since they stay open.
func TestLibraries(t *testing.T) {
	if out, parent := planted(t); parent {
		if !strings.Contains(out, "\nallocations 0\n") {
			t.Errorf("the workspace is not given back:\n%s", out)
		}
		return
	}
	if have := open(t).Libraries(); have != "no cuBLAS, no cuSOLVER, no cuFFT, no cuDNN" {
		t.Errorf("Libraries() = %q where nothing is, or serves the mock of a driver", have)
	}
	d := open(t)
	root := t.TempDir()
	if err := nvidiatest.Build(root); err != nil {
		t.Fatal(err)
	}
	Search(root)
	want := "cuBLAS 13.1.2 at " + root + "/nvidia/cublas/lib/libcublas.so.13, cuSOLVER 12.1.2 at " + root + "/nvidia/cusolver/lib/libcusolver.so.12" +
		", cuFFT 12.1.2 at " + root + "/nvidia/cufft/lib/libcufft.so.12" +
		", cuDNN 9.1.2 at " + root + "/nvidia/cudnn/lib/libcudnn.so.9"
	if have := d.Libraries(); have != want {
		t.Errorf("Libraries() = %q, want %q", have, want)
	}
	blas, err := d.libraries.useBLAS(d.gpu)
	if err != nil {
		t.Fatal(err)
	}
	if again, _ := d.libraries.useBLAS(d.gpu); again != blas {
		t.Error("it is opened twice")
	}
	dnn, err := d.libraries.useDNN(d.gpu)
	if err != nil {
		t.Fatal(err)
	}
	x := d.New(device.Float64, 2)
	defer d.Free(x)
	d.Fill(x, 3)
	// On the stream, after what was called before.
	d.call("product", func() error {
		return blas.Gemm(nvidia.Product{Type: device.Float64, M: 1, N: 1, K: 1, Alpha: 2, LDA: 1, LDB: 1, LDC: 1,
			A: uintptr(pointer(x)), B: uintptr(pointer(x)), C: uintptr(pointer(x.Slice(1, 2)))})
	})
	if have := d.Sum(x); have != 3+18 {
		t.Errorf("the product and its factor are %v, want 21", have)
	}
	if err := d.libraries.close(d.gpu); err != nil {
		t.Error(err)
	}
	for _, close := range []func() error{blas.Close, dnn.Close} {
		if err := close(); err == nil || !strings.Contains(err.Error(), "NOT_INITIALIZED") {
			t.Errorf("after close the handle is alive: %v", err)
		}
	}
}
