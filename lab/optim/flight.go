package optim

import (
	"math"
	"slices"

	"glassy/lab/device"
	"glassy/lab/landscape"
	"glassy/lab/run"
)

// A flight is the runs that are in work at once. Row r of x is run runs[r]; they
// begin in the order of their numbers.
type flight struct {
	d    *Descents
	o    *DescendOptions
	n    int // runs in all
	most int // at once
	f    landscape.Ensemble

	steps int     // made since the first run began
	runs  []int   // that the rows are
	age   []int32 // steps that each was asked for: it has made fewer when it has arrived

	dev           device.Device
	x, g          device.Vector // most×Dim
	spare         device.Vector // for rows that are gathered, most×Dim
	values, norms device.Vector // of the rows
	made, places  device.Vector // Int32: steps that they have made; which are gathered
}

func newFlight(d *Descents, o *DescendOptions, n int) *flight {
	w := &flight{d: d, o: o, n: n, f: together(d.f)}
	like := d.f.New()
	w.dev = like.Device()
	if w.dev == nil {
		w.dev = device.CPU()
	}
	t := like.DType()
	w.dev.Free(like)
	if w.most = min(n, o.Together); o.Together == 0 {
		bytes := 64 << 20
		if w.dev.Name() == "cpu" {
			bytes = 4 << 20 // what its caches hold
		}
		w.most = min(n, max(1, bytes/(t.Size()*max(1, d.Dim))))
	}
	for _, v := range []*device.Vector{&w.x, &w.g, &w.spare} {
		*v = w.dev.New(t, w.most*d.Dim)
	}
	w.values, w.norms = w.dev.New(t, w.most), w.dev.New(t, w.most)
	w.made, w.places = w.dev.New(device.Int32, w.most), w.dev.New(device.Int32, w.most)
	return w
}

func (w *flight) free() {
	for _, v := range []device.Vector{w.x, w.g, w.spare, w.values, w.norms, w.made, w.places} {
		w.dev.Free(v)
	}
}

// rows is the first m rows of v.
func (w *flight) rows(v device.Vector, m int) device.Vector { return v.Slice(0, m*w.d.Dim) }

// begin puts the next runs in the rows that are free. It is false when no run
// is left.
func (w *flight) begin() bool {
	d, begun, busy := w.d, w.d.Len(), len(w.runs)
	fresh := min(w.most-busy, w.n-begun)
	starts := make([]float64, fresh*d.Dim)
	for k := range fresh {
		w.start(begun+k, starts[k*d.Dim:(k+1)*d.Dim])
		w.runs = append(w.runs, begun+k)
		w.age = append(w.age, 0)
	}
	d.Points = append(d.Points, starts...)
	d.Energies = append(d.Energies, make([]float64, fresh)...)
	d.Slopes = append(d.Slopes, make([]float64, fresh)...)
	d.Steps = append(d.Steps, make([]int, fresh)...)
	d.Status = append(d.Status, make([]Status, fresh)...)
	w.dev.Upload(w.x.Slice(busy*d.Dim, (busy+fresh)*d.Dim), device.Of(starts))
	return len(w.runs) > 0
}

// start writes where a run starts.
func (w *flight) start(run int, x []float64) {
	if w.o.Starts != nil {
		copy(x, w.o.Starts[run*len(x):])
		return
	}
	randomStart(w.o.Seed, w.o.First+run, w.d.radius, x)
}

// step makes some steps of all rows. Between two looks at which have arrived
// those stay where they are, so that looking seldom changes nothing but the
// time; no run is asked for more steps than it may make.
func (w *flight) step() {
	const unseen = 10
	m, k := len(w.runs), int32(unseen)
	for _, a := range w.age {
		k = min(k, int32(w.o.MaxSteps)-a)
	}
	made := w.made.Slice(0, m)
	w.dev.Upload(made, device.Of(w.age))
	x, g, values, norms := w.rows(w.x, m), w.rows(w.g, m), w.values.Slice(0, m), w.norms.Slice(0, m)
	for range k {
		w.f.Gradients(x, values, g)
		w.dev.SphereSteps(w.d.Dim, m, w.d.radius, w.o.Rate, w.o.Tolerance, x, g, norms, made)
	}
	for r := range w.age {
		w.age[r] += k
	}
	w.steps += int(k)
}

