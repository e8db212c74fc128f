package mock

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"unsafe"

	"github.com/ebitengine/purego"
)

// The tests call the driver as a program does, by dlopen, with the kernels of
// testdata. Go's own handlers of signals are in the way of the mock's here, as
// they are in package cuda.

// opened is the library, built once.
var opened = sync.OnceValues(func() (uintptr, error) {
	if _, err := exec.LookPath("g++"); err != nil {
		return 0, fmt.Errorf("%w: %v", errNoCompiler, err)
	}
	root, err := moduleRoot()
	if err != nil {
		return 0, err
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return 0, err
	}
	path, err := build(filepath.Join(cache, "glassy", "mock"), root, filepath.Join("testdata", "*.cu"), true)
	if err != nil {
		return 0, err
	}
	return purego.Dlopen(path, purego.RTLD_NOW|purego.RTLD_LOCAL)
})

var errNoCompiler = errors.New("no C++ compiler")

// A gpu is device 0 with a context that is current on the test's thread.
type gpu struct {
	t       testing.TB
	library uintptr
	module  uintptr
}

// start gives a fresh device under the words of GLASSY_MOCK; the context is
// released at the end of the test.
func start(t testing.TB, words string) *gpu {
	t.Helper()
	library, err := opened()
	if errors.Is(err, errNoCompiler) {
		t.Skipf("the mock is built by g++, which this machine lacks (CI installs it): %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	g := &gpu{t: t, library: library}
	g.plant(words)
	runtime.LockOSThread()
	var context uintptr
	g.must("cuInit", 0)
	g.must("cuDevicePrimaryCtxRetain", uintptr(unsafe.Pointer(&context)), 0)
	g.must("cuCtxSetCurrent", context)
	t.Cleanup(func() {
		g.plant("")
		g.must("cuCtxSetCurrent", 0)
		g.must("cuDevicePrimaryCtxRelease_v2", 0)
		runtime.UnlockOSThread()
	})
	return g
}

// call returns the code of a driver's call.
//
//go:uintptrescapes
func (g *gpu) call(name string, args ...uintptr) int {
	g.t.Helper()
	f, err := purego.Dlsym(g.library, name)
	if err != nil {
		g.t.Fatal(err)
	}
	r, _, _ := purego.SyscallN(f, args...)
	return int(int32(r))
}

//go:uintptrescapes
func (g *gpu) must(name string, args ...uintptr) {
	g.t.Helper()
	if r := g.call(name, args...); r != 0 {
		g.t.Fatalf("%s gives %d\n%s", name, r, g.report())
	}
}

//go:uintptrescapes
func (g *gpu) want(code int, name string, args ...uintptr) {
	g.t.Helper()
	if r := g.call(name, args...); r != code {
		g.t.Errorf("%s gives %d, expected %d\n%s", name, r, code, g.report())
	}
}

// plant puts other words in GLASSY_MOCK's place.
func (g *gpu) plant(words string) {
	g.t.Helper()
	if g.call("mock_faults", cstring(words)) != 1 {
		g.t.Fatalf("the mock does not know all of %q", words)
	}
}

func (g *gpu) report() string {
	f, err := purego.Dlsym(g.library, "mock_report")
	if err != nil {
		g.t.Fatal(err)
	}
	r, _, _ := purego.SyscallN(f)
	return gostring(r)
}

// count is a number of the report.
func (g *gpu) count(name string) int {
	g.t.Helper()
	for line := range strings.Lines(g.report()) {
		if rest, ok := strings.CutPrefix(line, name+" "); ok {
			n, err := strconv.Atoi(strings.TrimSpace(rest))
			if err != nil {
				g.t.Fatal(err)
			}
			return n
		}
	}
	return 0
}

// kept holds C strings for as long as the tests run.
var kept [][]byte

func cstring(s string) uintptr {
	b := append([]byte(s), 0)
	kept = append(kept, b)
	return uintptr(unsafe.Pointer(&b[0]))
}

// at turns an address of the C side into a pointer.
func at(p uintptr) unsafe.Pointer { return *(*unsafe.Pointer)(unsafe.Pointer(&p)) }

func gostring(p uintptr) string {
	n := 0
	for *(*byte)(unsafe.Add(at(p), n)) != 0 {
		n++
	}
	return string(unsafe.Slice((*byte)(at(p)), n))
}

// put copies numbers to new memory on the device, get brings them back.
func put[T any](g *gpu, x []T) (p uintptr) {
	g.t.Helper()
	bytes := uintptr(len(x)) * unsafe.Sizeof(x[0])
	g.must("cuMemAlloc_v2", uintptr(unsafe.Pointer(&p)), bytes)
	g.must("cuMemcpyHtoD_v2", p, uintptr(unsafe.Pointer(&x[0])), bytes)
	return p
}

func get[T any](g *gpu, p uintptr, n int) []T {
	g.t.Helper()
	x := make([]T, n)
	g.must("cuMemcpyDtoH_v2", uintptr(unsafe.Pointer(&x[0])), p, uintptr(n)*unsafe.Sizeof(x[0]))
	return x
}

// parameters are those of testdata's kernels: p pointer, i int, l long long, d double.
var parameters = map[string]string{
	"fill": "pdl", "scale_all": "idpill", "sums": "pp", "shuffles": "p", "reverse": "pi", "shape": "p", "turns": "ppp", "fragments": "p", "work": "i",
	"add_f32": "pdl", "add_f64": "pdl",
	"returns_early": "p", "two_barriers": "p", "half_a_warp": "p", "two_shuffles": "p", "small_mask": "p", "short_warp": "p", "at": "pl",
	"beyond_shared": "pi", "beyond_dynamic": "pi", "misaligned": "pi", "divide": "pi", "deep": "pi", "race": "p", "blocks_race": "p", "same_value": "p", "lanes_race": "p", "shuffle_race": "p", "in_order": "p", "unset": "p",
}

// ptx is what the driver looks at in PTX: head, entries, parameters, bounds.
func ptx(target string, entries map[string]string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "//\n// for a test\n\n.version 7.8\n.target %s\n.address_size 64\n", target)
	types := map[rune]string{'p': ".u64", 'i': ".u32", 'l': ".u64", 'd': ".f64"}
	for name, list := range entries {
		fmt.Fprintf(&b, "\n.visible .entry %s(\n", name)
		for i, kind := range list {
			comma := ","
			if i == len(list)-1 {
				comma = ""
			}
			fmt.Fprintf(&b, "\t.param %s %s_param_%d%s\n", types[kind], name, i, comma)
		}
		fmt.Fprintf(&b, ")\n.maxntid 1024, 1, 1\n{\n\t.shared .align 4 .b8 part[1024];\n\tret;\n}\n")
	}
	return b.String()
}

func (g *gpu) function(name string) (f uintptr) {
	g.t.Helper()
	if g.module == 0 {
		g.must("cuModuleLoadData", uintptr(unsafe.Pointer(&g.module)), cstring(ptx("sm_80", parameters)))
	}
	g.must("cuModuleGetFunction", uintptr(unsafe.Pointer(&f)), g.module, cstring(name))
	return f
}

// packed are arguments as the driver takes them in one buffer.
func packed(args ...any) []byte {
	var b []byte
	add := func(p unsafe.Pointer, n int) {
		for len(b)%n != 0 {
			b = append(b, 0)
		}
		b = append(b, unsafe.Slice((*byte)(p), n)...)
	}
	for _, a := range args {
		switch a := a.(type) {
		case uintptr:
			add(unsafe.Pointer(&a), 8)
		case int32:
			add(unsafe.Pointer(&a), 4)
		case int64:
			add(unsafe.Pointer(&a), 8)
		case float64:
			add(unsafe.Pointer(&a), 8)
		default:
			panic(fmt.Sprintf("argument of type %T", a))
		}
	}
	return b
}

// extra is the list that cuLaunchKernel takes packed arguments in.
type extra struct {
	pointerKey, pointer, sizeKey uintptr
	size                         *uintptr
	end                          uintptr
}

func extraOf(b []byte) *extra {
	n := uintptr(len(b))
	e := &extra{1, 0, 2, &n, 0}
	if len(b) > 0 {
		e.pointer = cstring(string(b))
	}
	return e
}

type dim [3]uintptr

// launch begins a kernel on the default stream and waits for it; the code is
// that of the first call that fails.
func (g *gpu) launch(name string, grid, block dim, shared int, args ...any) int {
	g.t.Helper()
	e := extraOf(packed(args...))
	r := g.call("cuLaunchKernel", g.function(name), grid[0], grid[1], grid[2], block[0], block[1], block[2], uintptr(shared), 0, 0, uintptr(unsafe.Pointer(e)))
	if r == 0 {
		r = g.call("cuCtxSynchronize")
	}
	return r
}

func (g *gpu) run(name string, blocks, threads int, args ...any) {
	g.t.Helper()
	if r := g.launch(name, dim{uintptr(blocks), 1, 1}, dim{uintptr(threads), 1, 1}, 0, args...); r != 0 {
		g.t.Fatalf("%s gives %d\n%s", name, r, g.report())
	}
}

// modes are the ways in which right kernels run, all with the same result.
var modes = []string{"", "seed=1", "seed=2", "late", "twice", "seed=5,late,twice"}

func eachMode(t *testing.T, f func(t *testing.T, g *gpu)) {
	for _, words := range modes {
		t.Run("["+words+"]", func(t *testing.T) { f(t, start(t, words)) })
	}
}

func TestSums(t *testing.T) {
	eachMode(t, func(t *testing.T, g *gpu) {
		for _, n := range []int{32, 96, 1024} {
			x := make([]float64, n)
			for i := range x {
				x[i] = 1 / float64(1+(i*37)%n)
			}
			warps := make([]float64, 32)
			for w := range n / 32 {
				warps[w] = butterfly(x[32*w : 32*w+32])
			}
			want := butterfly(warps)
			p, y := put(g, x), put(g, make([]float64, 4))
			g.run("sums", 1, n, p, y)
			if got := get[float64](g, y, 4); !slices.Equal(got, []float64{want, 1, want, 1}) {
				t.Errorf("%d threads: sum, largest, and both in the last thread: %v, expected %v and 1, twice", n, got, want)
			}
		}
	})
}

// butterfly is the sum of 32 numbers in the order of warp_sum.
func butterfly(x []float64) float64 {
	x = slices.Clone(x)
	for d := 16; d > 0; d /= 2 {
		for i := range d {
			x[i] += x[i+d]
		}
	}
	return x[0]
}

func TestShuffles(t *testing.T) {
	eachMode(t, func(t *testing.T, g *gpu) {
		const n = 64
		y := put(g, make([]int64, 8*n))
		g.run("shuffles", 1, n, y)
		got := get[int64](g, y, 8*n)
		for i := range n {
			warp, lane := i/32*32, i%32
			up, down := i-3, i+4
			if lane < 3 {
				up = i
			}
			if lane%16 >= 12 {
				down = i
			}
			want := []int64{
				int64(100 * (warp + 5)), int64(100 * up), int64(100 * down), int64(100 * (i ^ 9)),
				0x49249249, 11, 13, 1,
			}
			if !slices.Equal(got[8*i:8*i+8], want) {
				t.Fatalf("thread %d: %v, expected %v", i, got[8*i:8*i+8], want)
			}
		}
	})
}

func TestFragments(t *testing.T) {
	eachMode(t, func(t *testing.T, g *gpu) {
		y := put(g, make([]float64, 64))
		g.run("fragments", 1, 64, y)
		for i, got := range get[float64](g, y, 64) {
			want := 0.0
			for k := range 3 {
				for lane := range 32 {
					want += float64((i/32*32+lane)*(lane+1) + k)
				}
			}
			if got != want {
				t.Fatalf("thread %d: %v, expected %v", i, got, want)
			}
		}
	})
}

func TestSharedMemory(t *testing.T) {
	eachMode(t, func(t *testing.T, g *gpu) {
		const n = 20000 // 80 KB: more than a kernel may have without asking
		x := make([]float32, n)
		for i := range x {
			x[i] = float32(i)
		}
		p := put(g, x)
		if r := g.launch("reverse", dim{1, 1, 1}, dim{256, 1, 1}, 4*n, p, int32(n)); r != 1 {
			t.Errorf("%d bytes of shared memory without asking: code %d, expected 1", 4*n, r)
		}
		g.want(1, "cuFuncSetAttribute", g.function("reverse"), 8, 163<<10) // with 1 KB of its own that is too much
		g.must("cuFuncSetAttribute", g.function("reverse"), 8, 4*n)
		if r := g.launch("reverse", dim{1, 1, 1}, dim{256, 1, 1}, 4*n, p, int32(n)); r != 0 {
			t.Fatalf("code %d\n%s", r, g.report())
		}
		slices.Reverse(x)
		if !slices.Equal(get[float32](g, p, n), x) {
			t.Error("the numbers are not turned round")
		}
	})
}

func TestShape(t *testing.T) {
	eachMode(t, func(t *testing.T, g *gpu) {
		const blocks, threads = 2 * 3 * 5, 8 * 2 * 4
		y := put(g, make([]int32, blocks*threads))
		if r := g.launch("shape", dim{2, 3, 5}, dim{8, 2, 4}, 0, y); r != 0 {
			t.Fatal(r)
		}
		for i, got := range get[int32](g, y, blocks*threads) {
			if want := int32(i%threads + 1000*(i/threads)); got != want {
				t.Fatalf("thread %d: %d, expected %d", i, got, want)
			}
		}
	})
}

// Arguments of all sizes, in one buffer and as a list of pointers.
func TestArguments(t *testing.T) {
	g := start(t, "")
	x := put(g, []float32{1, 2, 3})
	g.run("scale_all", 1, 32, int32(3), 10.0, x, int32(1), int64(2), int64(4))
	if got := get[float32](g, x, 3); !slices.Equal(got, []float32{17, 27, 37}) {
		t.Errorf("packed: %v", got)
	}
	n, a, b, c, d := int32(2), 2.0, int32(1), int64(-2), int64(0)
	list := []unsafe.Pointer{unsafe.Pointer(&n), unsafe.Pointer(&a), unsafe.Pointer(&x), unsafe.Pointer(&b), unsafe.Pointer(&c), unsafe.Pointer(&d)}
	g.must("cuLaunchKernel", g.function("scale_all"), 1, 1, 1, 32, 1, 1, 0, 0, uintptr(unsafe.Pointer(&list[0])), 0)
	if got := get[float32](g, x, 3); !slices.Equal(got, []float32{33, 53, 37}) {
		t.Errorf("a list: %v", got)
	}
	if r := g.launch("scale_all", dim{1, 1, 1}, dim{32, 1, 1}, 0, int32(3), 10.0, x); r != 1 {
		t.Errorf("too few arguments: code %d, expected 1", r)
	}
}

func TestInstances(t *testing.T) {
	g := start(t, "")
	x, y := put(g, []float32{1, 2}), put(g, []float64{1, 2})
	g.run("add_f32", 1, 32, x, 0.5, int64(2))
	g.run("add_f64", 1, 32, y, 0.25, int64(1))
	if a, b := get[float32](g, x, 2), get[float64](g, y, 2); !slices.Equal(a, []float32{1.5, 2.5}) || !slices.Equal(b, []float64{1.25, 2}) {
		t.Errorf("float %v, double %v", a, b)
	}
}

// Threads and blocks come in ascending order, or under a seed in another.
func TestOrder(t *testing.T) {
	order := func(words string) (threads, blocks []int32) {
		g := start(t, words)
		count, thread, block := put(g, make([]uint32, 2)), put(g, make([]int32, 256)), put(g, make([]int32, 100))
		g.run("turns", 100, 256, count, thread, block)
		return get[int32](g, thread, 256), get[int32](g, block, 100)
	}
	threads, blocks := order("")
	if !slices.IsSorted(threads) || !slices.IsSorted(blocks) {
		t.Errorf("without a seed the order is %v, %v", threads, blocks)
	}
	for _, words := range []string{"seed=1", "seed=2"} {
		threads2, blocks2 := order(words)
		if slices.IsSorted(threads2) || slices.IsSorted(blocks2) {
			t.Errorf("under %s the order is %v, %v", words, threads2, blocks2)
		}
		slices.Sort(threads2)
		slices.Sort(blocks2)
		if !slices.Equal(threads2, threads) || !slices.Equal(blocks2, blocks) {
			t.Errorf("under %s not every thread and block comes once", words)
		}
	}
}

// line is the line of testdata/wrong.cu that ends with this comment.
func line(t *testing.T, mark string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "wrong.cu"))
	if err != nil {
		t.Fatal(err)
	}
	for i, l := range strings.Split(string(text), "\n") {
		if strings.HasSuffix(l, "// "+mark) {
			return fmt.Sprintf("wrong.cu:%d", i+1)
		}
	}
	t.Fatalf("no line is marked %s", mark)
	return ""
}

