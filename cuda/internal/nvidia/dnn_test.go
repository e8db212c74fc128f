package nvidia

import (
	"errors"
	"math"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"glassy/cuda/internal/nvidia/nvidiatest"
	"glassy/lab/device"

	"github.com/ebitengine/purego"
)

// aligned is n bytes of memory at a multiple of 256.
func aligned(n int) uintptr {
	return (address(make([]byte, n+255)) + 255) &^ 255
}

func openDNN(t *testing.T) *DNN {
	t.Helper()
	d, err := OpenDNN(folders(t), 42, aligned(TrialBytes))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
		if n := int32(ask(t, d.library, "fake_objects")); n != 0 {
			t.Errorf("%d descriptors are not given back", n)
		}
		if err := d.Close(); err == nil || err.Error() != "cuDNN: destroying the handle: CUDNN_STATUS_NOT_INITIALIZED (1001): the handle is not alive" {
			t.Errorf("closed twice: %v, want the status and what cuDNN says of it", err)
		}
	})
	return d
}

func TestOpenDNN(t *testing.T) {
	d := openDNN(t)
	if root, _ := tree(); d.String() != "cuDNN 9.1.2 at "+root+"/nvidia/cudnn/lib/libcudnn.so.9" {
		t.Errorf("String() = %q", d)
	}
	if stream := ask(t, d.library, "fake_stream"); stream != 42 {
		t.Errorf("it works on stream %d, want 42", stream)
	}
}

// What does not serve is passed by, with its reason.
func TestOpenDNNRefuses(t *testing.T) {
	defer func(files []string) { cudnnFiles = files }(cudnnFiles)
	cudnnFiles = []string{"libcudnn.so.8"} // the linker knows a version 9 that other tests opened
	root := t.TempDir()
	trial := aligned(TrialBytes)
	try := func(folder string, words ...string) {
		t.Helper()
		_, err := OpenDNN([]string{filepath.Join(root, folder)}, 0, trial)
		for _, w := range words {
			if err == nil || !strings.Contains(err.Error(), w) {
				t.Errorf("%s: %v, want %q", folder, err, w)
			}
		}
	}
	build := func(folder, major string, parts ...string) {
		t.Helper()
		for _, part := range parts {
			if err := nvidiatest.Compile(filepath.Join(root, folder, "libcudnn_"+part+".so.8"), "part.c"); err != nil {
				t.Fatal(err)
			}
		}
		if err := nvidiatest.Compile(filepath.Join(root, folder, "libcudnn.so.8"), "cudnn.c", "-DMAJOR="+major); err != nil {
			t.Fatal(err)
		}
	}
	build("partly", "8", "ops_infer", "ops_train") // NVIDIA's would end the process
	try("partly", "cuDNN does not serve: "+root+"/partly/libcudnn.so.8: a part of it: "+root+"/partly/libcudnn_cnn_infer.so.8: ")
	build("old", "7", "ops_infer", "ops_train", "cnn_infer", "cnn_train")
	try("old", "cuDNN 7.1.2 at "+root+"/old/libcudnn.so.8 is too old, expected 8 or newer")
	build("new", "8", "ops_infer", "ops_train", "cnn_infer", "cnn_train")
	fake, err := purego.Dlopen(filepath.Join(root, "new", "libcudnn.so.8"), purego.RTLD_NOW)
	if err != nil {
		t.Fatal(err)
	}
	l := library{open: fake}
	ask(t, l, "fake_fail", 8)
	try("new", "new/libcudnn.so.8: cuDNN: convolution: 2×16×8×8 by 16×16×3×3, float32: CUDNN_STATUS_EXECUTION_FAILED (8)")
	if alive, objects := ask(t, l, "fake_alive"), ask(t, l, "fake_objects"); alive != 0 || objects != 0 {
		t.Errorf("of a library that does not serve, handle %d and %d descriptors stay", alive, objects)
	}
	if d, err := OpenDNN([]string{filepath.Join(root, "new")}, 0, trial); err != nil || !strings.HasPrefix(d.String(), "cuDNN 8.1.2 at ") {
		t.Errorf("opened %v, %v, want version 8", d, err)
	} else if err := d.Close(); err != nil {
		t.Error(err)
	}
}

