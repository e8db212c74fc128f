//go:build !(linux && cgo && (amd64 || arm64)) || nodynamic

package device

// An fftw is a library that this program does not open.
type fftw struct{}

func (l *fftw) String() string { return "pure Go" }

func openFFTW(string) (*fftw, error) { return nil, errNoLibraries }

func (l *fftw) plan(n int) plan { panic("device: no library") }
