package device

// A library is a BLAS with LAPACK, opened at run time. Its calls are safe from
// several goroutines and use one thread each: the device cuts the work.
type library struct {
	path      string // or the name that the system's linker found it by
	name      string // with the version, where it tells one
	core      string // the processor whose kernels it uses, "" where it does not tell
	symbols   [symbolCount]uintptr
	bandEigen uintptr // dsbev_2stage, 0 where it is not there
}

// The routines that are called: LAPACK's Fortran names.
const (
	saxpy = iota
	daxpy
	sscal
	dscal
	sgemv
	dgemv
	sgemm
	dgemm
	ssyevd
	dsyevd
	sgeqrf
	dgeqrf
	spotrf
	dpotrf
	sgesdd
	dgesdd
	symbolCount
)

var symbolNames = [symbolCount]string{"saxpy", "daxpy", "sscal", "dscal", "sgemv", "dgemv", "sgemm", "dgemm", "ssyevd", "dsyevd", "sgeqrf", "dgeqrf", "spotrf", "dpotrf", "sgesdd", "dgesdd"}

func (l *library) String() string {
	if l == nil {
		return "pure Go"
	}
	s := l.name
	if l.core != "" {
		s += " with " + l.core + " kernels"
	}
	return s + " at " + l.path
}

// theBLAS is what products and factorisations of the CPU call.
var theBLAS = chosen[*library]{find: findBLAS}

// UseBLAS chooses what products and factorisations of the CPU call: the shared
// library at path, an OpenBLAS or MKL with 32-bit integers; the first one that
// the system has when path is empty; or, for [PureGo], none. A program calls it
// before anything else of this package; without it the path is empty. It is an
// error when the library does not serve, and when another choice has taken
// effect already; nothing changes then.
func UseBLAS(path string) error { return theBLAS.use("UseBLAS", path) }

// BLAS says what the CPU calls for products and factorisations; err says why
// that is no library, nil where it was chosen so.
func BLAS() (description string, err error) { return theBLAS.tell() }

func defaultBLAS() *library { return theBLAS.get() }

// candidates are the names by which the system's linker may know a library:
// OpenBLAS on Debian and Fedora, then MKL.
var candidates = []string{"libopenblas.so.0", "libopenblasp.so.0", "libopenblas.so", "libmkl_rt.so.3", "libmkl_rt.so.2", "libmkl_rt.so.1", "libmkl_rt.so"}

func findBLAS(path string) (*library, error) { return find("BLAS", path, candidates, openBLAS) }
