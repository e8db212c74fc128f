package noneq

import (
	"context"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distuv"

	"glassy/lab/device"
	"glassy/lab/pde"
	"glassy/lab/run"
)

// Walk is a process on a grid of one axis or two: a Markov chain whose density obeys
//
//	ρ_t = -∇·J,  J = (b - β⁻¹∇·D)ρ - β⁻¹D∇ρ
//
// to second order in the steps of the grid. At each node the tensor D is written as
// Σ_k λ_k a_k a_kᵀ with steps a_k to other nodes and λ_k ≥ 0, two in general position
// and one more (Selling's formula, as in Fehrenbach & Mirebeau 2014); along each such
// step the flux is that of Scharfetter and Gummel,
//
//	F = β⁻¹λ[B(-δ)ρ(x) - B(δ)ρ(x+a)],  δ = β∫ D⁻¹(b - β⁻¹∇·D)·dl,  B(z) = z/(e^z-1),
//
// with the integral by Simpson's rule. However D is turned, all rates are positive:
// densities stay positive and mass is kept. Where b is -D∇Φ + β⁻¹∇·D, with Φ of
// fourth degree or less and D constant, e^(-βΦ) at the nodes is stationary exactly.
//
// Nothing flows out at reflecting ends. D may be singular along an axis, whose drift
// is then upwinded, of first order.
type Walk struct {
	Process Process
	Grid    pde.Grid
	edges   []edge
	offsets [][2]int // in nodes, of each axis
	// Of each node: its neighbours, with the rates from there and to there.
	start     []int
	neighbour []int32
	in, out   []float64
	exit      []float64 // the sum of the rates to elsewhere
}

// An edge is two neighbouring nodes, the second an offset further, and the rates.
type edge struct {
	from, to int32
	offset   int
	ahead    float64 // from → to
	back     float64
}

// NewWalk is the process on a grid. It is an error when the drift or D is not finite
// somewhere, when D has an eigenvalue below 0, and when it is so anisotropic, in a
// direction between the axes, that the steps along its long axis leave the grid.
func NewWalk(p Process, g pde.Grid) (*Walk, error) {
	p.check("NewWalk")
	if len(g) != p.Dim {
		panic(fmt.Sprintf("noneq: NewWalk: a process in %d dimensions on a grid of %d axes, expected as many", p.Dim, len(g)))
	}
	for _, a := range g {
		if a.Boundary == pde.Open {
			panic("noneq: NewWalk: an axis is open, expected reflecting or periodic")
		}
	}
	w := &Walk{Process: p, Grid: g, exit: make([]float64, g.Nodes())}
	n := g.Nodes()
	force := make([]float64, n*p.Dim) // D⁻¹(b - β⁻¹∇·D)
	const few = 3                     // parts of most nodes
	parts, memory := make([][]part, n), make([]part, n*few)
	for i := range parts {
		parts[i] = memory[i*few : i*few : (i+1)*few]
	}
	x, D := make([]float64, p.Dim), mat.NewSymDense(p.Dim, nil)
	here, flat := make([]part, 0, few), make([]float64, p.Dim*p.Dim)
	for i := range n {
		g.At(i, x)
		if err := w.tensor(x, flat, D); err != nil {
			return nil, err
		}
		if err := w.pull(x, D, force[i*p.Dim:(i+1)*p.Dim]); err != nil {
			return nil, err
		}
		var err error
		if here, err = w.decompose(x, D, here[:0]); err != nil {
			return nil, err
		}
		// Half of each part is the node's own, the other half that of the far end.
		for _, c := range here {
			if _, ok := w.beyond(i, w.offsets[c.offset], 1); ok {
				parts[i] = add(parts[i], c)
			}
			if j, ok := w.beyond(i, w.offsets[c.offset], -1); ok {
				parts[j] = add(parts[j], c)
			}
		}
	}
	middle, there := make([]float64, p.Dim), make([]float64, p.Dim)
	total := 0
	for _, here := range parts {
		total += len(here)
	}
	w.edges = make([]edge, 0, total)
	for i := range n {
		g.At(i, x)
		for _, c := range parts[i] {
			o := w.offsets[c.offset]
			j, _ := w.beyond(i, o, 1)
			for k, a := range g {
				middle[k] = x[k] + float64(o[k])*a.Step()/2
			}
			if err := w.tensor(middle, flat, D); err != nil {
				return nil, err
			}
			if err := w.pull(middle, D, there); err != nil {
				return nil, err
			}
			δ, noise := 0.0, 0.0
			for k, a := range g {
				noise += D.At(k, k) / (a.Step() * a.Step())
				mean := (force[i*p.Dim+k] + 4*there[k] + force[j*p.Dim+k]) / 6
				δ += p.Beta * mean * float64(o[k]) * a.Step()
			}
			if c.λ < 10*least*noise && math.Abs(δ) < 1 {
				continue // neither noise nor drift, but for what tensor adds
			}
			e := edge{from: int32(i), to: int32(j), offset: c.offset, ahead: c.λ / p.Beta * pde.Bernoulli(-δ), back: c.λ / p.Beta * pde.Bernoulli(δ)}
			w.edges = append(w.edges, e)
			w.exit[i] += e.ahead
			w.exit[j] += e.back
		}
	}
	w.join()
	return w, nil
}