func TestWrongKernels(t *testing.T) {
	x := make([]float32, 64)
	for _, c := range []struct {
		kernel  string
		threads int
		shared  int
		args    []any // after the pointer
		code    int
		words   []string
	}{
		{"returns_early", 64, 0, nil, 719, []string{"block (0, 0, 0)", "40 of 64 threads wait at the block's barrier " + line(t, "returns_early"), "24 threads have returned"}},
		{"two_barriers", 64, 0, nil, 719, []string{"waits at another barrier than 32 threads", line(t, "two_barriers")}},
		{"half_a_warp", 64, 0, nil, 719, []string{"16 lanes of warp 0 wait for the others at " + line(t, "half_a_warp"), "16 lanes of warp 1"}},
		{"two_shuffles", 32, 0, nil, 719, []string{"is at another warp collective than", "wrong.cu:"}},
		{"small_mask", 32, 0, nil, 719, []string{"a mask other than 0xffffffff", line(t, "small_mask")}},
		{"short_warp", 48, 0, nil, 719, []string{"the last warp of a block whose size is no multiple of 32"}},
		{"at", 32, 0, []any{int64(64)}, 700, []string{"thread (0, 0, 0)", "an access outside all allocations, or beyond the end of one", line(t, "at")}},
		{"at", 32, 0, []any{int64(-2000)}, 700, []string{"an access outside all allocations"}},
		{"beyond_shared", 64, 0, []any{int32(64)}, 719, []string{"an index beyond an array", line(t, "beyond_shared")}},
		{"beyond_dynamic", 64, 400, []any{int32(100)}, 700, []string{"beyond the end", line(t, "beyond_dynamic")}},
		{"misaligned", 32, 0, []any{int32(2)}, 719, []string{"a misaligned access", "wrong.cu:"}},
		{"divide", 32, 0, []any{int32(0)}, 719, []string{"a division by zero", line(t, "divide")}},
		{"deep", 32, 0, []any{int32(1000)}, 719, []string{"a stack overflow"}},
	} {
		t.Run(c.kernel, func(t *testing.T) {
			g := start(t, "")
			args := append([]any{put(g, x)}, c.args...)
			r := g.launch(c.kernel, dim{1, 1, 1}, dim{uintptr(c.threads), 1, 1}, c.shared, args...)
			report := g.report()
			if r != c.code {
				t.Errorf("code %d, expected %d\n%s", r, c.code, report)
			}
			for _, w := range append(c.words, "complaint kernel "+c.kernel+", ") {
				if !strings.Contains(report, w) {
					t.Errorf("the report does not say %q:\n%s", w, report)
				}
			}
			var p uintptr
			g.want(c.code, "cuMemAlloc_v2", uintptr(unsafe.Pointer(&p)), 16) // the error sticks
		})
	}
	// Go's own faults are still Go's.
	defer func() {
		if e, ok := recover().(runtime.Error); !ok || !strings.Contains(e.Error(), "nil pointer") {
			t.Errorf("Go's panic is %v", e)
		}
	}()
	var none *[4]int
	none[runtime.NumGoroutine()&3] = 1
}

