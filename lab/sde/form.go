package sde

import (
	"math"

	"glassy/lab/device"
)

// A Form is dX = -f(X) dt + s dB in one dimension or two, with a slope f that is a table:
// what [device.Physics.Walkers] moves walkers by. Of the Walk, Dim, the numbers of
// terms, Coupling and Noise count, the last being s.
type Form struct {
	Walk  device.Walk
	Force []float64 // the table
}

// run is [Equation.Run] on a device, where the walkers stay until somebody looks.
func (f *Form) run(x []float64, o *Options) (steps int, status Status) {
	dev := o.Device
	if dev == nil {
		const number = 100 // bytes of memory that are moved while a normal number is made
		dev = device.For(device.Work{Type: device.Float64, Calls: 1, Bytes: float64(number * len(x) * o.block(0))})
	}
	w := f.Walk
	w.Delta, w.Key, w.Stride = o.Step, o.Seed, noiseStride
	for a := range w.Noise {
		w.Noise[a] *= math.Sqrt(o.Step)
	}
	force, walkers := device.Put(dev, device.Float64, f.Force), device.Of(x)
	bring := func() { dev.Download(device.Of(x), walkers) }
	if dev.Name() == "cpu" {
		bring = nil
	} else {
		walkers = device.Put(dev, device.Float64, x)
		defer dev.Free(walkers)
	}
	defer dev.Free(force)
	return o.march(x, bring, func(first, steps int) {
		w.Steps, w.Offset = steps, uint64(first)*noiseStride+uint64(o.First*w.Dim)
		dev.Walkers(w, force, walkers)
	})
}
