package mock

import (
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"unsafe"
)

func TestMemory(t *testing.T) {
	g := start(t, "memory=1000000")
	var p, q, host uintptr
	g.must("cuMemAlloc_v2", uintptr(unsafe.Pointer(&p)), 80)
	for _, v := range get[float64](g, p, 10) {
		if !math.IsNaN(v) {
			t.Fatalf("fresh memory holds %v, expected NaN", v)
		}
	}
	g.must("cuMemsetD32_v2", p, 7, 10)
	g.must("cuMemsetD8_v2", p+40, 1, 40)
	if got := get[uint32](g, p, 20); got[9] != 7 || got[10] != 0x01010101 || got[19] != 0x01010101 {
		t.Errorf("filled: %x", got)
	}
	var free, total uintptr
	g.must("cuMemGetInfo_v2", uintptr(unsafe.Pointer(&free)), uintptr(unsafe.Pointer(&total)))
	if free != 1000000-80 || total != 1000000 {
		t.Errorf("%d of %d bytes are free", free, total)
	}
	g.want(2, "cuMemAlloc_v2", uintptr(unsafe.Pointer(&q)), 1000000)
	g.must("cuMemAlloc_v2", uintptr(unsafe.Pointer(&q)), 500000)
	g.must("cuMemHostAlloc", uintptr(unsafe.Pointer(&host)), 16, 0)
	g.want(1, "cuMemFree_v2", host)
	g.want(1, "cuMemFree_v2", p+8)
	if a, h := g.count("allocations"), g.count("pinned"); a != 2 || h != 1 {
		t.Errorf("%d allocations and %d pinned are alive, expected 2 and 1", a, h)
	}
	g.must("cuMemFree_v2", p)
	g.want(1, "cuMemFree_v2", p)
	g.must("cuMemFree_v2", q)
	g.must("cuMemFreeHost", host)
	if a, h := g.count("allocations"), g.count("pinned"); a != 0 || h != 0 {
		t.Errorf("%d allocations and %d pinned are alive, expected none", a, h)
	}
	g.want(700, "cuMemsetD8_v2", p, 0, 1) // freed
}

// A copy must lie in one allocation with all its bytes; the error sticks.
func TestCopiesOutside(t *testing.T) {
	x := make([]byte, 200)
	source := uintptr(unsafe.Pointer(&x[0]))
	for name, f := range map[string]func(g *gpu, p, q uintptr) int{
		"to a longer":     func(g *gpu, p, q uintptr) int { return g.call("cuMemcpyHtoD_v2", p, source, 101) },
		"from a longer":   func(g *gpu, p, q uintptr) int { return g.call("cuMemcpyDtoH_v2", source, p+50, 51) },
		"from a host's":   func(g *gpu, p, q uintptr) int { return g.call("cuMemcpyDtoD_v2", p, source, 10) },
		"within a freed":  func(g *gpu, p, q uintptr) int { g.must("cuMemFree_v2", q); return g.call("cuMemcpyDtoD_v2", q, p, 10) },
		"a late one":      func(g *gpu, p, q uintptr) int { return g.call("cuMemcpyDtoDAsync_v2", p, q+100, 1, 0) },
		"a kernel's data": func(g *gpu, p, q uintptr) int { return g.launch("at", dim{1, 1, 1}, dim{32, 1, 1}, 0, q, int64(28)) },
	} {
		t.Run(name, func(t *testing.T) {
			g := start(t, "")
			p, q := put(g, x[:100]), put(g, x[:100])
			if r := f(g, p, q); r != 700 {
				t.Errorf("code %d, expected 700", r)
			}
			g.want(700, "cuCtxSynchronize")
		})
	}
	runtime.KeepAlive(x)
}

// What a kernel writes in the 15 bytes that alignment leaves is seen later.
func TestMarks(t *testing.T) {
	g := start(t, "")
	x := put(g, make([]float32, 5))
	g.run("at", 1, 32, x, int64(5))
	g.must("cuMemFree_v2", x)
	if r := g.report(); !strings.Contains(r, "complaint an allocation of 20 bytes was written to 0 bytes after its end") {
		t.Error(r)
	}
}

