package nvidia

import (
	"errors"
	"fmt"
	"math"
	"math/cmplx"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"unsafe"

	"glassy/cuda/internal/nvidia/nvidiatest"
	"glassy/lab/device"

	"github.com/ebitengine/purego"
)

// The libraries of these tests compute on host memory, so that "the GPU's
// memory" is the test's.

// tree is a folder with libraries where no linker looks: made once, since a
// library that was opened stays open.
var tree = sync.OnceValues(func() (string, error) {
	root, err := os.MkdirTemp("", "nvidia")
	if err != nil {
		return "", err
	}
	return root, nvidiatest.Build(root)
})

func TestMain(m *testing.M) {
	code := m.Run()
	root, _ := tree()
	os.RemoveAll(root)
	os.Exit(code)
}

func folders(t *testing.T) []string {
	t.Helper()
	root, err := tree()
	if err != nil {
		t.Fatal(err)
	}
	return Folders(root)
}

// ask calls a function of a stand-in.
func ask(t *testing.T, l library, name string, args ...uintptr) uintptr {
	t.Helper()
	f, err := purego.Dlsym(l.open, name)
	if err != nil {
		t.Fatal(err)
	}
	r, _, _ := purego.SyscallN(f, args...)
	return r
}

func openBLAS(t *testing.T) *BLAS {
	t.Helper()
	b, err := OpenBLAS(folders(t), 42)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
		if ask(t, b.library, "fake_alive") != 0 {
			t.Error("the handle is not given back")
		}
		if err := b.Close(); err == nil || !strings.Contains(err.Error(), "cuBLAS: destroying the handle: CUBLAS_STATUS_NOT_INITIALIZED (1)") {
			t.Errorf("closed twice: %v, want the status", err)
		}
	})
	return b
}

func TestOpenBLAS(t *testing.T) {
	b := openBLAS(t)
	if root, _ := tree(); b.String() != "cuBLAS 13.1.2 at "+root+"/nvidia/cublas/lib/libcublas.so.13" {
		t.Errorf("String() = %q", b)
	}
	if err := b.SetWorkspace(4096, 1<<20); err != nil {
		t.Error(err)
	}
	for name, want := range map[string]uintptr{"fake_stream": 42, "fake_workspace": 4096, "fake_workspace_bytes": 1 << 20, "fake_mode": 0} {
		if have := ask(t, b.library, name); have != want {
			t.Errorf("%s = %d, want %d", name, have, want)
		}
	}
	if err := b.SetWorkspace(4095, 1); err == nil || err.Error() != "cuBLAS: setting the workspace: CUBLAS_STATUS_INVALID_VALUE (7)" {
		t.Errorf("a workspace that is not aligned: %v", err)
	}
}

type real interface{ float32 | float64 }

// memory keeps what addresses were taken of, which so lies on the heap and stays.
var memory struct {
	sync.Mutex
	kept []any
}

func address[T any](x []T) uintptr {
	memory.Lock()
	defer memory.Unlock()
	memory.kept = append(memory.kept, x)
	return uintptr(unsafe.Pointer(unsafe.SliceData(x)))
}

func random[T real](r *rand.Rand, n int) []T {
	x := make([]T, n)
	for i := range x {
		x[i] = T(r.NormFloat64())
	}
	return x
}

// plain is a product by its definition, in float64; at gives numbers of C.
func plain[T real](p Product, a, b, c []T) []T {
	c = slices.Clone(c)
	for q := range max(p.Count, 1) {
		for i := range p.M {
			for j := range p.N {
				sum := 0.0
				for l := range p.K {
					x, y := i*p.LDA+l, l*p.LDB+j
					if p.TransA {
						x = l*p.LDA + i
					}
					if p.TransB {
						y = j*p.LDB + l
					}
					sum += float64(a[q*p.StrideA+x]) * float64(b[q*p.StrideB+y])
				}
				at := &c[q*p.StrideC+i*p.LDC+j]
				old := 0.0
				if p.Beta != 0 {
					old = p.Beta * float64(*at)
				}
				*at = T(p.Alpha*sum + old)
			}
		}
	}
	return c
}

