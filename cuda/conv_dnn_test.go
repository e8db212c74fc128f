//go:build cuda

package cuda

import (
	flags "flag" // flag is an argument of a kernel
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"glassy/cuda/internal/nvidia"
	"glassy/cuda/internal/nvidia/nvidiatest"
	"glassy/lab/device"

	"github.com/ebitengine/purego"
)

var everyConv = flags.Bool("cudnn", false, "convolutions of any shape are cuDNN's, where it is here")

func init() {
	rule := worthDNN
	worthDNN = func(d *Device, c nvidia.Convolution) bool { return *everyConv || rule(d, c) }
}

// always is a rule for worthDNN.
func always(*Device, nvidia.Convolution) bool { return true }

// on says how often an operation ran in a place.
func (d *Device) on(operation, where string) (calls int64) {
	for _, c := range d.Counts() {
		if c.Operation == operation && c.Where == where {
			calls += c.Calls
		}
	}
	return calls
}

// What cuDNN is asked for follows from the convolution alone.
func TestWorthDNN(t *testing.T) {
	d := open(t)
	inner := device.Convolution{N: 128, C: 96, H: 32, W: 32, K: 96, R: 3, S: 3, Stride: 1, Pad: 1}
	first, small, strided := inner, inner, inner
	first.C = 3
	small.N = 2
	strided.Stride = 2
	for _, c := range []struct {
		nvidia.Convolution
		want bool
	}{
		{nvidia.Convolution{Type: device.Float32, Shape: inner}, true},
		{nvidia.Convolution{Type: device.Float32, Shape: strided, Direction: nvidia.BackData, TF32: true, Add: true}, true},
		{nvidia.Convolution{Type: device.Float32, Shape: inner, B: 256, Out: 8}, false},
		{nvidia.Convolution{Type: device.Float32, Shape: first}, false},
		{nvidia.Convolution{Type: device.Float32, Shape: small}, false},
		{nvidia.Convolution{Type: device.Float64, Shape: inner}, d.gpu.Capability < tensorCores},
	} {
		if have := worthDNN(d, c.Convolution); have != c.want {
			t.Errorf("%v at %x, %x, %x: %v, want %v", c.Convolution, c.A, c.B, c.Out, have, c.want)
		}
	}
}

// withDNN goes on in a process of its own where there is a stand-in for cuDNN, on
// the mock, or in this one with NVIDIA's, on a GPU.
func withDNN(t *testing.T, f func(d *Device, root string)) {
	t.Helper()
	if os.Getenv("GLASSY_LIBCUDA") != "" {
		if _, parent := planted(t); parent {
			return
		}
	}
	d := open(t)
	root := ""
	if mocked(d) {
		root = t.TempDir()
		if err := nvidiatest.Build(root); err != nil {
			t.Fatal(err)
		}
		Search(root)
	}
	if _, err := d.libraries.useDNN(d.gpu); err != nil {
		if root != "" {
			t.Fatal(err)
		}
		t.Skip("CI runs this on a stand-in; here, ", err)
	}
	defer func(rule func(*Device, nvidia.Convolution) bool) { worthDNN = rule }(worthDNN)
	worthDNN = always
	f(d, root)
}

// dnnShapes have and lack borders, strides, sizes that fit tiles, and more than one tap.
var dnnShapes = []device.Convolution{
	{N: 2, C: 16, H: 8, W: 8, K: 16, R: 3, S: 3, Stride: 1, Pad: 1},
	{N: 3, C: 20, H: 9, W: 12, K: 24, R: 5, S: 5, Stride: 1},
	{N: 3, C: 17, H: 9, W: 6, K: 19, R: 3, S: 2, Stride: 2, Pad: 1},
	{N: 5, C: 32, H: 5, W: 7, K: 8, R: 1, S: 1, Stride: 1},
	{N: 2, C: 4, H: 10, W: 8, K: 4, R: 2, S: 3, Stride: 3},
}