func TestContext(t *testing.T) {
	g := start(t, "devices=2")
	var n, active int32
	g.must("cuDeviceGetCount", uintptr(unsafe.Pointer(&n)))
	if n != 2 {
		t.Errorf("%d devices, expected 2", n)
	}
	var context, p, flags uintptr
	g.want(101, "cuDevicePrimaryCtxRetain", uintptr(unsafe.Pointer(&context)), 2)
	g.must("cuCtxGetCurrent", uintptr(unsafe.Pointer(&context)))
	g.must("cuCtxSetCurrent", 0)
	g.want(201, "cuMemAlloc_v2", uintptr(unsafe.Pointer(&p)), 10)
	g.want(201, "cuCtxSynchronize")
	g.want(201, "cuCtxSetCurrent", 12345)
	g.must("cuCtxSetCurrent", context)
	done := make(chan int)
	go func() { // a context is current on one thread only
		runtime.LockOSThread()
		done <- g.call("cuMemAlloc_v2", uintptr(unsafe.Pointer(&p)), 10)
	}()
	if r := <-done; r != 201 {
		t.Errorf("on another thread: code %d, expected 201", r)
	}
	// The last release frees what is in the context.
	var second uintptr
	g.must("cuDevicePrimaryCtxRetain", uintptr(unsafe.Pointer(&second)), 1)
	g.must("cuCtxSetCurrent", second)
	g.must("cuMemAlloc_v2", uintptr(unsafe.Pointer(&p)), 10)
	if g.count("contexts") != 2 || g.count("allocations") != 1 {
		t.Error(g.report())
	}
	g.must("cuDevicePrimaryCtxRelease_v2", 1)
	g.must("cuDevicePrimaryCtxGetState", 1, uintptr(unsafe.Pointer(&flags)), uintptr(unsafe.Pointer(&active)))
	if g.count("contexts") != 1 || g.count("allocations") != 0 || active != 0 {
		t.Error(g.report())
	}
	g.want(201, "cuMemAlloc_v2", uintptr(unsafe.Pointer(&p)), 10)
	g.must("cuCtxSetCurrent", context)
}

func TestAttributes(t *testing.T) {
	for words, want := range map[string][]int32{ // major, minor, shared memory of a block by asking
		"":      {8, 0, 163 << 10},
		"sm=60": {6, 0, 48 << 10},
		"sm=90": {9, 0, 227 << 10},
	} {
		g := start(t, words)
		got := make([]int32, 3)
		for i, attribute := range []uintptr{75, 76, 97} {
			g.must("cuDeviceGetAttribute", uintptr(unsafe.Pointer(&got[i])), attribute, 0)
		}
		if !slices.Equal(got, want) {
			t.Errorf("with %q: %v, expected %v", words, got, want)
		}
	}
}

// load loads PTX and returns the code and what the compiler logs.
func (g *gpu) load(text string) (code int, log string) {
	buffer := make([]byte, 300)
	options := []int32{5, 6}
	values := []uintptr{uintptr(unsafe.Pointer(&buffer[0])), uintptr(len(buffer))}
	var m uintptr
	code = g.call("cuModuleLoadDataEx", uintptr(unsafe.Pointer(&m)), cstring(text), 2, uintptr(unsafe.Pointer(&options[0])), uintptr(unsafe.Pointer(&values[0])))
	if code == 0 {
		var f uintptr
		g.want(500, "cuModuleGetFunction", uintptr(unsafe.Pointer(&f)), m, cstring("no_such_kernel"))
		g.must("cuModuleUnload", m)
	}
	log, _, _ = strings.Cut(string(buffer), "\x00")
	return code, log
}

