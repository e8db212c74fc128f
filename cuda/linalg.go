//go:build cuda

package cuda

import (
	"fmt"
	"math"
	"runtime"

	"glassy/cuda/internal/driver"
	"glassy/cuda/internal/nvidia"
	"glassy/lab/device"
)

// Factorisations run in cuSOLVER where the machine has it and the matrix is large
// enough for a GPU; else Cholesky's by our kernels, the others on the host, and
// are counted so.

// worthSolver is the size from which cuSOLVER is sooner done than the host: the
// eigenvalues of 500 numbers take LAPACK some 20 ms.
const worthSolver = 500

// SymEigen is the eigenvalues and vectors of a symmetric matrix.
func (d *Device) SymEigen(n int, a, w device.Vector, vectors bool) error {
	d.needMatrix("SymEigen", "a", n, n, a, a.DType())
	d.expectFloat("SymEigen", "a", a, a.Len())
	d.expect("SymEigen", "w", w, a.DType(), n)
	if s := d.solver(n); s != nil && d.finite(n, n, a, true) {
		return d.symEigen(s, n, a, w, vectors)
	}
	return d.onHost("SymEigen", []device.Vector{a}, []device.Vector{w}, func(v []device.Vector) error {
		return device.CPU().SymEigen(n, v[0], v[1], vectors)
	})
}

func (d *Device) symEigen(s *nvidia.Solver, n int, a, w device.Vector, vectors bool) error {
	info := d.factorise("SymEigen", s, nvidia.Factorisation{
		Kind: nvidia.SymEigen, Type: a.DType(), M: n, N: n, Vectors: vectors, A: uintptr(pointer(a)), W: uintptr(pointer(w)),
	}, a, w)
	if info != 0 {
		return fmt.Errorf("device: SymEigen: no convergence on a %d×%d matrix (LAPACK's info is %d)", n, n, info)
	}
	return nil
}

// Cholesky is the upper triangular U of a = UᵀU.
func (d *Device) Cholesky(n int, a device.Vector) error {
	d.needMatrix("Cholesky", "a", n, n, a, a.DType())
	d.expectFloat("Cholesky", "a", a, a.Len())
	if s := d.solver(n); s != nil && d.finite(n, n, a, true) {
		return d.cholesky(s, n, a)
	}
	return d.ownCholesky(n, a)
}

func (d *Device) cholesky(s *nvidia.Solver, n int, a device.Vector) error {
	info := d.factorise("Cholesky", s, nvidia.Factorisation{Kind: nvidia.Cholesky, Type: a.DType(), M: n, N: n, A: uintptr(pointer(a))}, a)
	return d.choleskyDone(n, a, info)
}

// choleskyDone zeroes what is below the diagonal and says what info means.
func (d *Device) choleskyDone(n int, a device.Vector, info int32) error {
	d.launch("upper_triangle", a.DType(), blocks(n*n), one(threads), 0, ptr(a), i64(n))
	if info > 0 {
		return fmt.Errorf("device: Cholesky: the %d×%d matrix is not positive definite: its leading minor of order %d is not positive", n, n, info)
	}
	return nil
}

// ownCholesky goes down the diagonal in steps of so many rows: the square on the
// diagonal, the rest of its rows X, then A - XᵀX of what is left, whose lower
// triangle comes along unused.
func (d *Device) ownCholesky(n int, a device.Vector) error {
	if n == 0 {
		return nil
	}
	const step = 48 // SIDE in kernels/cholesky.cu
	t, kept, word := a.DType(), a.Clone(), d.New(device.Int32, 1)
	defer d.Free(kept)
	defer d.Free(word)
	for j := 0; j < n; j += step {
		size := min(step, n-j)
		d.launch("cholesky_diagonal", t, one(1), one(threads), 0, ptr(a), i32(n), i32(j), i32(size), ptr(word))
		next := j + size
		if next == n {
			break
		}
		d.launch("cholesky_rows", t, one(ceil(n-next, 32)), one(threads), 0, ptr(a), i32(n), i32(j), i32(size))
		at := func(i, j int) matrices { return matrices{at: ptr(a.Slice(i*n+j, n*n)), ld: n} }
		p := product{transA: true, m: n - next, n: n - next, k: size, count: 1, alpha: -1, a: at(j, next), b: at(j, next), beta: 1, c: at(next, next)}
		d.tiled(t, p, choose(d.fullTiles(t), p.m, p.n, p.k, 1))
	}
	info := device.Read[int32](word)[0]
	if info > 0 && !d.finite(n, n, kept, true) { // the CPU says where
		d.Copy(a, kept)
		return d.onHost("Cholesky", []device.Vector{a}, nil, func(v []device.Vector) error { return device.CPU().Cholesky(n, v[0]) })
	}
	return d.choleskyDone(n, a, info)
}