// Convolutions of cuDNN, called by themselves and again and again as training
// does, are the processor's where sums are exact; and our own kernels' when they
// are asked for.
func TestDNN(t *testing.T) {
	withDNN(t, func(d *Device, _ string) {
		t.Log(d.Libraries())
		r := rand.New(rand.NewPCG(11, 12))
		vector := func(dt device.DType, n int) (device.Vector, []float64) {
			host := make([]float64, n)
			for i := range host {
				host[i] = float64(r.IntN(7) - 3)
			}
			return device.Put(d, dt, host), host
		}
		calls := int64(0)
		for _, s := range dnnShapes {
			oh, ow := s.Out()
			for _, dt := range []device.DType{device.Float32, device.Float64} {
				for _, tf32 := range []bool{false, true} {
					d.TF32(tf32)
					what := fmt.Sprintf("%+v %v, TF32 %v", s, dt, tf32)
					x, hx := vector(dt, s.N*s.C*s.H*s.W)
					w, hw := vector(dt, s.K*s.C*s.R*s.S)
					dy, hdy := vector(dt, s.N*s.K*oh*ow)
					X, W, DY := device.Of(hx), device.Of(hw), device.Of(hdy)
					step := func(add bool) {
						t.Helper()
						y, hy := vector(dt, len(hdy))
						dx, hdx := vector(dt, len(hx))
						dw, hdw := vector(dt, len(hw))
						for _, v := range []device.Vector{y, dx, dw} {
							d.Scale(-1, v) // launches among the calls
							d.Scale(-1, v)
						}
						d.Conv(s, x, w, add, y)
						d.ConvBackData(s, w, dy, add, dx)
						d.ConvBackFilter(s, x, dy, add, dw)
						device.CPU().Conv(s, X, W, add, device.Of(hy))
						device.CPU().ConvBackData(s, W, DY, add, device.Of(hdx))
						device.CPU().ConvBackFilter(s, X, DY, add, device.Of(hdw))
						equal(t, y, hy, "Conv %s, add %v", what, add)
						equal(t, dx, hdx, "ConvBackData %s, add %v", what, add)
						equal(t, dw, hdw, "ConvBackFilter %s, add %v", what, add)
						for _, v := range []device.Vector{y, dx, dw} {
							d.Free(v)
						}
					}
					for range often + 2 {
						step(false)
						step(true)
					}
					calls += 2 * (often + 2)
				}
			}
		}
		done := func() [3]int64 {
			return [3]int64{d.on("Conv", "cuDNN"), d.on("ConvBackData", "cuDNN"), d.on("ConvBackFilter", "cuDNN")}
		}
		if n := d.refusals(); n > 0 && !mocked(d) {
			t.Logf("cuDNN refused %d kinds of convolution", n)
		} else if done() != [3]int64{calls, calls, calls} {
			t.Errorf("of %d calls each cuDNN did %d", calls, done())
		}
		if d.recorded() == 0 {
			t.Error("no call of cuDNN became part of a graph")
		}
		sameBits(t, d)

		before := done()
		d.OwnKernels(true)
		sameBits(t, d)
		if done() != before {
			t.Error("cuDNN is called although our own kernels are wanted")
		}
	})
}

// sameBits calls convolutions whose sums are rounded again and again.
func sameBits(t *testing.T, d *Device) {
	s := dnnShapes[0]
	x, w, dy := d.New(device.Float32, s.N*s.C*s.H*s.W), d.New(device.Float32, s.K*s.C*s.R*s.S), d.New(device.Float32, s.N*s.K*s.H*s.W)
	for i, v := range []device.Vector{x, w, dy} {
		d.Normal(uint64(i), 0, 0, 1, v)
	}
	var first []device.Vector
	for i := range 4 {
		y, dx, dw := dy.New(), x.New(), w.New()
		d.Conv(s, x, w, false, y)
		d.ConvBackData(s, w, dy, false, dx)
		d.ConvBackFilter(s, x, dy, false, dw)
		if i == 0 {
			first = []device.Vector{y, dx, dw}
		}
		for j, v := range []device.Vector{y, dx, dw} {
			if !d.Equal(v, first[j]) {
				t.Errorf("call %d: result %d is not the first one's", i, j)
			}
		}
	}
}