func TestModules(t *testing.T) {
	good := ptx("sm_80", map[string]string{"add_f32": "pdl"})
	for _, c := range []struct {
		words, text string
		code        int
		log         string
	}{
		{"", good, 0, ""},
		{"sm=90", good, 0, ""},
		{"sm=60", good, 218, "higher than the device's sm_60"},
		{"badptx", good, 218, "syntax error"},
		{"old", good, 222, "Unsupported .version"},
		{"", "hello", 218, "syntax error"},
		{"", "// only a comment", 218, "Missing .version"},
		{"", ptx("sm_80", map[string]string{"add_f32": "pd"}), 218, "kernel add_f32: the PTX has other parameters than the source"},
		{"", ptx("sm_80", map[string]string{"add_f32": "pid"}), 218, "kernel add_f32: the PTX has other parameters than the source"},
	} {
		g := start(t, c.words)
		if code, log := g.load(c.text); code != c.code || !strings.Contains(log, c.log) || (log == "") != (c.log == "") {
			t.Errorf("with %q: code %d, expected %d; the log says %q, expected %q", c.words, code, c.code, log, c.log)
		}
		if n := g.count("modules"); n != 0 {
			t.Errorf("with %q: %d modules are left", c.words, n)
		}
	}
	g := start(t, "")
	var m, f uintptr
	g.must("cuModuleLoadData", uintptr(unsafe.Pointer(&m)), cstring(ptx("sm_80", map[string]string{"not_compiled": "p"})))
	g.want(500, "cuModuleGetFunction", uintptr(unsafe.Pointer(&f)), m, cstring("not_compiled"))
	if !strings.Contains(g.report(), "not_compiled is in the PTX but was not compiled for the CPU") {
		t.Error(g.report())
	}
}

func TestLaunchLimits(t *testing.T) {
	g := start(t, "")
	var m, f, n uintptr
	text := strings.Replace(ptx("sm_80", map[string]string{"work": "i"}), ".maxntid 1024", ".maxntid 128", 1)
	g.must("cuModuleLoadData", uintptr(unsafe.Pointer(&m)), cstring(text))
	g.must("cuModuleGetFunction", uintptr(unsafe.Pointer(&f)), m, cstring("work"))
	launch := func(grid, block dim, shared uintptr) int {
		return g.call("cuLaunchKernel", f, grid[0], grid[1], grid[2], block[0], block[1], block[2], shared, 0, 0, uintptr(unsafe.Pointer(extraOf(packed(int32(1))))))
	}
	one := dim{1, 1, 1}
	for _, c := range []struct {
		grid, block  dim
		shared, code int
	}{
		{one, dim{128, 1, 1}, 47 << 10, 0},
		{one, dim{128, 1, 1}, 47<<10 + 1, 1},
		{one, dim{129, 1, 1}, 0, 701},
		{one, dim{1025, 1, 1}, 0, 1},
		{one, dim{1, 1, 65}, 0, 1},
		{one, dim{0, 1, 1}, 0, 1},
		{dim{0, 1, 1}, one, 0, 1},
		{dim{1, 65536, 1}, one, 0, 1},
	} {
		if r := launch(c.grid, c.block, uintptr(c.shared)); r != c.code {
			t.Errorf("grid %v, block %v, %d bytes: code %d, expected %d", c.grid, c.block, c.shared, r, c.code)
		}
	}
	g.must("cuOccupancyMaxActiveBlocksPerMultiprocessor", uintptr(unsafe.Pointer(&n)), f, 128, 0)
	if n == 0 || n > 16 {
		t.Errorf("%d blocks of 128 threads on a multiprocessor", n)
	}
	g.must("cuModuleUnload", m)
	if r := launch(one, dim{32, 1, 1}, 0); r != 400 {
		t.Errorf("a kernel of a module that is gone: code %d, expected 400", r)
	}
}

func (g *gpu) stream() (s uintptr) {
	g.t.Helper()
	g.must("cuStreamCreate", uintptr(unsafe.Pointer(&s)), 1)
	return s
}

func (g *gpu) event() (e uintptr) {
	g.t.Helper()
	g.must("cuEventCreate", uintptr(unsafe.Pointer(&e)), 0)
	return e
}

// Late work sees what pinned memory holds when it runs, not when it was given.
func TestLate(t *testing.T) {
	for words, want := range map[string]float64{"": 1, "late": 2} {
		g := start(t, words)
		s := g.stream()
		var host uintptr
		g.must("cuMemHostAlloc", uintptr(unsafe.Pointer(&host)), 8, 0)
		pinned := (*float64)(at(host))
		x := put(g, []float64{0})
		*pinned = 1
		g.must("cuMemcpyHtoDAsync_v2", x, host, 8, s)
		*pinned = 2
		g.must("cuStreamSynchronize", s)
		if got := get[float64](g, x, 1)[0]; got != want {
			t.Errorf("with %q: %v, expected %v", words, got, want)
		}
		// Memory that is not pinned is read at once.
		v := []float64{3}
		g.must("cuMemcpyHtoDAsync_v2", x, uintptr(unsafe.Pointer(&v[0])), 8, s)
		v[0] = 4
		g.must("cuStreamSynchronize", s)
		if got := get[float64](g, x, 1)[0]; got != 3 {
			t.Errorf("with %q: %v, expected 3", words, got)
		}
		g.must("cuMemFreeHost", host)
		g.must("cuStreamDestroy_v2", s)
	}
}

