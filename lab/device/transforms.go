package device

// Transforms are discrete Fourier and cosine transforms of lines of n = Nodes real
// numbers, float64, any n. Where numbers lie [Lines] says: number t of line k of x is at
// t·Count + k or, with Rows, at k·n + t. A Fourier transform is its first ⌊n/2⌋+1 numbers,
// since y[n-f] is the conjugate of y[f]: the real and the imaginary part of y[f] of line k
// are at 2(f·Count + k) and beside it or, with Rows, at 2(k·(⌊n/2⌋+1) + f).
//
// They are computed fast, so that results agree to rounding with what is said here:
// the root mean square of errors is some ε√log n of that of the numbers.
type Transforms interface {
	// Fourier is y[f] = Σ_t x[t] exp(-2πift/n) of each line.
	Fourier(l Lines, x, y Vector)
	// FourierInverse is x[t] = Σ_{f<n} y[f] exp(2πift/n) of each line: n times the
	// inverse of Fourier. The imaginary parts of y[0], and of y[n/2] where n is even, have
	// to be 0. y is destroyed.
	FourierInverse(l Lines, y, x Vector)

	// Cosine is x[k] ← Σ_t x[t] cos(πk(2t+1)/2n) of each line, in place: DCT-II.
	Cosine(l Lines, x Vector)
	// CosineInverse is x[t] ← x[0] + 2 Σ_{0<k<n} x[k] cos(πk(2t+1)/2n) of each line, in
	// place: DCT-III, n times the inverse of Cosine.
	CosineInverse(l Lines, x Vector)
}

// Bins is how many complex numbers a Fourier transform of n real ones has: see
// [Transforms].
func Bins(n int) int { return n/2 + 1 }

// theFFT is what transforms of the CPU call.
var theFFT = chosen[*fftw]{find: findFFT}

// UseFFT chooses what transforms of the CPU call: the shared library at path, an FFTW 3 of
// double precision; the one that the system has when path is empty; or, for [PureGo],
// gonum. A program calls it before the first transform; without it the path is empty. It
// is an error when the library does not serve, and when another choice has taken effect
// already; nothing changes then.
func UseFFT(path string) error { return theFFT.use("UseFFT", path) }

// FFT says what the CPU calls for transforms; err says why that is no library, nil where
// it was chosen so.
func FFT() (description string, err error) { return theFFT.tell() }

// The names by which the system's linker may know FFTW.
var fftCandidates = []string{"libfftw3.so.3", "libfftw3.so"}

func findFFT(path string) (*fftw, error) { return find("FFT", path, fftCandidates, openFFTW) }
