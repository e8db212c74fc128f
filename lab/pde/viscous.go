package pde

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"

	"glassy/lab/device"
)

// Viscous is the solution at time t of the viscous Hamilton-Jacobi equation (4.1),
//
//	u_t = -½|∇u|² + Δu/2β,  u(·,0) = f,
//
// the local entropy of f at scope t. By Cole and Hopf (Lemma 4.1) it is
//
//	u = -1/β log (G_{t/β} ∗ e^(-βf)),  G_s the normal law of variance s,
//
// here the sum over the nodes, one axis after the other, as products of matrices.
// The relative error of e^(-βu) is that of rounding, however small it is: all terms
// are positive, as those of a Fourier transform are not, and where one scale does
// not serve for all of them each line, or each node, has its own. f may be +∞ at
// some nodes.
//
// It is an error when √(t/β), the width of G, is less than a step: the sum is then
// not the integral, and the message says how many nodes make it so.
func Viscous(f *Field, t, beta float64) (*Field, error) {
	checkTime("Viscous", t)
	checkTemperature("Viscous", beta)
	if t == 0 {
		return &Field{f.Grid, slices.Clone(f.Values)}, nil
	}
	width := math.Sqrt(t / beta)
	for _, a := range f.Grid {
		if h := a.Step(); width < h {
			return nil, fmt.Errorf("pde: Viscous: the kernel's width √(t/β) = %.3g is less than the step %.3g of the axis from %g to %g: %d nodes would do; HopfLax is the limit β → ∞",
				width, h, a.Low, a.High, int(math.Ceil((a.High-a.Low)/width))+1)
		}
	}
	ranges := blocksOf(f)
	least, most := floats.Min(ranges.low), floats.Max(ranges.high)
	if math.IsInf(least, 1) { // nowhere finite
		return &Field{f.Grid, slices.Clone(f.Values)}, nil
	}
	if math.IsInf(most, 1) {
		most = least
		for _, v := range f.Values {
			if !math.IsInf(v, 1) {
				most = max(most, v)
			}
		}
	}
	dev := deviceFor(len(f.Values))
	kernels, depth := make([]*kernel, len(f.Grid)), 0.0
	for axis, a := range f.Grid {
		kernels[axis] = newKernel(a, width/a.Step(), ranges.rises(axis, beta))
		depth += kernels[axis].depth
	}
	if beta*(most-least)+depth <= span {
		return convolve(dev, f, kernels, -beta, least), nil
	}
	u := f.like()
	for i, v := range f.Values {
		u.Values[i] = -beta * v
	}
	for axis, k := range kernels {
		k.convolveLines(u, axis)
	}
	for i, v := range u.Values {
		u.Values[i] = -v / beta
	}
	return u, nil
}

// span is how far logarithms may lie apart for their exponentials to be added as
// numbers.
const span = 600

// convolve is 1/scale log Σ e^(scale·(f-shift)) + shift, the sum being that of the kernels
// of all axes, on a device. No exponential may overflow, nor may all that a node hears
// of vanish.
func convolve(dev device.Device, f *Field, kernels []*kernel, scale, shift float64) *Field {
	x := dev.New(device.Float64, len(f.Values))
	if dev.Name() == "cpu" {
		dev.Exp(scale, shift, device.Of(f.Values), x)
	} else {
		dev.Upload(x, device.Of(f.Values))
		dev.Exp(scale, shift, x, x)
	}
	x = smooth(dev, f.Grid, kernels, x)
	dev.Log(1/scale, shift, x, x)
	return &Field{f.Grid, take(dev, x)}
}

// smooth is the sums of the values x of a function with the kernels of all axes. It takes
// x, whose memory may be that of the result.
func smooth(dev device.Device, g Grid, kernels []*kernel, x device.Vector) device.Vector {
	last := len(g) - 1
	factors := kernels[last].factors
	lines, between := g.Nodes()/g[last].Nodes, factors[0].to.nodes
	// To the sparse grids of both axes first, then back: there is less to do on the way.
	v := dev.New(device.Float64, lines*between)
	factors[0].along(dev, lines, x, v)
	if last > 0 {
		for _, b := range kernels[0].factors {
			w := b.across(dev, between, v)
			dev.Free(v)
			v = w
		}
	}
	if len(factors) == 1 {
		dev.Free(x)
		return v
	}
	factors[1].along(dev, lines, v, x)
	dev.Free(v)
	return x
}

// convolveLines replaces e by log Σ e^e along an axis, with a scale for each line.
func (k *kernel) convolveLines(e *Field, axis int) {
	n := k.axis.Nodes
	eachLine(e.Grid, axis, func() []float64 { return make([]float64, n) }, func(line []float64, first, stride int) {
		gather(line, e.Values, first, stride)
		low, high := math.Inf(1), math.Inf(-1)
		for _, v := range line {
			if !math.IsInf(v, -1) {
				low, high = min(low, v), max(high, v)
			}
		}
		switch {
		case math.IsInf(high, -1):
		case high-low+k.depth > span:
			k.sum(line)
		default:
			copy(line, convolve(device.CPU(), &Field{Grid{k.axis}, line}, []*kernel{k}, 1, high).Values)
		}
		scatter(line, e.Values, first, stride)
	})
}

// sum does so for one line, term by term, each relative to the largest at its node.
func (k *kernel) sum(line []float64) {
	n, r := len(line), k.reach
	around := make([]float64, n+2*r)
	for i := range around {
		around[i] = math.Inf(-1)
		if s := k.source(i - r); s >= 0 {
			around[i] = line[s]
		}
	}
	for i := range line {
		top := math.Inf(-1)
		window := around[i : i+2*r+1]
		for d, v := range window {
			top = max(top, v+k.weight[max(d-r, r-d)])
		}
		if math.IsInf(top, -1) {
			line[i] = top
			continue
		}
		total := 0.0
		for d, v := range window {
			if v += k.weight[max(d-r, r-d)] - top; v > -negligible {
				total += math.Exp(v)
			}
		}
		line[i] = top + math.Log(total)
	}
}