// An error shows at the call that waits.
func TestLateError(t *testing.T) {
	g := start(t, "late")
	x := put(g, make([]float32, 64))
	f := g.function("at")
	g.must("cuLaunchKernel", f, 1, 1, 1, 32, 1, 1, 0, 0, 0, uintptr(unsafe.Pointer(extraOf(packed(x, int64(64))))))
	g.want(700, "cuCtxSynchronize")
}

func TestEvents(t *testing.T) {
	for _, words := range []string{"", "late"} {
		g := start(t, words)
		a, b := g.stream(), g.stream()
		e, f := g.event(), g.event()
		x := put(g, []float64{0})
		add := g.function("add_f64")
		args := extraOf(packed(x, 1.0, int64(1)))
		launch := func(s uintptr) {
			g.must("cuLaunchKernel", add, 1, 1, 1, 32, 1, 1, 0, s, 0, uintptr(unsafe.Pointer(args)))
		}
		var ms float32
		g.want(400, "cuEventElapsedTime", uintptr(unsafe.Pointer(&ms)), e, f) // not recorded
		g.must("cuEventRecord", e, a)
		launch(a)
		g.must("cuEventRecord", f, a)
		g.must("cuStreamWaitEvent", b, f, 0)
		launch(b)
		if words == "late" {
			g.want(600, "cuEventElapsedTime", uintptr(unsafe.Pointer(&ms)), e, f)
		}
		g.must("cuStreamSynchronize", b) // which needs what is on a
		g.must("cuEventElapsedTime", uintptr(unsafe.Pointer(&ms)), e, f)
		if got := get[float64](g, x, 1)[0]; got != 2 || ms <= 0 {
			t.Errorf("with %q: %v, expected 2; %v ms", words, got, ms)
		}
		if words == "late" {
			launch(a)
			g.want(600, "cuStreamQuery", a)
		}
		g.must("cuStreamQuery", a)
		for _, h := range []uintptr{e, f} {
			g.must("cuEventDestroy_v2", h)
			g.want(400, "cuEventDestroy_v2", h)
		}
		g.must("cuStreamDestroy_v2", a)
		g.must("cuStreamDestroy_v2", b)
		g.want(400, "cuStreamSynchronize", a)
		if g.count("streams") != 0 || g.count("events") != 0 {
			t.Error(g.report())
		}
	}
}

// nodeParams is CUDA_KERNEL_NODE_PARAMS.
type nodeParams struct {
	function    uintptr
	grid, block [3]uint32
	shared      uint32
	params      uintptr
	extra       *extra
}

func (g *gpu) nodeParams(kernel string, args ...any) *nodeParams {
	return &nodeParams{g.function(kernel), [3]uint32{1, 1, 1}, [3]uint32{32, 1, 1}, 0, 0, extraOf(packed(args...))}
}

