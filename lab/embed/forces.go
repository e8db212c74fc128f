package embed

import (
	"math"

	"glassy/lab/device"
)

// Forces are the gradient of KL(P‖Q) by the points of a map, and KL itself, which
// is Σ p log p + Σ p log(1+|y_i-y_j|²) + log Z with Z = Σ 1/(1+|y_i-y_j|²), all
// over i ≠ j. A quarter of the gradient is
//
//	Σ_j p_ij q_ij (y_i-y_j) - Σ_j q_ij² (y_i-y_j)/Z,  q_ij = 1/(1+|y_i-y_j|²)
//
// of which the first sum, the attraction, is over the pairs of P alone.
type forces interface {
	// gradient writes a quarter of the gradient, with the attraction multiplied by
	// exaggeration.
	gradient(exaggeration float64, y, g []float64)
	// divergence is KL, by the same sums as the gradient, without exaggeration.
	divergence(y []float64) float64
}

// Fewer points than few are as fast pair by pair on a processor, and more than
// many on its grid as on a GPU.
const (
	few  = 500
	many = 100_000
)

// newForces is the faster of the two ways, where the options leave the choice.
func newForces(a *affinity, n int, o Options) forces {
	gpu := o.Device.Name() != "cpu"
	if o.Exact || n <= few || gpu && n <= many {
		return newExact(o.Device, a)
	}
	return newMesh(o.host(), a)
}

// An exact takes all pairs, n² of them, on a device.
type exact struct {
	dev                  device.Device
	n                    int
	entropy              float64
	rows, columns, p     device.Vector
	y, pull, push, z, at device.Vector
}

func newExact(dev device.Device, a *affinity) *exact {
	rows, columns, p := a.whole()
	n := len(rows) - 1
	zeros := func(n int) device.Vector { return dev.New(device.Float64, n) }
	return &exact{dev: dev, n: n, entropy: a.entropy(),
		rows:    device.Put(dev, device.Int32, rows),
		columns: device.Put(dev, device.Int32, columns),
		p:       device.Put(dev, device.Float64, p),
		y:       zeros(2 * n), pull: zeros(2 * n), push: zeros(2 * n), z: zeros(n), at: zeros(n)}
}

func (f *exact) gradient(exaggeration float64, y, g []float64) {
	f.dev.Upload(f.y, device.Of(y))
	f.dev.Repulsion(f.n, f.y, f.push, f.z)
	f.dev.Attraction(f.n, f.rows, f.columns, f.p, f.y, f.pull, device.Vector{})
	f.dev.Axpby(-1/f.dev.Sum(f.z), f.push, exaggeration, f.pull)
	f.dev.Download(device.Of(g), f.pull)
}

func (f *exact) divergence(y []float64) float64 {
	f.dev.Upload(f.y, device.Of(y))
	f.dev.Repulsion(f.n, f.y, f.push, f.z)
	f.dev.Attraction(f.n, f.rows, f.columns, f.p, f.y, f.pull, f.at)
	return f.dev.Sum(f.at) + math.Log(f.dev.Sum(f.z)) - f.entropy
}

// A mesh reads the repulsion off a grid, on the processor.
type mesh struct {
	grid    *grid
	pairs   *affinity
	entropy float64
	cuts    []int       // the rows where each piece of the pairs begins, and the end
	pulls   [][]float64 // of each piece
}

// pieces is in how many parts work is cut whose results are added up.
const pieces = 8

func newMesh(dev device.Device, a *affinity) *mesh {
	f := &mesh{grid: &grid{dev: dev}, pairs: a, entropy: a.entropy(), cuts: make([]int, pieces+1), pulls: make([][]float64, pieces)}
	n := len(a.rows) - 1
	for c := range f.pulls {
		f.pulls[c] = make([]float64, 2*n)
	}
	for i, at := range a.rows[1:] { // pieces of about as many pairs
		f.cuts[min(pieces, 1+int(at)*pieces/max(1, len(a.p)))] = i + 1
	}
	for c := range pieces {
		f.cuts[c+1] = max(f.cuts[c], f.cuts[c+1])
	}
	f.cuts[pieces] = n
	return f
}

func (f *mesh) gradient(exaggeration float64, y, g []float64) {
	n := len(y) / 2
	// ∇ 1/(1+r²) = -2 q² (y_i-y_j), and a point's potential on itself is 1.
	z := f.grid.potential(y, g) - float64(n)
	f.attract(y)
	split(n, 4096, func(from, to int) {
		for c := 2 * from; c < 2*to; c++ {
			pull := 0.
			for _, p := range f.pulls {
				pull += p[c]
			}
			g[c] = exaggeration*pull + g[c]/(2*z)
		}
	})
}

// attract goes through the pairs, each of which pulls two points.
func (f *mesh) attract(y []float64) {
	chunks(pieces, func(c int) {
		pull := f.pulls[c]
		clear(pull)
		for i := f.cuts[c]; i < f.cuts[c+1]; i++ {
			u, v := y[2*i], y[2*i+1]
			var fu, fv float64
			columns := f.pairs.columns[f.pairs.rows[i]:f.pairs.rows[i+1]]
			p := f.pairs.p[f.pairs.rows[i]:f.pairs.rows[i+1]][:len(columns)]
			for e, j := range columns {
				other := y[2*j : 2*j+2 : 2*j+2]
				du, dv := u-other[0], v-other[1]
				q := p[e] / (1 + du*du + dv*dv)
				qu, qv := q*du, q*dv
				fu += qu
				fv += qv
				back := pull[2*j : 2*j+2 : 2*j+2]
				back[0] -= qu
				back[1] -= qv
			}
			pull[2*i] += fu
			pull[2*i+1] += fv
		}
	})
}

func (f *mesh) divergence(y []float64) float64 {
	z := f.grid.potential(y, f.pulls[0]) - float64(len(y)/2)
	var parts [pieces]float64
	chunks(pieces, func(c int) {
		for i := f.cuts[c]; i < f.cuts[c+1]; i++ {
			for e := f.pairs.rows[i]; e < f.pairs.rows[i+1]; e++ {
				j := f.pairs.columns[e]
				du, dv := y[2*i]-y[2*j], y[2*i+1]-y[2*j+1]
				parts[c] += 2 * f.pairs.p[e] * math.Log1p(du*du+dv*dv)
			}
		}
	})
	kl := math.Log(z) - f.entropy
	for _, p := range parts {
		kl += p
	}
	return kl
}
