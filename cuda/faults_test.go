//go:build cuda

package cuda

import (
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"glassy/lab/device"
)

// Faults of driver and GPU, each in a process of its own, since a process opens
// the driver once and a failed context does not heal. Every test runs itself
// again with the fault planted in the mock.

// planted runs the test that calls it again, with environment, and returns what
// it printed; in that process it returns false.
func planted(t *testing.T, environment ...string) (output string, parent bool) {
	t.Helper()
	const mark = "GLASSY_PLANTED"
	if os.Getenv(mark) != "" {
		return "", false
	}
	if os.Getenv("GLASSY_LIBCUDA") == "" {
		// A real driver cannot be told to fail; CI, which has no GPU, runs this.
		t.Skip("faults are planted in the mock of a GPU; this machine has a real one")
	}
	report := filepath.Join(t.TempDir(), "report")
	c := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
	c.Env = append(os.Environ(), mark+"=1", "GLASSY_MOCK_REPORT="+report)
	c.Env = append(c.Env, environment...)
	out, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("with %v: %v\n%s", environment, err, out)
	}
	left, _ := os.ReadFile(report)
	return string(out) + string(left), true
}

// failure is the error that f panics with.
func failure(t *testing.T, f func()) (err error) {
	t.Helper()
	defer func() {
		t.Helper()
		p := recover()
		if e, ok := p.(error); ok {
			err = e
		} else {
			t.Fatalf("panic %v, expected an error", p)
		}
	}()
	f()
	return nil
}

func says(t *testing.T, err error, words ...string) {
	t.Helper()
	for _, w := range words {
		if err == nil || !strings.Contains(err.Error(), w) {
			t.Errorf("error %v, expected one that says %q", err, w)
		}
	}
}

func TestNoDriver(t *testing.T) {
	if _, parent := planted(t, "GLASSY_LIBCUDA=/nowhere/libcuda.so.1"); parent {
		return
	}
	_, err := device.Open("cuda")
	says(t, err, "device cuda: no NVIDIA driver", "/nowhere/libcuda.so.1")
}

func TestNoGPU(t *testing.T) {
	if _, parent := planted(t, "GLASSY_MOCK=nodevice"); parent {
		return
	}
	_, err := device.Open("cuda")
	says(t, err, "an NVIDIA driver is here, but no GPU that it can use")
}

// Of two processes on one GPU the second waits its turn where the GPU is set so.
func TestHeldGPU(t *testing.T) {
	if _, parent := planted(t, "GLASSY_MOCK=exclusive"); parent {
		return
	}
	_, err := device.Open("cuda")
	says(t, err, "making a context on Mock 0", "the GPU is held by another process alone", "choose another", "46)")
}

func TestOldGPU(t *testing.T) {
	if _, parent := planted(t, "GLASSY_MOCK=sm=52"); parent {
		return
	}
	_, err := device.Open("cuda")
	says(t, err, "has compute capability 5.2, at least 6.0 is needed")
}

func TestRejectedPTX(t *testing.T) {
	if _, parent := planted(t, "GLASSY_MOCK=badptx"); parent {
		return
	}
	d, err := Open(0)
	if err != nil {
		t.Fatal(err)
	}
	says(t, failure(t, func() { d.New(device.Float32, 10) }), "device cuda: compiling the PTX of zero for Mock", "CUDA_ERROR_INVALID_PTX, 218")
}

func TestOutOfMemory(t *testing.T) {
	if _, parent := planted(t, fmt.Sprintf("GLASSY_MOCK=memory=%d", 4<<20)); parent {
		return
	}
	d := open(t)
	const n = 1 << 18 // 1 MB in float32
	x := d.New(device.Float32, n)
	err := failure(t, func() { d.New(device.Float64, 8*n) })
	says(t, err, "device cuda: New: 16.0 MiB are asked for", " of 4.0 MiB are free", "vectors of this process hold 1.0 MiB: free some, or take smaller batches")
	var full *OutOfMemory
	if !errors.As(err, &full) || full.Asked < 16<<20 || full.Total != 4<<20 || full.Used < 1<<20 {
		t.Errorf("the error is %+v", err)
	}
	says(t, failure(t, func() { d.New(device.Float64, math.MaxInt) }), "New: 2147483648.0 GiB are asked for")
	// Nothing is lost, and what nobody refers to is found again.
	d.Fill(x, 2)
	for range 40 {
		y := x.Clone()
		if got := d.Sum(y); got != 2*n {
			t.Fatalf("after want of memory: sum %v, expected %v", got, 2*n)
		}
	}
	d.Free(x)
	y := d.New(device.Float64, n) // another size: what is free of others goes back to the driver
	if d.Sum(y) != 0 {
		t.Error("a new vector is not zero")
	}
	runtime.KeepAlive(y)
}