func testGemm[T real](t *testing.T, b *BLAS, tolerance float64) {
	r := rand.New(rand.NewPCG(1, 2))
	for trial := range 300 {
		p := Product{
			Type: device.TypeOf[T](), TransA: r.IntN(2) == 1, TransB: r.IntN(2) == 1,
			M: 1 + r.IntN(7), N: 1 + r.IntN(7), K: r.IntN(7), Alpha: r.NormFloat64(), Count: r.IntN(4),
		}
		if r.IntN(2) == 1 {
			p.Beta = r.NormFloat64()
		}
		rowsA, colsA, rowsB, colsB := p.M, p.K, p.K, p.N
		if p.TransA {
			rowsA, colsA = colsA, rowsA
		}
		if p.TransB {
			rowsB, colsB = colsB, rowsB
		}
		p.LDA, p.LDB, p.LDC = colsA+r.IntN(3), colsB+r.IntN(3), p.N+r.IntN(3)
		sizeA, sizeB, sizeC := rowsA*p.LDA, rowsB*p.LDB, p.M*p.LDC
		if p.Count > 1 {
			p.StrideA, p.StrideB, p.StrideC = sizeA+r.IntN(3), sizeB+r.IntN(3), sizeC+r.IntN(3)
			if r.IntN(3) == 0 {
				p.StrideA = 0
			}
		}
		more := max(p.Count-1, 0)
		A, B, C := random[T](r, sizeA+more*p.StrideA+1), random[T](r, sizeB+more*p.StrideB+1), random[T](r, sizeC+more*p.StrideC+1)
		if p.Beta == 0 {
			for i := range C {
				C[i] = T(math.NaN()) // also in the gaps, where it must stay
			}
		}
		p.A, p.B, p.C = address(A), address(B), address(C)
		want := plain(p, A, B, C)
		if err := b.Gemm(p); err != nil {
			t.Fatalf("trial %d, %+v: %v", trial, p, err)
		}
		for i := range C {
			if d := math.Abs(float64(C[i] - want[i])); !(d <= tolerance) && !(C[i] != C[i] && want[i] != want[i]) {
				t.Fatalf("trial %d, %+v: C[%d] = %v, want %v", trial, p, i, C[i], want[i])
			}
		}
	}
}

func TestGemm(t *testing.T) {
	b := openBLAS(t)
	// The stand-in adds up in float64 too: alpha and beta alone are rounded.
	t.Run("float32", func(t *testing.T) { testGemm[float32](t, b, 1e-5) })
	t.Run("float64", func(t *testing.T) { testGemm[float64](t, b, 1e-13) })

	t.Run("TF32", func(t *testing.T) {
		x, y, z := []float32{1 + 0x1p-12}, []float32{1}, []float32{0}
		p := Product{Type: device.Float32, M: 1, N: 1, K: 1, Alpha: 1, A: address(x), B: address(y), C: address(z), LDA: 1, LDB: 1, LDC: 1}
		for _, tf32 := range []bool{false, true} {
			p.TF32 = tf32
			want := x[0]
			if tf32 {
				want = 1
			}
			if err := b.Gemm(p); err != nil || z[0] != want {
				t.Errorf("TF32 %v: %v, %v, want %v", tf32, z[0], err, want)
			}
		}
	})

	t.Run("errors", func(t *testing.T) {
		p := Product{Type: device.Float32, M: 3, N: 4, K: 5, LDA: 5, LDB: 4, LDC: 4}
		for status, want := range map[uintptr]string{13: "CUBLAS_STATUS_EXECUTION_FAILED (13)", 99: "unknown status (99)"} {
			ask(t, b.library, "fake_fail", status)
			if err := b.Gemm(p); err == nil || err.Error() != "cuBLAS: product of 3×5 and 5×4, float32: "+want {
				t.Errorf("status %d: %v", status, err)
			}
		}
		p.LDB = 3
		if err := b.Gemm(p); err == nil || !strings.Contains(err.Error(), "CUBLAS_STATUS_INVALID_VALUE") {
			t.Errorf("rows that overlap: %v", err)
		}
		p.LDB = math.MaxInt32 + 1
		if err := b.Gemm(p); b.Takes(p) || err == nil || !strings.Contains(err.Error(), "is above 2147483647") {
			t.Errorf("more than 32 bits: %v", err)
		}
	})
}

