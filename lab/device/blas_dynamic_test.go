//go:build linux && cgo && (amd64 || arm64) && !nodynamic

package device

import (
	"math"
	"os"
	"runtime"
	"strings"
	"testing"
)

func TestBetterCore(t *testing.T) {
	old, haswell := processor{}, processor{avx2: true}
	skylake, zen4 := processor{avx2: true, avx512: true}, processor{avx2: true, avx512: true, halved: true}
	for _, c := range []struct {
		core string
		p    processor
		want string
	}{
		{"Prescott", skylake, "SkylakeX"},
		{"Prescott", haswell, "Haswell"},
		{"Prescott", old, ""},
		{"Sandybridge", haswell, "Haswell"},
		{"Zen", skylake, "SkylakeX"},
		{"Zen", haswell, ""},
		{"Haswell", haswell, ""},
		{"Cooperlake", skylake, ""},
		{"Cooperlake", zen4, "Haswell"},
		{"Haswell", zen4, ""},
		{"Prescott", zen4, "Haswell"},
		{"Granitelake", skylake, ""}, // one that we do not know
		{"ARMV8", old, ""},
	} {
		if got := betterCore(c.core, c.p); got != c.want {
			t.Errorf("betterCore(%q, %+v) is %q, expected %q", c.core, c.p, got, c.want)
		}
	}
}

// The library runs the kernels that were asked for.
func TestCoreInUse(t *testing.T) {
	lib := defaultBLAS()
	if lib == nil || lib.core == "" {
		t.Skipf("no OpenBLAS here: %v", theBLAS.err)
	}
	if core := os.Getenv("OPENBLAS_CORETYPE"); core != "" {
		t.Skipf("OPENBLAS_CORETYPE is %s: the user's choice is kept", core)
	}
	if better := betterCore(lib.core, thisProcessor()); better != "" {
		t.Errorf("%v: %s would serve better, and was not taken", lib, better)
	}
}

func TestOpenBLASErrors(t *testing.T) {
	for path, want := range map[string]string{
		"/nowhere/libopenblas.so": "/nowhere/libopenblas.so",
		"libc.so.6":               "no saxpy_ in it",
	} {
		if _, err := findBLAS(path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("findBLAS(%q): %v, expected %q in it", path, err, want)
		}
	}
	if lib, err := findBLAS(PureGo); lib != nil || err != nil {
		t.Errorf("findBLAS(PureGo): %v, %v", lib, err)
	}
	if defaultBLAS(); UseBLAS("") == nil {
		t.Error("UseBLAS after the first device: no error")
	}
}

func TestFFTWErrors(t *testing.T) {
	for path, want := range map[string]string{
		"/nowhere/libfftw3.so": "/nowhere/libfftw3.so",
		"libc.so.6":            "no fftw_",
	} {
		if _, err := findFFT(path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("findFFT(%q): %v, expected %q in it", path, err, want)
		}
	}
	if lib, err := findFFT(PureGo); lib != nil || err != nil {
		t.Errorf("findFFT(PureGo): %v, %v", lib, err)
	}
	if theFFT.get(); UseFFT("") == nil {
		t.Error("UseFFT after the first transform: no error")
	}
	lib := theFFT.get()
	if lib == nil {
		t.Skipf("no FFTW here: %v", theFFT.err)
	}
	if said, _ := FFT(); !strings.HasPrefix(said, "FFTW 3.") {
		t.Errorf("FFT() = %q, expected its version", said)
	}
}

// Plans of lengths that are forgotten are destroyed, not those that are in use.
func TestManyLengths(t *testing.T) {
	d := newCPU("test", 2, nil, theFFT.get)
	x := make([]float64, 300)
	for i := range x {
		x[i] = float64(i % 7)
	}
	sum := func(n int) float64 {
		y := make([]float64, 2*Bins(n))
		d.Fourier(Lines{Nodes: n, Count: 1}, Of(x[:n]), Of(y))
		return y[0]
	}
	for n := 1; n <= len(x); n++ {
		want := 0.0
		for _, v := range x[:n] {
			want += v
		}
		if n%100 == 0 {
			runtime.GC()
		}
		if got := sum(n); math.Abs(got-want) > 1e-13*want {
			t.Fatalf("the sum of %d numbers is %v, want %v", n, got, want)
		}
	}
	if len(d.lengths.of) > 64 {
		t.Errorf("%d lengths are kept", len(d.lengths.of))
	}
}
