package sde

import (
	"fmt"
	"math"
	"sync"

	"glassy/lab/device"
	"glassy/lab/landscape"
)

// Langevin is dX = -∇f dt + √(2D) dB, whose invariant density is e^(-f/D). f must
// compute in float64 on the processor. Where f is [landscape.Tabulated] the equation
// has a Form.
func Langevin(f landscape.Landscape, D float64) Equation {
	checkTemperature("Langevin", D)
	s := math.Sqrt(2 * D)
	e := Equation{Dim: f.Dim(), Drift: downhill(f), Noise: constant(s)}
	if t, ok := f.(landscape.Tabulated); ok {
		if w, force, ok := t.Slope(); ok {
			w.Noise = [2]float64{s, s}
			e.Form = &Form{w, force}
		}
	}
	return e
}

// Annealing is Langevin dynamics with a temperature D(t): simulated annealing.
// With D = Δ/log(t+1) it ends in the lowest minimum if Δ is no less than the
// deepest barrier around another one (Hajek 1988).
func Annealing(f landscape.Landscape, D func(t float64) float64) Equation {
	return Equation{Dim: f.Dim(), Drift: downhill(f), Noise: func(t float64, _, s []float64) {
		T := D(t)
		checkTemperature("Annealing", T)
		for a := range s {
			s[a] = math.Sqrt(2 * T)
		}
	}}
}

func checkTemperature(what string, D float64) {
	if !(D >= 0) || math.IsInf(D, 0) {
		panic(fmt.Sprintf("sde: %s: D is %v, expected a finite number of at least 0", what, D))
	}
}

// constant is the same noise for all coordinates.
func constant(s float64) func(t float64, x, out []float64) {
	return func(_ float64, _, out []float64) {
		for a := range out {
			out[a] = s
		}
	}
}

// downhill is the drift -∇f.
func downhill(f landscape.Landscape) func(t float64, x, b []float64) {
	g := gradient(f)
	return func(_ float64, x, b []float64) {
		g(x, b)
		for a := range b {
			b[a] = -b[a]
		}
	}
}

// gradient is ∇f for several goroutines: each call has a copy of f for itself.
func gradient(f landscape.Landscape) func(x, g []float64) {
	onHost("gradient", f)
	copies := sync.Pool{New: func() any { return f.Copy() }}
	return func(x, g []float64) {
		own := copies.Get().(landscape.Landscape)
		own.Gradient(device.Of(x), device.Of(g))
		copies.Put(own)
	}
}

// onHost panics unless f computes in float64 on the processor.
func onHost(what string, f landscape.Landscape) {
	like := f.New()
	if dev := like.Device(); like.DType() != device.Float64 || dev != nil && dev.Name() != "cpu" {
		panic(fmt.Sprintf("sde: %s: the landscape computes in %v on another device, expected float64 on the processor", what, like.DType()))
	}
}