func TestGemmFromManyGoroutines(t *testing.T) {
	b := openBLAS(t)
	var wait sync.WaitGroup
	for i := range 8 {
		wait.Go(func() {
			x, y, z := []float64{2}, []float64{3}, []float64{0}
			for j := range 200 {
				alpha := float64(i*1000 + j)
				if err := b.Gemm(Product{Type: device.Float64, M: 1, N: 1, K: 1, Alpha: alpha, A: address(x), B: address(y), C: address(z), LDA: 1, LDB: 1, LDC: 1}); err != nil || z[0] != 6*alpha {
					t.Errorf("product %v, %v, want %v", z[0], err, 6*alpha)
				}
			}
		})
	}
	wait.Wait()
}

func openSolver(t *testing.T) *Solver {
	t.Helper()
	s, err := OpenSolver(folders(t), 43)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil || ask(t, s.library, "fake_alive") != 0 {
			t.Errorf("Close: %v", err)
		}
	})
	return s
}

// factorise asks for the workspace and runs; the workspace has a number more
// than was asked for, which must stay.
func factorise[T real](t *testing.T, s *Solver, f Factorisation) int32 {
	t.Helper()
	f.Type = device.TypeOf[T]()
	bytes, err := s.Workspace(f)
	if err != nil {
		t.Fatal(err)
	}
	work, info := make([]T, bytes/f.Type.Size()+1), []int32{-1}
	work[len(work)-1] = 7
	if err := s.Run(f, address(work), bytes, address(info)); err != nil {
		t.Fatal(err)
	}
	if work[len(work)-1] != 7 || len(work) > 1 && work[0] == work[0] {
		t.Errorf("%v: the workspace was not used to its end, or past it", f)
	}
	return info[0]
}

