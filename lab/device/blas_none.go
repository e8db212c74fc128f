//go:build !(linux && cgo && (amd64 || arm64)) || nodynamic

package device

import "errors"

var errNoLibraries = errors.New("this program was built without the means to open libraries (they are Linux on amd64 or arm64, cgo, and no -tags nodynamic)")

// A statically linked program opens no libraries.
func openBLAS(string) (*library, error) { return nil, errNoLibraries }

// What follows is never called: there is no library.

func libraryGemv[T float](l *library, transA bool, m, k int, alpha T, a []T, lda int, x []T, incx int, beta T, y []T, incy int) {
	panic("device: no library")
}

func libraryGemm[T float](l *library, transA, transB bool, m, n, k int, alpha T, a []T, lda int, b []T, ldb int, beta T, c []T, ldc int) {
	panic("device: no library")
}

func libraryAxpy[T float](l *library, a T, x, y []T) { panic("device: no library") }

func libraryScal[T float](l *library, a T, x []T) { panic("device: no library") }

func librarySymEigen[T float](l *library, n int, a, w []T, vectors bool) (info int) {
	panic("device: no library")
}

func libraryQR[T float](l *library, m, n int, a []T, ld int, tau []T) { panic("device: no library") }

func libraryBandEigen(l *library, n, width int, a, w []float64) (info int) {
	panic("device: no library")
}

func libraryCholesky[T float](l *library, n int, a []T) (info int) { panic("device: no library") }

func librarySVD[T float](l *library, m, n int, a, u, s, vt []T) (info int) {
	panic("device: no library")
}