// What the right arguments make right stays so.
func TestAtTheLimit(t *testing.T) {
	g := start(t, "")
	x := put(g, make([]float32, 64))
	g.run("at", 1, 32, x, int64(63))
	g.run("beyond_shared", 1, 64, x, int32(63))
	g.run("misaligned", 1, 32, x, int32(4))
	if r := g.launch("beyond_dynamic", dim{1, 1, 1}, dim{64, 1, 1}, 400, x, int32(99)); r != 0 {
		t.Errorf("code %d\n%s", r, g.report())
	}
	if r := g.launch("deep", dim{1, 1, 1}, dim{32, 1, 1}, 0, x, int32(40)); r != 0 { // 40 KB of stack
		t.Errorf("code %d\n%s", r, g.report())
	}
}

func TestRaces(t *testing.T) {
	for kernel, blocks := range map[string]int{"race": 1, "blocks_race": 20} {
		t.Run(kernel, func(t *testing.T) {
			g := start(t, "")
			x := put(g, make([]float32, 256))
			g.run(kernel, blocks, 256, x)
			g.plant("twice")
			if r := g.launch(kernel, dim{uintptr(blocks), 1, 1}, dim{256, 1, 1}, 0, x); r != 719 || !strings.Contains(g.report(), "kernel "+kernel+": its result depends on the order") {
				t.Errorf("code %d\n%s", r, g.report())
			}
		})
	}
}

