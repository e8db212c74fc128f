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
	"slices"
	"strings"
	"testing"

	"glassy/cuda/internal/driver"
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

// A machine's GPUs are told apart by number.
func TestSeveralGPUs(t *testing.T) {
	if _, parent := planted(t, "GLASSY_MOCK=devices=3"); parent {
		return
	}
	var all []*Device
	for i, name := range []string{"cuda:0", "cuda:1", "cuda:2"} {
		dev, err := device.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		d := dev.(*Device)
		if want := []string{"cuda", "cuda:1", "cuda:2"}[i]; d.Name() != want || !strings.Contains(d.Describe(), fmt.Sprintf("Mock %d (", i)) ||
			!strings.HasSuffix(d.Describe(), ", one of 3 GPUs, cuda to cuda:2") {
			t.Errorf("%s is called %s and is %s", name, d.Name(), d.Describe())
		}
		all = append(all, d)
	}
	x := all[1].New(device.Float64, 1000)
	all[1].Fill(x, 2)
	y := all[2].New(device.Float64, 1000)
	all[2].Upload(y, device.Of(device.Read[float64](x)))
	if got := all[2].Sum(y); got != 2000 {
		t.Errorf("the sum on GPU 2 is %v, expected 2000", got)
	}
	func() {
		defer func() {
			if got, want := fmt.Sprint(recover()), "device: Axpy: x is on device cuda:1, expected cuda:2"; got != want {
				t.Errorf("a vector of another GPU: panic %q, expected %q", got, want)
			}
		}()
		all[2].Axpy(1, x, y)
	}()
	_, err := device.Open("cuda:3")
	says(t, err, "device cuda:3: GPU 3 is asked for, but the machine has 3, counted from 0")
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

// What any driver refuses, a GPU's too: more memory than there is, PTX that it
// cannot compile. Both are told in words, and the device goes on.
func TestRefused(t *testing.T) {
	d := open(t)
	x := d.New(device.Float32, 1000)
	d.Fill(x, 2)

	asked := int(d.gpu.Memory / 4) // float64 numbers: twice what the GPU has
	err := failure(t, func() { d.New(device.Float64, asked) })
	says(t, err, "device cuda: New: ", " are asked for, but ", " are free; vectors of this process hold 0.0 MiB: free some, or take smaller batches")
	var full *OutOfMemory
	if !errors.As(err, &full) || full.Asked < 8*int64(asked) || full.Free > full.Total {
		t.Errorf("the error is %+v", full)
	}
	t.Log(err)

	const head = ".version 7.8\n.target sm_60\n.address_size 64\n"
	for name, ptx := range map[string]string{
		"prose":       "what somebody wrote",
		"half a line": head + ".visible .entry half(",
		"the future":  strings.Replace(head, "7.8", "99.9", 1) + ".visible .entry f() { ret; }\n",
	} {
		_, err := d.gpu.Load(name, []byte(ptx))
		says(t, err, "compiling the PTX of "+name+" for "+d.gpu.Name)
		var e *driver.Error
		// An invalid image, invalid PTX, PTX of another version: drivers differ in which is which.
		if !errors.As(err, &e) || !slices.Contains([]int{200, 218, driver.UnsupportedPTX}, e.Code) {
			t.Errorf("%s: the error is %v", name, err)
		}
		t.Log(err)
	}

	if got := d.Sum(x); got != 2000 {
		t.Errorf("afterwards a sum is %v, expected 2000", got)
	}
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