// SVD is a = U diag(s) Vᵀ.
func (d *Device) SVD(m, n int, a, u, s, vt device.Vector) error {
	k := min(m, n)
	d.needMatrix("SVD", "a", m, n, a, a.DType())
	d.expectFloat("SVD", "a", a, a.Len())
	d.expect("SVD", "u", u, a.DType(), m*k)
	d.expect("SVD", "s", s, a.DType(), k)
	d.expect("SVD", "vt", vt, a.DType(), k*n)
	if solver := d.solver(k); solver != nil && d.finite(m, n, a, false) {
		return d.svd(solver, m, n, a, u, s, vt)
	}
	return d.onHost("SVD", []device.Vector{a}, []device.Vector{u, s, vt}, func(v []device.Vector) error {
		return device.CPU().SVD(m, n, v[0], v[1], v[2], v[3])
	})
}

// svd leaves matrices with more rows than columns, which cuSOLVER does not take,
// to the transposed: aᵀ = V diag(s) Uᵀ.
func (d *Device) svd(solver *nvidia.Solver, m, n int, a, u, s, vt device.Vector) error {
	if m > n {
		across, v, ut := a.New(), vt.New(), u.New()
		d.transpose(m, n, a, across)
		err := d.svd(solver, n, m, across, v, s, ut)
		d.transpose(n, n, v, vt)
		d.transpose(n, m, ut, u)
		for _, x := range []device.Vector{across, v, ut} {
			d.Free(x)
		}
		return err
	}
	info := d.factorise("SVD", solver, nvidia.Factorisation{Kind: nvidia.SVD, Type: a.DType(), M: m, N: n,
		A: uintptr(pointer(a)), W: uintptr(pointer(s)), U: uintptr(pointer(u)), VT: uintptr(pointer(vt))}, a, s, u, vt)
	if info != 0 {
		return fmt.Errorf("device: SVD: no convergence on a %d×%d matrix (LAPACK's info is %d)", m, n, info)
	}
	return nil
}

// transpose writes the transposed of the m×n matrix a.
func (d *Device) transpose(m, n int, a, dst device.Vector) {
	const side = 32
	d.launch("transpose", a.DType(), one(ceil(m, side)*ceil(n, side)), one(threads), 0, i32(m), i32(n), ptr(a), ptr(dst))
}

// solver is cuSOLVER, nil where the machine has none or it is not worth it for
// matrices of that size.
func (d *Device) solver(n int) *nvidia.Solver {
	if n < worthSolver || d.settings.own.Load() {
		return nil
	}
	s, err := d.libraries.useSolver(d.gpu)
	if err != nil {
		return nil
	}
	return s
}

// factorise runs cuSOLVER after all that was called before, and returns its info.
// F has the addresses of the vectors.
func (d *Device) factorise(op string, s *nvidia.Solver, f nvidia.Factorisation, vectors ...device.Vector) (info int32) {
	word := d.New(device.Int32, 1)
	defer d.Free(word)
	var bytes int
	d.check(d.gpu.Do(func() (err error) {
		bytes, err = s.Workspace(f)
		return err
	}))
	d.scratch(bytes, func(work driver.Pointer) {
		d.flush()
		d.check(d.gpu.Do(func() error { return s.Run(f, uintptr(work), bytes, uintptr(pointer(word))) }))
	})
	d.count(op, "cuSOLVER")
	info = device.Read[int32](word)[0]
	runtime.KeepAlive(vectors) // else the pool may have their memory meanwhile
	return info
}

// finite tells whether the m×n matrix a, or its upper triangle, holds no NaN and
// no infinity. Where it does, the CPU says which number it is: LAPACK may search
// for ever then.
func (d *Device) finite(m, n int, a device.Vector, upper bool) bool {
	if largest := d.MaxAbs(a); largest <= math.MaxFloat64 { // not NaN either
		return true
	}
	x := device.Read[float64](a)
	for i := range m {
		for j := range n {
			if v := x[i*n+j]; (math.IsNaN(v) || math.IsInf(v, 0)) && (j >= i || !upper) {
				return false
			}
		}
	}
	return true
}

// onHost runs f on copies in host memory of what it reads and of what it only
// writes, and copies all of them back, after an error too: what a factorisation
// leaves then is the CPU's.
func (d *Device) onHost(op string, reads, writes []device.Vector, f func(host []device.Vector) error) error {
	all := append(append([]device.Vector(nil), reads...), writes...)
	host := make([]device.Vector, len(all))
	for i, v := range all {
		host[i] = device.CPU().New(v.DType(), v.Len())
		if i < len(reads) {
			d.Download(host[i], v)
		}
	}
	err := f(host)
	for i, v := range all {
		d.Upload(v, host[i])
	}
	d.count(op, "host")
	return err
}

// needMatrix panics unless v is a rows×cols matrix of type t on this device.
func (d *Device) needMatrix(op, what string, rows, cols int, v device.Vector, t device.DType) {
	needSize(op, "rows", rows)
	needSize(op, "cols", cols)
	d.expect(op, what, v, t, rows*cols)
}