var convolutions = []device.Convolution{
	{N: 1, C: 1, H: 3, W: 4, K: 1, R: 2, S: 3, Stride: 1},
	{N: 3, C: 2, H: 9, W: 6, K: 4, R: 3, S: 2, Stride: 2, Pad: 1},
	{N: 2, C: 3, H: 4, W: 7, K: 2, R: 1, S: 1, Stride: 3},
	{N: 2, C: 2, H: 3, W: 2, K: 3, R: 5, S: 6, Stride: 3, Pad: 3},
}

// testConvolution holds a convolution of a, b against the processor's.
func testConvolution[T real](t *testing.T, d *DNN, c Convolution, a, b, out []T) (want []T) {
	t.Helper()
	want = slices.Clone(out)
	va, vb, vout := device.Of(a), device.Of(b), device.Of(want)
	switch c.Direction {
	case Forward:
		device.CPU().Conv(c.Shape, va, vb, c.Add, vout)
	case BackData:
		device.CPU().ConvBackData(c.Shape, va, vb, c.Add, vout)
	case BackFilter:
		device.CPU().ConvBackFilter(c.Shape, va, vb, c.Add, vout)
	}
	c.A, c.B, c.Out = address(a), address(b), address(out)
	var err error
	if c.Bytes, err = d.Workspace(c); err != nil {
		t.Fatal(err)
	}
	c.Work = aligned(c.Bytes)
	if err := d.Run(c); err != nil {
		t.Fatal(err)
	}
	return want
}

func testConvolutions[T real](t *testing.T, d *DNN) {
	r := rand.New(rand.NewPCG(7, 8))
	integers := func(n int) []T { // sums of their products are exact, TF32's too
		x := make([]T, n)
		for i := range x {
			x[i] = T(r.IntN(9) - 4)
		}
		return x
	}
	for _, s := range convolutions {
		oh, ow := s.Out()
		n := [3]int{dataX: s.N * s.C * s.H * s.W, filterW: s.K * s.C * s.R * s.S, dataY: s.N * s.K * oh * ow}
		for direction, role := range roles {
			for _, tf32 := range []bool{false, true} {
				for _, add := range []bool{false, true} {
					c := Convolution{Direction: Direction(direction), Type: device.TypeOf[T](), TF32: tf32, Shape: s, Add: add}
					out := integers(n[role[2]])
					if !add {
						for i := range out {
							out[i] = T(math.NaN())
						}
					}
					if want := testConvolution(t, d, c, integers(n[role[0]]), integers(n[role[1]]), out); !slices.Equal(out, want) {
						t.Errorf("%v, add %v: %v, want %v", c, add, out, want)
					}
				}
			}
		}
	}
}

func TestConvolution(t *testing.T) {
	d := openDNN(t)
	t.Run("float32", func(t *testing.T) { testConvolutions[float32](t, d) })
	t.Run("float64", func(t *testing.T) { testConvolutions[float64](t, d) })
}

// Float32 is rounded to TF32 only where that is allowed, float64 never.
func TestConvolutionTF32(t *testing.T) {
	d := openDNN(t)
	s := device.Convolution{N: 1, C: 1, H: 1, W: 1, K: 1, R: 1, S: 1, Stride: 1}
	const fine = 1 + 0x1p-20
	for _, tf32 := range []bool{false, true} {
		x, one, y := []float32{fine}, []float32{1}, []float32{0}
		testConvolution(t, d, Convolution{Type: device.Float32, TF32: tf32, Shape: s}, x, one, y)
		if rounded := y[0] == 1; rounded != tf32 {
			t.Errorf("float32, TF32 %v: %v", tf32, y[0])
		}
		u, unit, v := []float64{fine}, []float64{1}, []float64{0}
		testConvolution(t, d, Convolution{Type: device.Float64, TF32: tf32, Shape: s}, u, unit, v)
		if v[0] != fine {
			t.Errorf("float64, TF32 %v: %v", tf32, v[0])
		}
	}
}