// note tells the means of energy and slope over all runs that have begun and not
// diverged; those in work are where they were a step ago.
func (w *flight) note(loop *run.Loop) {
	m, d := len(w.runs), w.d
	energies, slopes := slices.Clone(d.Energies), slices.Clone(d.Slopes)
	values, norms := device.Read[float64](w.values.Slice(0, m)), device.Read[float64](w.norms.Slice(0, m))
	for r, i := range w.runs {
		energies[i], slopes[i] = values[r], norms[r]
	}
	energy, slope, n := 0.0, 0.0, 0
	for i := range energies {
		if s := energies[i] + slopes[i]; !math.IsNaN(s) && !math.IsInf(s, 0) {
			energy, slope, n = energy+energies[i], slope+slopes[i], n+1
		}
	}
	if n > 0 {
		loop.Note("mean energy", w.steps, energy/float64(n))
		loop.Note("mean gradient norm", w.steps, slope/float64(n))
	}
}

// land takes the runs out that have ended and says how many.
func (w *flight) land() int {
	made := device.Read[int32](w.made.Slice(0, len(w.runs)))
	var ended, going []int32
	for r := range w.runs {
		d, i := w.d, w.runs[r]
		d.Steps[i] = int(made[r])
		switch {
		case made[r] < w.age[r]:
			d.Status[i] = Converged
		case d.Steps[i] == w.o.MaxSteps:
			d.Status[i] = Finished
		default:
			going = append(going, int32(r))
			continue
		}
		ended = append(ended, int32(r))
	}
	w.write(ended)
	w.keep(going)
	return len(ended)
}

// stop takes all runs out where they are.
func (w *flight) stop() {
	all := make([]int32, len(w.runs))
	for r, i := range w.runs {
		w.d.Steps[i], w.d.Status[i] = int(w.age[r]), Stopped
		all[r] = int32(r)
	}
	w.write(all)
	w.keep(nil)
}

// gather copies rows of x to the first of spare.
func (w *flight) gather(index []int32) device.Vector {
	places, to := w.places.Slice(0, len(index)), w.rows(w.spare, len(index))
	w.dev.Upload(places, device.Of(index))
	w.dev.Gather(w.d.Dim, w.rows(w.x, len(w.runs)), places, to)
	return to
}

// write notes where the runs of these rows are. What is known of energy and
// slope is that of a step ago where a run did not arrive, so both are asked for.
func (w *flight) write(index []int32) {
	m, d := len(index), w.d
	if m == 0 {
		return
	}
	x := w.gather(index)
	g, values, norms := w.rows(w.g, m), w.values.Slice(0, m), w.norms.Slice(0, m)
	w.f.Gradients(x, values, g)
	w.dev.SphereSteps(d.Dim, m, d.radius, 0, math.Inf(1), x, g, norms, w.made.Slice(0, m))
	points, energies, slopes := device.Read[float64](x), device.Read[float64](values), device.Read[float64](norms)
	for k, r := range index {
		i := w.runs[r]
		copy(d.Point(i), points[k*d.Dim:])
		d.Energies[i], d.Slopes[i] = energies[k], slopes[k]
		if s := energies[k] + slopes[k]; math.IsNaN(s) || math.IsInf(s, 0) {
			d.Status[i] = Diverged
		}
	}
}

// keep leaves these rows alone in work, in ascending order.
func (w *flight) keep(index []int32) {
	if len(index) == len(w.runs) {
		return
	}
	if len(index) > 0 {
		w.gather(index)
		w.x, w.spare = w.spare, w.x
	}
	for k, r := range index {
		w.runs[k], w.age[k] = w.runs[r], w.age[r]
	}
	w.runs, w.age = w.runs[:len(index)], w.age[:len(index)]
}
