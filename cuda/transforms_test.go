//go:build cuda

package cuda

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"glassy/cuda/internal/nvidia/nvidiatest"
	"glassy/lab/device"
)

// Every transform of package devicetest by a stand-in for cuFFT.
func TestFFTConformance(t *testing.T) {
	if os.Getenv("GLASSY_LIBCUDA") == "" {
		t.Skip("TestDevice holds NVIDIA's cuFFT against the definitions where it is here; CI runs this on a stand-in")
	}
	root := t.TempDir()
	if err := nvidiatest.Build(root); err != nil {
		t.Fatal(err)
	}
	c := exec.Command(os.Args[0], "-test.run=^TestDevice$/transforms$", "-test.v")
	c.Env = append(os.Environ(), "GLASSY_CUDA_LIBS="+root)
	out, err := c.CombinedOutput()
	for _, want := range []string{"--- PASS: TestDevice/transforms", "--- PASS: TestDevice/long_transforms"} {
		if err != nil || !strings.Contains(string(out), want) {
			t.Errorf("%v, want %s\n%s", err, want, out)
		}
	}
}

// Transforms run in cuFFT where it is here, else on the host; many plans come and go.
func TestWhereTransformsRun(t *testing.T) {
	if out, parent := planted(t); parent {
		if !strings.Contains(out, "\nallocations 0\n") {
			t.Errorf("memory is left:\n%s", out)
		}
		return
	}
	ones := func(d *Device, n int) error {
		x, y := d.New(device.Float64, n), d.New(device.Float64, 2*device.Bins(n))
		defer d.Free(x)
		defer d.Free(y)
		d.Fill(x, 1)
		d.Fourier(device.Lines{Nodes: n, Count: 1}, x, y)
		if got := device.Read[float64](y)[0]; got != float64(n) {
			return fmt.Errorf("the sum of %d ones is %v", n, got)
		}
		return nil
	}
	d := open(t)
	if err := ones(d, 5); err != nil || d.on("Fourier", "host") != 1 {
		t.Errorf("without cuFFT: %v, %v", err, d.Counts())
	}
	root := t.TempDir()
	if err := nvidiatest.Build(root); err != nil {
		t.Fatal(err)
	}
	Search(root)
	d = open(t)
	const most = 40
	for n := 1; n <= most; n++ {
		if err := ones(d, n); err != nil {
			t.Error(err)
		}
	}
	x := d.New(device.Float64, 30)
	defer d.Free(x)
	d.Cosine(device.Lines{Nodes: 10, Count: 3}, x)
	if d.on("Fourier", "cuFFT") != most+1 || d.on("Fourier", "host") != 0 || d.on("Cosine", "host") != 0 {
		t.Errorf("with cuFFT: %v", d.Counts())
	}
	d.OwnKernels(true)
	if err := ones(d, 5); err != nil || d.on("Fourier", "host") != 1 {
		t.Errorf("without libraries: %v, %v", err, d.Counts())
	}
}