// A part is λ a aᵀ of a tensor, a being an offset by its number.
type part struct {
	offset int
	λ      float64
}

// add adds half of c to the part of the same offset.
func add(parts []part, c part) []part {
	for i := range parts {
		if parts[i].offset == c.offset {
			parts[i].λ += c.λ / 2
			return parts
		}
	}
	return append(parts, part{c.offset, c.λ / 2})
}

// least is the part of its trace that an eigenvalue of D has at least in the scheme,
// so that a drift along which there is no noise is upwinded: B(-δ)λ → its rate.
const least = 1e-10

// tensor writes D(x), of eigenvalues above 0, to D, and as the process gives it to flat.
func (w *Walk) tensor(x, flat []float64, D *mat.SymDense) error {
	w.Process.diffusion(x, flat)
	if !finite(flat) {
		return fmt.Errorf("noneq: D is %v at %v, expected finite numbers", flat, x)
	}
	if err := semidefinite(D, flat); err != nil {
		return fmt.Errorf("noneq: D at %v: %w", x, err)
	}
	floor := least * mat.Trace(D)
	switch lowest := lowestEigenvalue(D); {
	case floor == 0:
		return fmt.Errorf("noneq: D is 0 at %v, expected noise in some direction", x)
	case lowest < floor:
		for i := range w.Process.Dim {
			D.SetSym(i, i, D.At(i, i)+floor-min(lowest, 0))
		}
	}
	return nil
}

// pull writes D⁻¹(b - β⁻¹∇·D) at x.
func (w *Walk) pull(x []float64, D *mat.SymDense, out []float64) error {
	w.Process.Force(x, out)
	if !finite(out) {
		return fmt.Errorf("noneq: the drift is %v at %v, expected finite numbers", out, x)
	}
	if len(out) == 1 {
		out[0] /= D.At(0, 0)
		return nil
	}
	a, b, c := D.At(0, 0), D.At(0, 1), D.At(1, 1)
	det := a*c - b*b
	out[0], out[1] = (c*out[0]-b*out[1])/det, (a*out[1]-b*out[0])/det
	return nil
}

// decompose appends to parts D = Σ λ a aᵀ over steps of the grid, by Selling's formula: a basis of
// the lattice and minus its sum, v₀+v₁+v₂ = 0, is changed until no product v_iᵀDv_j is
// above 0; the weights are minus these products, the steps perpendicular to the third.
func (w *Walk) decompose(x []float64, D *mat.SymDense, parts []part) ([]part, error) {
	h := w.Grid[0].Step()
	if len(w.Grid) == 1 {
		return append(parts, part{w.number([2]int{1, 0}), D.At(0, 0) / (h * h)}), nil
	}
	k := w.Grid[1].Step()
	a, b, c := D.At(0, 0)/(h*h), D.At(0, 1)/(h*k), D.At(1, 1)/(k*k)
	dot := func(u, v [2]int) float64 {
		return a*float64(u[0]*v[0]) + b*float64(u[0]*v[1]+u[1]*v[0]) + c*float64(u[1]*v[1])
	}
	v := [3][2]int{{1, 0}, {0, 1}, {-1, -1}}
	tolerance := 1e-13 * (a + c)
	for changed := true; changed; {
		changed = false
		for i := range 3 {
			p, q := v[(i+1)%3], v[(i+2)%3]
			if dot(p, q) > tolerance { // -p, q and p-q have smaller products
				v = [3][2]int{{-p[0], -p[1]}, q, {p[0] - q[0], p[1] - q[1]}}
				changed = true
				break
			}
		}
		for _, u := range v {
			if abs(u[0]) >= w.Grid[1].Nodes || abs(u[1]) >= w.Grid[0].Nodes {
				return nil, fmt.Errorf("noneq: D at %v, %.4g, is too anisotropic for the grid: its steps would leave it; turn the axes into those of D, or take more nodes", x, mat.Formatted(D, mat.FormatPython()))
			}
		}
	}
	for i := range 3 {
		λ := -dot(v[(i+1)%3], v[(i+2)%3])
		if λ <= tolerance {
			continue
		}
		o := [2]int{-v[i][1], v[i][0]}
		if o[0] < 0 || o[0] == 0 && o[1] < 0 {
			o = [2]int{-o[0], -o[1]}
		}
		parts = append(parts, part{w.number(o), λ})
	}
	return parts, nil
}

