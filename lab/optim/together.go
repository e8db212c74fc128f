package optim

import (
	"runtime"

	"glassy/lab/device"
	"glassy/lab/landscape"
	"glassy/lab/run"
)

// together is f at many points at once: its own way if it has one, else each
// point on a copy of f, of which the processor's threads have one each.
func together(f landscape.Landscape) landscape.Ensemble {
	if e, ok := f.(landscape.Ensemble); ok {
		return e
	}
	copies := []landscape.Landscape{f}
	for len(copies) < runtime.GOMAXPROCS(0) {
		copies = append(copies, f.Copy())
	}
	return oneByOne{f, copies}
}

type oneByOne struct {
	landscape.Landscape
	copies []landscape.Landscape
}

func (e oneByOne) Gradients(x, f, g device.Vector) {
	d, values := e.Dim(), make([]float64, f.Len())
	run.Share(len(e.copies), len(values), func(worker, r int) {
		values[r] = e.copies[worker].Gradient(x.Slice(r*d, (r+1)*d), g.Slice(r*d, (r+1)*d))
	})
	f.Device().Upload(f, device.Of(values))
}
