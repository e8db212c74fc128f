package pde

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/dsp/fourier"

	"glassy/lab/device"
)

// Heat is f after the heat equation v_t = ½Δv has run for the time variance: its
// convolution with the normal law of that variance in each coordinate. That of
// (4.28), v_t = Δv/2β, has variance γ/β at time γ. It is exact for what the grid
// holds, a series of cosines, or of sines and cosines on a periodic axis: the sum
// over the nodes where the normal law is so wide that this is the same to rounding,
// otherwise by transforms of the lines. It panics on open axes, beyond which f is not
// known.
func Heat(f *Field, variance float64) *Field {
	checkTime("Heat", variance)
	if i := notFinite(f.Values); i >= 0 {
		panic(fmt.Sprintf("pde: Heat: the function is %v at %v, expected finite values", f.Values[i], f.Grid.place(i)))
	}
	width, wide := math.Sqrt(variance), true
	for _, a := range f.Grid {
		if a.Boundary == Open {
			panic("pde: Heat: axis is open, expected reflecting or periodic")
		}
		wide = wide && width/a.Step() >= sparse
	}
	if wide {
		kernels := make([]*kernel, len(f.Grid))
		for axis, a := range f.Grid {
			kernels[axis] = newKernel(a, width/a.Step(), rises{0})
		}
		dev := deviceFor(len(f.Values))
		return &Field{f.Grid, take(dev, smooth(dev, f.Grid, kernels, device.Put(dev, device.Float64, f.Values)))}
	}
	out := &Field{f.Grid, append([]float64(nil), f.Values...)}
	for axis, a := range f.Grid {
		n := a.Nodes
		decay := make([]float64, n) // of each frequency
		for k := range decay {
			wave := math.Pi * float64(k) / (float64(n) * a.Step())
			if a.Boundary == Periodic {
				wave *= 2
			}
			decay[k] = math.Exp(-wave * wave * variance / 2)
		}
		eachLine(f.Grid, axis, func() *series { return newSeries(a) }, func(s *series, first, stride int) {
			gather(s.line, out.Values, first, stride)
			s.multiply(decay)
			scatter(s.line, out.Values, first, stride)
		})
	}
	return out
}

// notFinite is the first value that is not; -1: none.
func notFinite(values []float64) int {
	for i, v := range values {
		if math.IsInf(v, 0) || math.IsNaN(v) {
			return i
		}
	}
	return -1
}

// A series transforms lines of an axis.
type series struct {
	line         []float64
	cosines      *fourier.QuarterWaveFFT // reflecting: even about half a step beyond the ends
	waves        *fourier.FFT            // periodic
	coefficients []complex128
}

func newSeries(a Axis) *series {
	s := &series{line: make([]float64, a.Nodes)}
	if a.Boundary == Periodic {
		s.waves = fourier.NewFFT(a.Nodes)
		s.coefficients = make([]complex128, a.Nodes/2+1)
	} else {
		s.cosines = fourier.NewQuarterWaveFFT(a.Nodes)
	}
	return s
}

// multiply multiplies the coefficients of the line by those factors.
func (s *series) multiply(factors []float64) {
	n := float64(len(s.line))
	if s.waves != nil {
		s.waves.Coefficients(s.coefficients, s.line)
		for k := range s.coefficients {
			s.coefficients[k] *= complex(factors[k]/n, 0)
		}
		s.waves.Sequence(s.line, s.coefficients)
		return
	}
	s.cosines.CosSequence(s.line, s.line)
	for k := range s.line {
		s.line[k] *= factors[k] / (4 * n)
	}
	s.cosines.CosCoefficients(s.line, s.line)
}