// number is the place of an offset in the list of them.
func (w *Walk) number(o [2]int) int {
	if i := slices.Index(w.offsets, o); i >= 0 {
		return i
	}
	w.offsets = append(w.offsets, o)
	return len(w.offsets) - 1
}

// beyond is the node an offset further than node i, or that many before it, and
// whether there is one.
func (w *Walk) beyond(i int, o [2]int, sign int) (int, bool) {
	node, stride := 0, 1
	for k := len(w.Grid) - 1; k >= 0; k-- {
		a := w.Grid[k]
		at := i%a.Nodes + sign*o[k]
		i /= a.Nodes
		if a.Boundary == pde.Periodic {
			at = ((at % a.Nodes) + a.Nodes) % a.Nodes
		} else if at < 0 || at >= a.Nodes {
			return 0, false
		}
		node += at * stride
		stride *= a.Nodes
	}
	return node, true
}

// join makes the lists of neighbours out of the edges.
func (w *Walk) join() {
	n := w.Grid.Nodes()
	w.start = make([]int, n+1)
	for _, e := range w.edges {
		w.start[e.from+1]++
		w.start[e.to+1]++
	}
	for i := range n {
		w.start[i+1] += w.start[i]
	}
	at := slices.Clone(w.start)
	w.neighbour, w.in, w.out = make([]int32, len(w.edges)*2), make([]float64, len(w.edges)*2), make([]float64, len(w.edges)*2)
	put := func(i, j int32, in, out float64) {
		w.neighbour[at[i]], w.in[at[i]], w.out[at[i]] = j, in, out
		at[i]++
	}
	for _, e := range w.edges {
		put(e.from, e.to, e.back, e.ahead)
		put(e.to, e.from, e.ahead, e.back)
	}
}

// generate writes Lᵀρ, the rate at which a density changes, or Lv, that of the mean
// of a function v, to out.
func (w *Walk) generate(v, out []float64, backward bool) {
	rates := w.in
	if backward {
		rates = w.out
	}
	const together = 4096
	run.Share(0, (len(v)+together-1)/together, func(_, k int) {
		for i := k * together; i < min(len(v), (k+1)*together); i++ {
			sum := -w.exit[i] * v[i]
			for e := w.start[i]; e < w.start[i+1]; e++ {
				sum += rates[e] * v[w.neighbour[e]]
			}
			out[i] = sum
		}
	})
}

// Rate is ∂ρ/∂t = -∇·J of a density.
func (w *Walk) Rate(ρ *pde.Field) *pde.Field {
	out := w.like("Rate", ρ)
	w.generate(ρ.Values, out.Values, false)
	return out
}

// like is a new field on the grid; it panics where f is not on it.
func (w *Walk) like(what string, f *pde.Field) *pde.Field {
	if len(f.Values) != w.Grid.Nodes() {
		panic(fmt.Sprintf("noneq: %s: a function on %d nodes, expected the process's %d", what, len(f.Values), w.Grid.Nodes()))
	}
	return &pde.Field{Grid: w.Grid, Values: make([]float64, len(f.Values))}
}

