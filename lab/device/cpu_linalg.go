package device

import (
	"fmt"
	"math"
	"slices"
	"sort"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/lapack"
	"gonum.org/v1/gonum/lapack/gonum"
)

// Factorisations are one call of LAPACK, but for the eigenvalues of large matrices:
// the library's, else gonum's, which knows float64 only.

func (d *cpu) SymEigen(n int, a, w Vector, vectors bool) error {
	needMatrix("SymEigen", "a", n, n, a, a.dtype)
	expectFloat("SymEigen", "a", a, a.n)
	expect("SymEigen", "w", w, a.dtype, n)
	switch {
	case n == 0:
		return nil
	case d.blas == nil:
		x, values := Read[float64](a), make([]float64, n)
		if err := needFinite("SymEigen", n, n, x, true); err != nil {
			return err
		}
		err := goSymEigen(n, x, values, vectors)
		d.Upload(a, Of(x))
		d.Upload(w, Of(values))
		return err
	case a.dtype == Float32:
		return symEigen(d, n, Host[float32](a), Host[float32](w), vectors)
	default:
		return symEigen(d, n, Host[float64](a), Host[float64](w), vectors)
	}
}

func symEigen[T float](d *cpu, n int, a, w []T, vectors bool) error {
	if err := needFinite("SymEigen", n, n, a, true); err != nil {
		return err
	}
	find := librarySymEigen[T]
	if !vectors && n >= bandFrom && d.blas.bandEigen != 0 {
		find = func(*library, int, []T, []T, bool) int { return bandEigen(d, n, a, w) }
	}
	if info := find(d.blas, n, a, w, vectors); info != 0 {
		return fmt.Errorf("device: SymEigen: no convergence on a %d×%d matrix (LAPACK's info is %d)", n, n, info)
	}
	return nil
}

func goSymEigen(n int, a, w []float64, vectors bool) error {
	job := lapack.EVNone
	if vectors {
		job = lapack.EVCompute
	}
	var size [1]float64
	gonum.Implementation{}.Dsyev(job, blas.Upper, n, a, n, w, size[:], -1)
	work := make([]float64, int(size[0]))
	if !(gonum.Implementation{}).Dsyev(job, blas.Upper, n, a, n, w, work, len(work)) {
		return fmt.Errorf("device: SymEigen: no convergence on a %d×%d matrix", n, n)
	}
	for i := range n { // from columns to rows
		for j := range i {
			a[i*n+j], a[j*n+i] = a[j*n+i], a[i*n+j]
		}
	}
	return nil
}

func (d *cpu) Cholesky(n int, a Vector) error {
	needMatrix("Cholesky", "a", n, n, a, a.dtype)
	expectFloat("Cholesky", "a", a, a.n)
	switch {
	case n == 0:
		return nil
	case d.blas == nil:
		x := Read[float64](a)
		err := cholesky(n, x, goCholesky)
		d.Upload(a, Of(x))
		return err
	case a.dtype == Float32:
		return cholesky(n, Host[float32](a), func(n int, a []float32) int { return libraryCholesky(d.blas, n, a) })
	default:
		return cholesky(n, Host[float64](a), func(n int, a []float64) int { return libraryCholesky(d.blas, n, a) })
	}
}

func cholesky[T float](n int, a []T, factor func(n int, a []T) (info int)) error {
	if err := needFinite("Cholesky", n, n, a, true); err != nil {
		return err
	}
	info := factor(n, a)
	for i := range n {
		clear(a[i*n : i*n+i])
	}
	if info > 0 {
		return fmt.Errorf("device: Cholesky: the %d×%d matrix is not positive definite: its leading minor of order %d is not positive", n, n, info)
	}
	return nil
}

// goCholesky is LAPACK's dpotrf with its info, which gonum does not tell: it is
// searched for.
func goCholesky(n int, a []float64) (info int) {
	whole := slices.Clone(a)
	if (gonum.Implementation{}).Dpotrf(blas.Upper, n, a, n) {
		return 0
	}
	return 1 + sort.Search(n-1, func(i int) bool {
		x := slices.Clone(whole)
		return !gonum.Implementation{}.Dpotrf(blas.Upper, i+1, x, n)
	})
}

func (d *cpu) SVD(m, n int, a, u, s, vt Vector) error {
	k := min(m, n)
	needMatrix("SVD", "a", m, n, a, a.dtype)
	expectFloat("SVD", "a", a, a.n)
	expect("SVD", "u", u, a.dtype, m*k)
	expect("SVD", "s", s, a.dtype, k)
	expect("SVD", "vt", vt, a.dtype, k*n)
	switch {
	case k == 0:
		return nil
	case d.blas == nil:
		return d.goSVD(m, n, a, u, s, vt)
	case a.dtype == Float32:
		return svd(d, m, n, Host[float32](a), Host[float32](u), Host[float32](s), Host[float32](vt))
	default:
		return svd(d, m, n, Host[float64](a), Host[float64](u), Host[float64](s), Host[float64](vt))
	}
}

func svd[T float](d *cpu, m, n int, a, u, s, vt []T) error {
	if err := needFinite("SVD", m, n, a, false); err != nil {
		return err
	}
	if info := librarySVD(d.blas, m, n, a, u, s, vt); info != 0 {
		return fmt.Errorf("device: SVD: no convergence on a %d×%d matrix (LAPACK's info is %d)", m, n, info)
	}
	return nil
}

func (d *cpu) goSVD(m, n int, a, u, s, vt Vector) error {
	k, x := min(m, n), Read[float64](a)
	if err := needFinite("SVD", m, n, x, false); err != nil {
		return err
	}
	u64, s64, vt64 := make([]float64, m*k), make([]float64, k), make([]float64, k*n)
	var size [1]float64
	gonum.Implementation{}.Dgesvd(lapack.SVDStore, lapack.SVDStore, m, n, x, n, s64, u64, k, vt64, n, size[:], -1)
	work := make([]float64, int(size[0]))
	if !(gonum.Implementation{}).Dgesvd(lapack.SVDStore, lapack.SVDStore, m, n, x, n, s64, u64, k, vt64, n, work, len(work)) {
		return fmt.Errorf("device: SVD: no convergence on a %d×%d matrix", m, n)
	}
	d.Upload(u, Of(u64))
	d.Upload(s, Of(s64))
	d.Upload(vt, Of(vt64))
	return nil
}

// needFinite is an error when a is not finite: LAPACK may search for ever then.
func needFinite[T float](op string, m, n int, a []T, upper bool) error {
	for i := range m {
		for j := range n {
			if x := float64(a[i*n+j]); (math.IsNaN(x) || math.IsInf(x, 0)) && (j >= i || !upper) {
				return fmt.Errorf("device: %s: number (%d, %d) of the %d×%d matrix is %v", op, i, j, m, n, x)
			}
		}
	}
	return nil
}