// refusals counts kinds of convolution that cuDNN does not do.
func (d *Device) refusals() (n int) {
	d.libraries.workspaces.Range(func(_, workspace any) bool {
		if workspace == refused {
			n++
		}
		return true
	})
	return n
}

// recorded counts cuDNN's calls within graphs.
func (d *Device) recorded() (n int) {
	d.queue.mu.Lock()
	defer d.queue.mu.Unlock()
	for _, g := range d.queue.graphs {
		for _, c := range g.row {
			if _, ok := c.key.(nvidia.Convolution); ok && g.ready != nil {
				n++
			}
		}
	}
	return n
}

// What cuDNN does not do our kernels do, whether it says so early or late; what
// fails is an error.
func TestDNNRefuses(t *testing.T) {
	if os.Getenv("GLASSY_LIBCUDA") == "" {
		t.Skip("a stand-in can be told to refuse, on the mock of a GPU, as in CI; NVIDIA's cannot")
	}
	withDNN(t, func(d *Device, root string) {
		lib, err := purego.Dlopen(root+"/nvidia/cudnn/lib/libcudnn.so.9", purego.RTLD_NOW)
		if err != nil {
			t.Fatal(err)
		}
		tell := func(name string, status uintptr) {
			f, err := purego.Dlsym(lib, name)
			if err != nil {
				t.Fatal(err)
			}
			purego.SyscallN(f, status)
		}
		x, w := device.Put(d, device.Float64, []float64{1, 2, 3, 4}), device.Put(d, device.Float64, []float64{2})
		s := device.Convolution{N: 1, C: 1, H: 2, W: 2, K: 1, R: 1, S: 1, Stride: 1}
		conv := func() {
			t.Helper()
			y := x.New()
			d.Conv(s, x, w, false, y)
			equal(t, y, []float64{2, 4, 6, 8}[:y.Len()], "%+v", s)
		}
		tell("fake_refuse", 3000)
		for range 3 {
			conv()
		}
		s.H, s.W = 1, 4
		tell("fake_fail", 3002)
		for range 3 {
			conv()
		}
		if n := d.on("Conv", "cuDNN"); n != 0 || d.refusals() != 2 {
			t.Errorf("%d convolutions are cuDNN's and %d kinds refused, expected 0 and 2", n, d.refusals())
		}
		s.H, s.W = 4, 1
		conv()
		if n := d.on("Conv", "cuDNN"); n != 1 {
			t.Errorf("%d convolutions are cuDNN's, expected 1", n)
		}
		tell("fake_fail", 5000)
		says(t, failure(t, conv), "device cuda: cuDNN: convolution: 1×1×4×1 by 1×1×1×1, float64: CUDNN_STATUS_EXECUTION_FAILED (5000): as the test wants it")
	})
}

// Every convolution of package devicetest by a stand-in for cuDNN.
func TestDNNConformance(t *testing.T) {
	if os.Getenv("GLASSY_LIBCUDA") == "" {
		t.Skip("the stand-in takes shapes and places that NVIDIA's may not; TestDNN holds NVIDIA's against the processor, CI runs this")
	}
	root := t.TempDir()
	if err := nvidiatest.Build(root); err != nil {
		t.Fatal(err)
	}
	report := filepath.Join(root, "report")
	c := exec.Command(os.Args[0], "-test.run=^TestDevice$/^convolution$", "-test.v", "-cudnn")
	c.Env = append(os.Environ(), "GLASSY_CUDA_LIBS="+root, "GLASSY_MOCK_REPORT="+report)
	out, err := c.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "--- PASS: TestDevice/convolution") {
		t.Errorf("%v\n%s", err, out)
	}
	ran, err := os.ReadFile(report)
	own := 0
	for _, found := range regexp.MustCompile(`conv_(?:forward|data)_.* (\d+)`).FindAllSubmatch(ran, -1) {
		n, _ := strconv.Atoi(string(found[1]))
		own += n
	}
	if err != nil || !strings.Contains(string(ran), "launches.conv_filter_") || own > 12 { // of empty images and filters
		t.Errorf("%v; our kernels shall make the filters' gradient of each image, and results of nothing:\n%s", err, ran)
	}
}
