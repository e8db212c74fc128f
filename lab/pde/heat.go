package pde

import (
	"fmt"
	"math"

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
	dev := deviceFor(len(f.Values))
	x := device.Put(dev, device.Float64, f.Values)
	for axis, a := range f.Grid {
		l := device.Lines{Nodes: a.Nodes, Count: len(f.Values) / a.Nodes, Rows: axis == len(f.Grid)-1}
		decay := make([]float64, a.Nodes) // of each frequency
		for k := range decay {
			wave := math.Pi * float64(k) / (float64(a.Nodes) * a.Step())
			if a.Boundary == Periodic {
				wave *= 2
			}
			decay[k] = math.Exp(-wave*wave*variance/2) / float64(a.Nodes)
		}
		if a.Boundary == Reflecting { // even about half a step beyond the ends
			dev.Cosine(l, x)
			multiply(dev, l, 1, decay, x)
			dev.CosineInverse(l, x)
			continue
		}
		decay = decay[:device.Bins(a.Nodes)]
		y := dev.New(device.Float64, 2*len(decay)*l.Count)
		dev.Fourier(l, x, y)
		multiply(dev, l, 2, decay, y)
		dev.FourierInverse(l, y, x)
		dev.Free(y)
	}
	return &Field{f.Grid, take(dev, x)}
}

// multiply multiplies number k of all lines, of one part (real) or two (complex), by
// factors[k].
func multiply(dev device.Device, l device.Lines, parts int, factors []float64, y device.Vector) {
	if !l.Rows {
		w := device.Put(dev, device.Float64, factors)
		dev.RowScale(len(factors), l.Count*parts, w, y)
		dev.Free(w)
		return
	}
	rows := min(l.Count, 1+(1<<16)/len(factors)) // some at a time
	some := make([]float64, 0, rows*len(factors)*parts)
	for range rows {
		for _, v := range factors {
			for range parts {
				some = append(some, v)
			}
		}
	}
	w := device.Put(dev, device.Float64, some)
	for first := 0; first < y.Len(); first += len(some) {
		part := y.Slice(first, min(y.Len(), first+len(some)))
		dev.Multiply(w.Slice(0, part.Len()), part, part)
	}
	dev.Free(w)
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