// Evolve is the density ρ after a time, and the time reached: less where the context
// was done before. In time it is exact to rounding: e^(Lt) = Σ_k P_k (I + L/Λ)^k with
// Poisson's probabilities of mean Λt, Λ the highest rate out of a node; all terms are
// positive and keep mass. The work is Λt steps of the chain, Λ of the order of
// 4D/βh².
func (w *Walk) Evolve(ctx context.Context, ρ *pde.Field, time float64) (*pde.Field, float64) {
	return w.march(ctx, "Evolve", ρ, time, false)
}

// Backward is E v(X_time) for the start X_0 = x: Kolmogorov's backward equation.
func (w *Walk) Backward(ctx context.Context, v *pde.Field, time float64) (*pde.Field, float64) {
	return w.march(ctx, "Backward", v, time, true)
}

func (w *Walk) march(ctx context.Context, what string, v *pde.Field, time float64, backward bool) (*pde.Field, float64) {
	if !(time >= 0) || math.IsInf(time, 0) {
		panic(fmt.Sprintf("noneq: %s: time is %v, expected a finite number of at least 0", what, time))
	}
	out := w.like(what, v)
	copy(out.Values, v.Values)
	Λ := floats.Max(w.exit)
	if time == 0 || Λ == 0 {
		return out, time
	}
	const most = 400 // jumps at a time
	parts := int(math.Ceil(Λ * time / most))
	mean := Λ * time / float64(parts)
	// Poisson's probabilities, up to where no more than 1e-17 is left.
	last := int(mean + 9*math.Sqrt(mean) + 20)
	weight := make([]float64, last+1)
	for k := range weight {
		weight[k] = distuv.Poisson{Lambda: mean}.Prob(float64(k))
	}
	floats.Scale(1/floats.Sum(weight), weight)
	width, columns, values := w.chain(Λ, backward)
	n, calls := len(out.Values), 2*parts*last
	dev := device.For(device.Work{Type: device.Float64, Calls: calls, Bytes: float64(calls/2) * float64(n) * float64(20*width+32)})
	A, index := device.Put(dev, device.Float64, values), device.Put(dev, device.Int32, columns)
	sum, power, next := device.Put(dev, device.Float64, out.Values), dev.New(device.Float64, n), dev.New(device.Float64, n)
	loop := run.Start(ctx, "Fokker-Planck", parts)
	for range loop.Steps() {
		dev.Copy(power, sum)
		dev.Scale(weight[0], sum)
		for k := 1; k <= last; k++ {
			dev.SparseProduct(width, index, A, power, next)
			power, next = next, power
			if weight[k] > 1e-18 {
				dev.Axpy(weight[k], power, sum)
			}
		}
	}
	dev.Download(device.Of(out.Values), sum)
	for _, v := range []device.Vector{A, index, sum, power, next} {
		dev.Free(v)
	}
	return out, time * float64(loop.Done()) / float64(parts)
}

// chain is I + L/Λ, or its transpose, as [device.Grids] has sparse matrices: one jump of the
// chain that the walk is when it jumps, or stays, at the rate Λ. No number is below 0.
func (w *Walk) chain(Λ float64, backward bool) (width int, columns []int32, values []float64) {
	rates, n := w.in, len(w.exit)
	if backward {
		rates = w.out
	}
	for i := range n {
		width = max(width, 1+w.start[i+1]-w.start[i])
	}
	columns, values = make([]int32, width*n), make([]float64, width*n)
	for i := range n {
		values[i] = 1 - w.exit[i]/Λ
		for k := range width {
			columns[k*n+i] = int32(i)
		}
		for k, e := n+i, w.start[i]; e < w.start[i+1]; k, e = k+n, e+1 {
			columns[k], values[k] = w.neighbour[e], rates[e]/Λ
		}
	}
	return width, columns, values
}

// FreeEnergy is β⁻¹ KL(ρ‖σ), (6.29), of a density beside the stationary one.
func (w *Walk) FreeEnergy(ρ, σ *pde.Field) float64 {
	w.like("FreeEnergy", ρ)
	w.like("FreeEnergy", σ)
	sum := 0.0
	for i, v := range ρ.Values {
		if v > 0 {
			// The terms are ρ log(ρ/σ) - ρ + σ ≥ 0, which do not cancel.
			sum += v*math.Log(v/σ.Values[i]) - v
		}
		sum += σ.Values[i]
	}
	return sum * w.Grid.Cell() / w.Process.Beta
}

func finite(x []float64) bool {
	for _, v := range x {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return false
		}
	}
	return true
}

func abs(i int) int { return max(i, -i) }