func testSolver[T real](t *testing.T, s *Solver, tolerance float64) {
	near := func(t *testing.T, what string, have, want float64) {
		t.Helper()
		if !(math.Abs(have-want) <= tolerance) {
			t.Fatalf("%s = %v, want %v", what, have, want)
		}
	}
	r := rand.New(rand.NewPCG(3, 4))
	for n := 1; n <= 6; n++ {
		t.Run(fmt.Sprintf("eigen%d", n), func(t *testing.T) {
			a, w := random[T](r, n*n), make([]T, n)
			for i := range n {
				for j := range i {
					a[i*n+j] = T(math.NaN()) // below the diagonal nothing is read
				}
			}
			full := func(i, j int) float64 { return float64(a[min(i, j)*n+max(i, j)]) }
			dense := make([]float64, n*n)
			for i := range n {
				for j := range n {
					dense[i*n+j] = full(i, j)
				}
			}
			values, w2 := slices.Clone(a), make([]T, n)
			if info := factorise[T](t, s, Factorisation{Kind: SymEigen, M: n, N: n, Vectors: true, A: address(a), W: address(w)}); info != 0 {
				t.Fatalf("info = %d", info)
			}
			factorise[T](t, s, Factorisation{Kind: SymEigen, M: n, N: n, A: address(values), W: address(w2)})
			if !slices.IsSorted(w) || !slices.Equal(w, w2) {
				t.Errorf("eigenvalues %v, without vectors %v", w, w2)
			}
			for e := range n {
				v := a[e*n : (e+1)*n]
				for i := range n {
					sum, dot := 0.0, 0.0
					for j := range n {
						sum += dense[i*n+j] * float64(v[j])
						dot += float64(v[j]) * float64(a[i*n+j])
					}
					near(t, "A v", sum, float64(w[e])*float64(v[i]))
					want := 0.0
					if i == e {
						want = 1
					}
					near(t, "v·v", dot, want)
				}
			}
		})
		t.Run(fmt.Sprintf("cholesky%d", n), func(t *testing.T) {
			x, a := random[T](r, n*n), make([]T, n*n)
			for i := range n {
				for j := range n {
					a[i*n+j] = T(math.NaN())
					if j >= i {
						a[i*n+j] = 0
						for l := range n {
							a[i*n+j] += x[i*n+l] * x[j*n+l]
						}
					}
					if i == j {
						a[i*n+j]++
					}
				}
			}
			u, broken := slices.Clone(a), slices.Clone(a)
			if info := factorise[T](t, s, Factorisation{Kind: Cholesky, M: n, N: n, A: address(u)}); info != 0 {
				t.Fatalf("info = %d", info)
			}
			for i := range n {
				for j := i; j < n; j++ {
					sum := 0.0
					for l := range i + 1 {
						sum += float64(u[l*n+i]) * float64(u[l*n+j])
					}
					near(t, "UᵀU", sum, float64(a[i*n+j]))
				}
			}
			broken[n*n-1] = -1
			if info := factorise[T](t, s, Factorisation{Kind: Cholesky, M: n, N: n, A: address(broken)}); int(info) != n {
				t.Errorf("the last minor is not positive: info = %d, want %d", info, n)
			}
		})
		t.Run(fmt.Sprintf("svd%d", n), func(t *testing.T) {
			for m := 1; m <= n; m++ {
				a, u, w, vt := random[T](r, m*n), make([]T, m*m), make([]T, m), make([]T, m*n)
				kept := slices.Clone(a)
				if info := factorise[T](t, s, Factorisation{Kind: SVD, M: m, N: n, A: address(a), U: address(u), W: address(w), VT: address(vt)}); info != 0 {
					t.Fatalf("info = %d", info)
				}
				for i := range m {
					if i > 0 && w[i] > w[i-1] || w[i] < 0 {
						t.Errorf("singular values %v", w)
					}
					for j := range n {
						sum := 0.0
						for l := range m {
							sum += float64(u[i*m+l]) * float64(w[l]) * float64(vt[l*n+j])
						}
						near(t, "U diag(w) Vᵀ", sum, float64(kept[i*n+j]))
					}
					for j := range m {
						rows, columns, want := 0.0, 0.0, 0.0
						for l := range n {
							rows += float64(vt[i*n+l]) * float64(vt[j*n+l])
						}
						for l := range m {
							columns += float64(u[l*m+i]) * float64(u[l*m+j])
						}
						if i == j {
							want = 1
						}
						near(t, "VᵀV", rows, want)
						near(t, "UᵀU", columns, want)
					}
				}
			}
		})
	}
}

func TestSolver(t *testing.T) {
	s := openSolver(t)
	if root, _ := tree(); s.String() != "cuSOLVER 12.1.2 at "+root+"/nvidia/cusolver/lib/libcusolver.so.12" {
		t.Errorf("String() = %q", s)
	}
	if have := ask(t, s.library, "fake_stream"); have != 43 {
		t.Errorf("the stream is %d, want 43", have)
	}
	t.Run("float32", func(t *testing.T) { testSolver[float32](t, s, 2e-5) }) // some 50 roundings of numbers up to 10
	t.Run("float64", func(t *testing.T) { testSolver[float64](t, s, 1e-12) })

	for want, f := range map[string]Factorisation{
		"cuSOLVER: singular values of a 3×2 matrix, float64: more rows than columns":         {Kind: SVD, Type: device.Float64, M: 3, N: 2},
		"cuSOLVER: Cholesky factor of a 2×3 matrix, float32: expected as many rows":          {Kind: Cholesky, Type: device.Float32, M: 2, N: 3},
		"cuSOLVER: eigenvalues of a symmetric 4294967296×4294967296 matrix, float32: a size": {Kind: SymEigen, Type: device.Float32, M: 1 << 32, N: 1 << 32},
	} {
		if _, err := s.Workspace(f); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("Workspace: %v, want %s", err, want)
		}
		if err := s.Run(f, 0, 0, 0); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("Run: %v, want %s", err, want)
		}
	}
	if err := s.Run(Factorisation{Kind: Cholesky, Type: device.Float64, M: 2, N: 2}, 0, 8, 0); err == nil ||
		err.Error() != "cuSOLVER: Cholesky factor of a 2×2 matrix, float64: CUSOLVER_STATUS_INVALID_VALUE (3)" {
		t.Errorf("a workspace too small: %v", err)
	}
}