func TestGraph(t *testing.T) {
	for _, words := range []string{"", "late", "seed=1", "twice"} {
		g := start(t, words)
		s := g.stream()
		x := put(g, []float64{0, 0})
		var graph, first, second, child, node, exec uintptr
		g.must("cuGraphCreate", uintptr(unsafe.Pointer(&graph)), 0)
		add := func(node *uintptr, after *uintptr, kernel string, args ...any) {
			n := uintptr(0)
			if after != nil {
				n = 1
			}
			g.must("cuGraphAddKernelNode", uintptr(unsafe.Pointer(node)), graph, uintptr(unsafe.Pointer(after)), n, uintptr(unsafe.Pointer(g.nodeParams(kernel, args...))))
		}
		add(&first, nil, "fill", x, 1.0, int64(2))
		add(&second, &first, "add_f64", x, 2.0, int64(1))
		// A recording: another launch, and a fill.
		g.must("cuStreamBeginCapture_v2", s, 1)
		g.must("cuLaunchKernel", g.function("add_f64"), 1, 1, 1, 32, 1, 1, 0, s, 0, uintptr(unsafe.Pointer(extraOf(packed(x, 4.0, int64(1))))))
		g.must("cuMemsetD32Async", x+8, 0, 2, s)
		g.must("cuStreamEndCapture", s, uintptr(unsafe.Pointer(&child)))
		if got := get[float64](g, x, 2); got[0] != 0 || got[1] != 0 {
			t.Errorf("with %q: recording ran something: %v", words, got)
		}
		g.must("cuGraphAddChildGraphNode", uintptr(unsafe.Pointer(&node)), graph, uintptr(unsafe.Pointer(&second)), 1, child)
		g.must("cuGraphDestroy", child)
		g.must("cuGraphInstantiateWithFlags", uintptr(unsafe.Pointer(&exec)), graph, 0)
		g.must("cuGraphLaunch", exec, s)
		// Other arguments for the next run, not for the one that was begun.
		g.must("cuGraphExecKernelNodeSetParams", exec, second, uintptr(unsafe.Pointer(g.nodeParams("add_f64", x, 10.0, int64(2)))))
		g.must("cuStreamSynchronize", s)
		if got := get[float64](g, x, 2); !slices.Equal(got, []float64{7, 0}) {
			t.Errorf("with %q: %v, expected 7 and 0", words, got)
		}
		g.must("cuGraphLaunch", exec, s)
		g.must("cuStreamSynchronize", s)
		if got := get[float64](g, x, 2); !slices.Equal(got, []float64{15, 0}) {
			t.Errorf("with %q, changed: %v, expected 15 and 0", words, got)
		}
		if n := g.count("launches.add_f64"); n != 4 {
			t.Errorf("with %q: %d launches of add_f64, expected 4", words, n)
		}
		g.want(1, "cuGraphExecKernelNodeSetParams", exec, node, uintptr(unsafe.Pointer(g.nodeParams("add_f64", x, 10.0, int64(2)))))
		g.must("cuGraphExecDestroy", exec)
		g.must("cuGraphDestroy", graph)
		g.want(1, "cuGraphDestroy", graph)
		g.must("cuStreamDestroy_v2", s)
		if g.count("graphs") != 0 || g.count("execs") != 0 {
			t.Error(g.report())
		}
	}
}

// Nodes that do not wait for each other come in another order under a seed.
func TestGraphOrder(t *testing.T) {
	for words, want := range map[string]float64{"": 2, "seed=1": 1} {
		g := start(t, words)
		x := put(g, []float64{0})
		var graph, exec uintptr
		nodes := make([]uintptr, 2)
		g.must("cuGraphCreate", uintptr(unsafe.Pointer(&graph)), 0)
		for i := range nodes {
			g.must("cuGraphAddKernelNode", uintptr(unsafe.Pointer(&nodes[i])), graph, 0, 0, uintptr(unsafe.Pointer(g.nodeParams("fill", x, float64(i+1), int64(1)))))
		}
		g.must("cuGraphInstantiateWithFlags", uintptr(unsafe.Pointer(&exec)), graph, 0)
		g.must("cuGraphLaunch", exec, 0)
		if got := get[float64](g, x, 1)[0]; got != want {
			t.Errorf("with %q: %v, expected %v", words, got, want)
		}
		g.must("cuGraphExecDestroy", exec)
		g.must("cuGraphDestroy", graph)
	}
}

func TestRecordingForbids(t *testing.T) {
	g := start(t, "")
	s := g.stream()
	var p, graph uintptr
	for name, call := range map[string]func() int{
		"cuMemAlloc_v2":       func() int { return g.call("cuMemAlloc_v2", uintptr(unsafe.Pointer(&p)), 10) },
		"cuStreamSynchronize": func() int { return g.call("cuStreamSynchronize", s) },
		"cuCtxSynchronize":    func() int { return g.call("cuCtxSynchronize") },
	} {
		g.must("cuStreamBeginCapture_v2", s, 1)
		if r := call(); r != 900 {
			t.Errorf("%s while recording: code %d, expected 900", name, r)
		}
		g.want(901, "cuStreamEndCapture", s, uintptr(unsafe.Pointer(&graph)))
	}
	if g.count("graphs") != 0 {
		t.Error(g.report())
	}
	g.must("cuStreamDestroy_v2", s)
}