// A GPU that fails in the middle: the call that looks panics with what was
// happening, every later one too, and closing frees what can be freed.
func TestFailure(t *testing.T) {
	for fault, words := range map[string]string{
		"launch=20": "CUDA_ERROR_LAUNCH_FAILED, 719",
		"lost=20":   "CUDA_ERROR_UNKNOWN, 999",
	} {
		t.Run(fault[:4], func(t *testing.T) {
			if _, parent := planted(t, "GLASSY_MOCK="+fault); parent {
				return
			}
			d, err := Open(0)
			if err != nil {
				t.Fatal(err)
			}
			x := d.New(device.Float32, 100)
			err = failure(t, func() {
				for range 100 {
					d.Scale(2, x)
					d.Sum(x)
				}
			})
			says(t, err, "device cuda: ", words)
			var mine *Error
			if !errors.As(err, &mine) {
				t.Errorf("the error is a %T", err)
			}
			for name, again := range map[string]func(){
				"New":      func() { d.New(device.Float32, 1) },
				"Sum":      func() { d.Sum(x) },
				"Download": func() { d.Download(device.Of(make([]float32, 100)), x) },
			} {
				if e := failure(t, again); e != err {
					t.Errorf("%s after the failure: %v, expected the same error", name, e)
				}
			}
			d.Close()
		})
	}
}

// A device that is closed leaves nothing behind.
func TestNothingLeaks(t *testing.T) {
	out, parent := planted(t)
	if !parent {
		d, err := Open(0)
		if err != nil {
			t.Fatal(err)
		}
		steps(d, 10)
		x := d.New(device.Float32, 1000)
		x.Clone()
		if err := d.Close(); err != nil {
			t.Error(err)
		}
		return
	}
	t.Log(out)
	for _, thing := range []string{"allocations", "pinned", "modules", "streams", "events", "graphs", "execs", "contexts"} {
		if !strings.Contains(out, "\n"+thing+" 0\n") && !strings.HasPrefix(out, thing+" 0\n") {
			t.Errorf("the report does not say that no %s are left", thing)
		}
	}
}

// On consumer chips, whose blocks have 99 KB of shared memory, every kernel that
// may be chosen gets what it asks for beside its static arrays.
func TestLittleSharedMemory(t *testing.T) {
	if _, parent := planted(t, "GLASSY_MOCK=sm=86"); parent {
		return
	}
	d := open(t)
	fits := func(name string, dt device.DType, bytes int) {
		k, err := d.kernels.get(name, dt)
		if err == nil {
			err = k.module.MaxShared(k.function, bytes)
		}
		if err != nil {
			t.Errorf("%s%s: %v", name, suffix(dt), err)
		}
	}
	for _, tf32 := range []bool{false, true} {
		d.TF32(tf32)
		d.SplitTF32(!tf32)
		for _, dt := range []device.DType{device.Float32, device.Float64} {
			for _, tile := range d.tiles(dt, splitFrom) {
				for _, across := range [][2]bool{{false, false}, {false, true}, {true, false}, {true, true}} {
					name := tile.name
					if tile.stages > 0 {
						name += letters(across[0], across[1])
					}
					fits(name, dt, tile.shared(dt, across[0], across[1]))
				}
			}
			for _, tile := range d.convTiles(dt) {
				fits("conv_forward_"+tile.name, dt, tile.convShared(dt, false))
				fits("conv_data_"+tile.name, dt, tile.convShared(dt, false))
				fits("conv_filter_"+tile.name, dt, tile.convShared(dt, true))
			}
		}
	}
}