// Scalars and descriptors are one call's at a time.
func TestConvolutionFromManyGoroutines(t *testing.T) {
	d := openDNN(t)
	var wait sync.WaitGroup
	for i := range 8 {
		wait.Go(func() {
			x, w, y := []float64{2}, make([]float64, 1+i), make([]float64, 1+i)
			for k := range w {
				w[k] = float64(k)
			}
			c := Convolution{Type: device.Float64, Shape: device.Convolution{N: 1, C: 1, H: 1, W: 1, K: len(w), R: 1, S: 1, Stride: 1},
				Add: i%2 == 0, A: address(x), B: address(w), Out: address(y)}
			var err error
			if c.Bytes, err = d.Workspace(c); err != nil {
				t.Error(err)
				return
			}
			c.Work = aligned(c.Bytes)
			for j := range 100 {
				sum := 1.0
				if c.Add {
					sum = float64(j + 1)
				}
				if err := d.Run(c); err != nil || y[i] != 2*sum*float64(i) {
					t.Errorf("%v, %v, want %v", y[i], err, 2*sum*float64(i))
				}
			}
		})
	}
	wait.Wait()
}

func TestConvolutionErrors(t *testing.T) {
	d := openDNN(t)
	c := Convolution{Type: device.Float32, Shape: convolutions[1]}
	const words = "convolution: 3×2×9×6 by 4×2×3×2 with stride 2, float32"
	ask(t, d.library, "fake_refuse", 3000)
	_, err := d.Workspace(c)
	if want := "cuDNN: workspace for the " + words + ": CUDNN_STATUS_NOT_SUPPORTED (3000): as the test wants it"; err == nil || err.Error() != want || !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("a shape that cuDNN does not do: %v, want %s, unsupported", err, want)
	}
	if c.Bytes, err = d.Workspace(c); err != nil {
		t.Fatal(err)
	}
	c.Work = aligned(c.Bytes)
	for status, name := range map[uintptr]string{
		5000: "CUDNN_STATUS_EXECUTION_FAILED (5000)", 3000: "CUDNN_STATUS_NOT_SUPPORTED (3000)", 77: "CUDNN_UNKNOWN_STATUS (77)",
	} {
		ask(t, d.library, "fake_fail", status)
		want := "cuDNN: " + words + ": " + name + ": as the test wants it"
		if err := d.Run(c); err == nil || err.Error() != want || errors.Is(err, errors.ErrUnsupported) != (status == 3000) {
			t.Errorf("status %d: %v, want %s", status, err, want)
		}
	}
	c.Bytes--
	if err := d.Run(c); err == nil || !strings.Contains(err.Error(), "CUDNN_STATUS_BAD_PARAM (2000): the workspace") {
		t.Errorf("a workspace too small: %v", err)
	}
	for _, c.Shape = range []device.Convolution{
		{N: 0, C: 1, H: 1, W: 1, K: 1, R: 1, S: 1, Stride: 1},
		{N: 1 << 20, C: 1, H: 64, W: 64, K: 1, R: 1, S: 1, Stride: 1},
	} {
		if c.Takes() {
			t.Errorf("%v is taken", c)
		}
		if err := d.Run(c); err == nil || !strings.Contains(err.Error(), "expected images and filters of 1 to 2147483647 numbers") {
			t.Errorf("%v: %v", c, err)
		}
	}
}

// Numbers that are not finite reach what their place says, and a border of zeros
// times an infinity is NaN, as package device defines Conv.
func TestConvolutionNotFinite(t *testing.T) {
	d := openDNN(t)
	s := device.Convolution{N: 1, C: 1, H: 2, W: 2, K: 1, R: 3, S: 3, Stride: 1, Pad: 1}
	x, w, y := []float64{1, 2, math.NaN(), math.Inf(1)}, make([]float64, 9), make([]float64, 4)
	w[4] = 1
	want := testConvolution(t, d, Convolution{Type: device.Float64, Shape: s}, x, w, y)
	for i := range y {
		if y[i] != want[i] && !(math.IsNaN(y[i]) && math.IsNaN(want[i])) {
			t.Errorf("NaN and infinity in x: %v, want %v", y, want)
		}
	}
	w[0] = math.Inf(1)
	testConvolution(t, d, Convolution{Type: device.Float64, Shape: s}, []float64{1, 1, 1, 1}, w, y)
	if !math.IsNaN(y[0]) || y[3] != math.Inf(1) {
		t.Errorf("an infinity in the filter gives %v, want NaN at the border and infinity where it meets a pixel", y)
	}
}