func TestFaults(t *testing.T) {
	g := start(t, "launch=3")
	x := put(g, []float64{0})
	g.run("add_f64", 1, 32, x, 1.0, int64(1))
	g.run("add_f64", 1, 32, x, 1.0, int64(1))
	if r := g.launch("add_f64", dim{1, 1, 1}, dim{32, 1, 1}, 0, x, 1.0, int64(1)); r != 719 {
		t.Errorf("launch 3: code %d, expected 719", r)
	}
	g.want(719, "cuMemFree_v2", x)
	g.plant("lost=1")
	if r := g.launch("add_f64", dim{1, 1, 1}, dim{32, 1, 1}, 0, x, 1.0, int64(1)); r != 999 {
		t.Errorf("a lost device: code %d, expected 999", r)
	}
	var n int32
	g.want(999, "cuDeviceGetCount", uintptr(unsafe.Pointer(&n)))
	g.plant("nodevice")
	g.want(100, "cuInit", 0)
	g.want(3, "cuDeviceGetCount", uintptr(unsafe.Pointer(&n)))
	g.plant("old")
	var version int32
	g.must("cuDriverGetVersion", uintptr(unsafe.Pointer(&version)))
	if version != 11000 {
		t.Errorf("version %d, expected 11000", version)
	}
	var p uintptr
	g.want(500, "cuMemAllocAsync", uintptr(unsafe.Pointer(&p)), 10, 0)
	if r := g.call("mock_faults", cstring("nonsense")); r != 0 {
		t.Error("an unknown word is taken")
	}
	var name uintptr
	g.plant("")
	g.must("cuGetErrorName", 719, uintptr(unsafe.Pointer(&name)))
	if got := gostring(name); got != "CUDA_ERROR_LAUNCH_FAILED" {
		t.Errorf("719 is called %s", got)
	}
	g.want(1, "cuGetErrorName", 12345, uintptr(unsafe.Pointer(&name)))
}

func TestBuildErrors(t *testing.T) {
	start(t, "") // skips where there is no compiler
	root, err := moduleRoot()
	if err != nil {
		t.Fatal(err)
	}
	for source, words := range map[string]string{
		"#include \"glassy.h\"\nextern \"C\" __global__ void broken(float *x) { x[0] = nothing; }\n":       "'nothing' was not declared",
		"#include \"glassy.h\"\nextern \"C\" __global__ void adds(float *x) { atomicAdd(x, 1.0f); }\n":     "atomicAdd(float*&, float)",
		"#include \"glassy.h\"\n__global__ void hidden(float *x) { x[0] = 1; }\n":                          "has no entry point",
		"#include \"glassy.h\"\nextern \"C\" __global__ void far(float *x) {}\n#include \"not_there.h\"\n": "not_there.h",
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "kernel.cu"), []byte(source), 0o666); err != nil {
			t.Fatal(err)
		}
		cache, err := os.UserCacheDir()
		if err != nil {
			t.Fatal(err)
		}
		_, err = build(filepath.Join(cache, "glassy", "mock"), root, filepath.Join(dir, "*.cu"), false)
		if err == nil || !strings.Contains(strings.NewReplacer("‘", "'", "’", "'").Replace(err.Error()), words) {
			t.Errorf("the error is %v, expected one that says %s", err, words)
		}
	}
}

func BenchmarkThreads(b *testing.B) { // without a barrier: ns a thread
	g := start(b, "")
	x := put(g, make([]float64, 1))
	for b.Loop() {
		g.run("fill", 4096, 256, x, 1.0, int64(0))
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/(4096*256), "ns/thread")
}

func BenchmarkBarriers(b *testing.B) { // ns a thread and barrier
	g := start(b, "")
	for b.Loop() {
		g.run("work", 1, 256, int32(1000))
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/256000, "ns/wait")
}

func BenchmarkLaunch(b *testing.B) {
	g := start(b, "")
	for b.Loop() {
		g.run("work", 1, 32, int32(0))
	}
}