// Transforms by the definition: rows and columns, even and odd, there and back.
func TestFFT(t *testing.T) {
	f, err := OpenFFT(folders(t), 47)
	if err != nil {
		t.Fatal(err)
	}
	if root, _ := tree(); f.String() != "cuFFT 12.1.2 at "+root+"/nvidia/cufft/lib/libcufft.so.12" {
		t.Errorf("String() = %q", f)
	}
	run := func(tr Transform, in, out []complex128) error { // of 16 bytes each, so that they are aligned
		bytes, err := f.Workspace(tr)
		if err != nil {
			return err
		}
		work := make([]byte, bytes)
		err = f.Run(tr, uintptr(unsafe.Pointer(&in[0])), uintptr(unsafe.Pointer(&out[0])), uintptr(unsafe.Pointer(&work[0])))
		runtime.KeepAlive(work)
		return err
	}
	reals := func(z []complex128) []float64 { return unsafe.Slice((*float64)(unsafe.Pointer(&z[0])), 2*len(z)) }
	for _, tr := range []Transform{{N: 1, Count: 2, Rows: true}, {N: 8, Count: 3, Rows: true}, {N: 7, Count: 4}, {N: 12, Count: 1}} {
		n, bins := tr.N, tr.N/2+1
		at := func(line, i, n int) int {
			if tr.Rows {
				return line*n + i
			}
			return i*tr.Count + line
		}
		const more = 8 // so that none is on a stack, which moves
		x, y, back := make([]complex128, n*tr.Count+more), make([]complex128, bins*tr.Count+more), make([]complex128, n*tr.Count+more)
		r := rand.New(rand.NewPCG(1, uint64(n)))
		for i := range n * tr.Count {
			reals(x)[i] = r.Float64()
		}
		if err := run(tr, x, y); err != nil {
			t.Fatal(err)
		}
		for line := range tr.Count {
			for k := range bins {
				want := 0i
				for i := range n {
					want += complex(reals(x)[at(line, i, n)], 0) * cmplx.Rect(1, -2*math.Pi*float64(i*k)/float64(n))
				}
				if have := y[at(line, k, bins)]; !(cmplx.Abs(have-want) <= 1e-13) {
					t.Errorf("%v: number %d of line %d is %v, want %v", tr, k, line, have, want)
				}
			}
		}
		inverse := tr
		inverse.Inverse = true
		if err := run(inverse, y, back); err != nil {
			t.Fatal(err)
		}
		for i := range n * tr.Count {
			if have, want := reals(back)[i], float64(n)*reals(x)[i]; !(math.Abs(have-want) <= 1e-12) {
				t.Errorf("%v: number %d is %v, want %v", inverse, i, have, want)
			}
		}
	}
	if have := ask(t, f.library, "fake_stream", 3); have != 47 {
		t.Errorf("the stream is %d, want 47", have)
	}
	if _, err := f.Workspace(Transform{N: 1 << 30, Count: 1}); !errors.Is(err, errors.ErrUnsupported) ||
		!strings.HasPrefix(err.Error(), "cuFFT: plan for transform of 1 columns of 1073741824 numbers: CUFFT_INVALID_SIZE (8)") {
		t.Errorf("too many numbers: %v", err)
	}
	if err := f.Run(Transform{N: 9, Count: 1}, 0, 0, 0); err == nil || !strings.Contains(err.Error(), "no plan") {
		t.Errorf("without a plan: %v", err)
	}
	if err := f.Run(Transform{N: 12, Count: 1}, 8, 16, 0); err == nil || !strings.Contains(err.Error(), "multiples of 16") {
		t.Errorf("not aligned: %v", err)
	}
	if err := f.Run(Transform{N: 12, Count: 1}, 16, 16, 0); err == nil || err.Error() != "cuFFT: transform of 1 columns of 12 numbers: CUFFT_NO_WORKSPACE (13)" {
		t.Errorf("without a workspace: %v", err)
	}
	for n := 1; !f.Full(Transform{N: n, Count: 9}); n++ {
		if _, err := f.Workspace(Transform{N: n, Count: 9}); err != nil || n > mostPlans {
			t.Fatalf("%d plans: %v", n, err)
		}
	}
	if f.Full(Transform{N: 12, Count: 1}) {
		t.Error("there is no room for a plan that is there")
	}
	if err := f.Close(); err != nil || ask(t, f.library, "fake_alive") != 0 {
		t.Errorf("Close: %v", err)
	}
}