// Accesses that no barrier puts in order are found in whatever order they run, and
// those that one does are let be.
func TestUnordered(t *testing.T) {
	g := start(t, "races")
	x := put(g, make([]float32, 256))
	for kernel, words := range map[string]string{
		"race":         "what another thread read, with no barrier between at wrong.cu:",
		"same_value":   "what thread 0 wrote, with no barrier between at wrong.cu:",
		"lanes_race":   "what thread 0 wrote, with no barrier between at wrong.cu:",
		"shuffle_race": "what thread 0 wrote, with no barrier between at wrong.cu:",
	} {
		g.plant("")
		g.run(kernel, 1, 64, x)
		g.plant("races")
		if r := g.launch(kernel, dim{1, 1, 1}, dim{64, 1, 1}, 0, x); r != 719 || !strings.Contains(g.report(), "complaint kernel "+kernel+", ") || !strings.Contains(g.report(), words) {
			t.Errorf("%s: code %d\n%s", kernel, r, g.report())
		}
	}
	g.plant("races")
	g.run("in_order", 3, 256, x)
	g.run("blocks_race", 3, 1, x) // other blocks are not looked at
}

// Shared memory holds nothing of the block before.
func TestFreshSharedMemory(t *testing.T) {
	g := start(t, "")
	x := put(g, make([]float32, 64))
	g.run("unset", 2, 32, x)
	for i, v := range get[float32](g, x, 64) {
		if v == v {
			t.Fatalf("thread %d reads %v, expected NaN", i, v)
		}
	}
}