func TestFolders(t *testing.T) {
	root := t.TempDir()
	var want []string
	for _, f := range []string{"toolkit", "toolkit/lib64", "toolkit/targets/sbsa-linux/lib", "venv", "venv/lib", "venv/lib/python3.12/site-packages/nvidia/cu13/lib"} {
		f = filepath.Join(root, f)
		if err := os.MkdirAll(f, 0o777); err != nil {
			t.Fatal(err)
		}
		want = append(want, f)
	}
	if have := Folders(root+"/tool*", root+"/nothing", "", root+"/venv"); !slices.Equal(have, want) {
		t.Errorf("Folders = %q, want %q", have, want)
	}
}

// The newest that serves is taken; what does not is told with its reason.
func TestOpenLibrary(t *testing.T) {
	root := t.TempDir()
	files := []string{"libglassytest.so.3", "libglassytest.so.2", "libglassytest.so.1"}
	open := func(accept func(path string) error) (string, error) {
		path := ""
		err := openLibrary("Test", []string{root + "/a", root + "/b"}, files, func(l *library) error { path = l.path; return accept(l.path) })
		return path, err
	}
	anything := func(string) error { return nil }
	if _, err := open(anything); err == nil || err.Error() != "Test was not found: none of libglassytest.so.3, libglassytest.so.2, libglassytest.so.1" {
		t.Errorf("without any: %v", err)
	}
	if err := nvidiatest.Compile(root+"/a/libglassytest.so.1", "cublasLt.c"); err != nil {
		t.Fatal(err)
	}
	if err := nvidiatest.Compile(root+"/b/libglassytest.so.2", "cublasLt.c"); err != nil {
		t.Fatal(err)
	}
	if path, err := open(anything); err != nil || path != root+"/b/libglassytest.so.2" {
		t.Errorf("opened %s, %v, want the newest", path, err)
	}
	if err := os.WriteFile(root+"/a/libglassytest.so.3", []byte("no library"), 0o666); err != nil {
		t.Fatal(err)
	}
	refuse := func(path string) error {
		if strings.HasSuffix(path, ".2") {
			return fmt.Errorf("too new for the driver")
		}
		return nil
	}
	if path, err := open(refuse); err != nil || path != root+"/a/libglassytest.so.1" {
		t.Errorf("opened %s, %v, want the one that serves", path, err)
	}
	_, err := open(func(string) error { return fmt.Errorf("refused") })
	for _, want := range []string{"Test does not serve: ", "/a/libglassytest.so.3: ", "; " + root + "/b/libglassytest.so.2: refused; " + root + "/a/libglassytest.so.1: refused"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
	var f uintptr
	if err := openLibrary("Test", []string{root + "/a"}, files[2:], func(l *library) error { return l.bind(map[string]*uintptr{"cublasCreate_v2": &f}) }); err == nil ||
		!strings.Contains(err.Error(), "no cublasCreate_v2 in it") {
		t.Errorf("a library without the function: %v", err)
	}
}
