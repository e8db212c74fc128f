package lab_test

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"glassy/lab/device"
	"glassy/lab/landscape"
	"glassy/lab/optim"
)

func init() {
	for name, compute := range map[string]func(in inputs) any{
		"ch2.anneal":                     annealOracle,
		"ch2.trivialized_sgd_trajectory": trivializedOracle,
		"ch3.entropy_sgd_trajectory":     algorithm2Oracle,
		"ch3.scoping": func(in inputs) any {
			return optim.Exponential(in.number("gamma0"), in.number("gamma1"))(optim.Clock{Update: in.integer("t")})
		},
		"ch4.hj_trajectory":           hjOracle,
		"ch4.entropy_sgd_trajectory":  entropyOracle,
		"ch4.heat_trajectory":         heatOracle,
		"ch5.elastic_trajectory":      elasticOracle,
		"ch5.parle_trajectory":        parleOracle,
		"ch5.schedule":                scheduleOracle,
		"ch5.elastic_minimiser":       elasticMinimiserOracle,
		"ch5.parle_objective":         parleObjectiveOracle,
		"ch5.elastic_spectral_radius": spectralRadiusOracle,
		"ch5.aligned_overlap":         overlapOracle,
	} {
		implemented[name] = compute
	}
}

// or is the number at key, or v where there is none.
func (in inputs) or(key string, v float64) float64 {
	if _, ok := in[key]; !ok {
		return v
	}
	return in.number(key)
}

// list is the numbers of a value of any nesting, in order.
func list(v any) (out []float64) {
	switch v := v.(type) {
	case nil:
	case float64:
		out = append(out, v)
	case []any:
		for _, w := range v {
			out = append(out, list(w)...)
		}
	default:
		panic(fmt.Sprintf("%v is no list of numbers", v))
	}
	return out
}

func lists(v any) (out [][]float64) {
	for _, w := range v.([]any) {
		out = append(out, list(w))
	}
	return out
}

// A replay is a device on which normal numbers are those of a list: an oracle's
// noise. Its memory is another device's and not the host's, so that it also
// shows that the optimiser keeps to the device.
type replay struct {
	device.Device
	normals []float64
}

func (d *replay) wrap(v device.Vector) device.Vector {
	return device.Foreign(d, v.DType(), v, 0, v.Len())
}

func (d *replay) unwrap(v device.Vector) device.Vector {
	if v.Len() == 0 {
		return device.Vector{}
	}
	mem, offset := v.Memory()
	return mem.(device.Vector).Slice(offset, offset+v.Len())
}

func (d *replay) next(n int) []float64 {
	if len(d.normals) < n {
		panic(fmt.Sprintf("the noise has %d numbers left, expected %d", len(d.normals), n))
	}
	x := d.normals[:n]
	d.normals = d.normals[n:]
	return x
}

func (d *replay) New(t device.DType, n int) device.Vector { return d.wrap(d.Device.New(t, n)) }
func (d *replay) Upload(dst, host device.Vector)          { d.Device.Upload(d.unwrap(dst), host) }
func (d *replay) Download(host, src device.Vector)        { d.Device.Download(host, d.unwrap(src)) }
func (d *replay) Fill(x device.Vector, a float64)         { d.Device.Fill(d.unwrap(x), a) }
func (d *replay) Copy(dst, src device.Vector)             { d.Device.Copy(d.unwrap(dst), d.unwrap(src)) }
func (d *replay) Scale(a float64, x device.Vector)        { d.Device.Scale(a, d.unwrap(x)) }
func (d *replay) Axpy(a float64, x, y device.Vector)      { d.Device.Axpy(a, d.unwrap(x), d.unwrap(y)) }
func (d *replay) Dot(x, y device.Vector) float64          { return d.Device.Dot(d.unwrap(x), d.unwrap(y)) }
func (d *replay) Axpby(a float64, x device.Vector, b float64, y device.Vector) {
	d.Device.Axpby(a, d.unwrap(x), b, d.unwrap(y))
}

func (d *replay) Normal(_, _ uint64, mean, sd float64, dst device.Vector) {
	x := d.unwrap(dst)
	d.Device.Upload(x, device.Of(d.next(x.Len())))
	d.Device.Scale(sd, x)
	if mean != 0 {
		panic("replay: a mean that is not 0")
	}
}

func (d *replay) Update(s device.Step, w, v, grad, anchor, field device.Vector) {
	x := d.unwrap(w)
	noise := s.Noise
	s.Noise = 0
	d.Device.Update(s, x, d.unwrap(v), d.unwrap(grad), d.unwrap(anchor), d.unwrap(field))
	if noise != 0 {
		d.Device.Axpy(noise, device.Of(d.next(x.Len())), x)
	}
}

// energies is f_0 … f_{n-1} as a landscape with n data on a replay device: slope
// writes ∇f_k.
type energies struct {
	dev   *replay
	n, d  int
	slope func(k int, x, g []float64)
}

func (e *energies) Dim() int                            { return e.d }
func (e *energies) Samples() int                        { return e.n }
func (e *energies) New() device.Vector                  { return e.dev.New(device.Float64, e.d) }
func (e *energies) Copy() landscape.Landscape           { return e }
func (e *energies) Value(x device.Vector) float64       { panic("no value") }
func (e *energies) Gradient(x, g device.Vector) float64 { panic("no full gradient") }

func (e *energies) BatchGradient(x device.Vector, b landscape.Batch, g device.Vector) float64 {
	if len(b.Index) != 1 {
		panic(fmt.Sprintf("a batch of %d, expected 1", len(b.Index)))
	}
	slope := make([]float64, e.d)
	e.slope(b.Index[0], device.Read[float64](x), slope)
	e.dev.Upload(g, device.Of(slope))
	return 0
}

func (e *energies) at(x []float64) device.Vector { return device.Put(e.dev, device.Float64, x) }

// quadratics is ½(x-c)ᵀA(x-c) for each A; noise is what the device replays.
func quadratics(A []*mat.SymDense, c [][]float64, noise any) *energies {
	d := A[0].SymmetricDim()
	return &energies{dev: &replay{device.CPU(), list(noise)}, n: len(A), d: d, slope: func(k int, x, g []float64) {
		for i := range g {
			for j := range x {
				g[i] += A[k].At(i, j) * (x[j] - c[k][j])
			}
		}
	}}
}

// oneDimensional is the function of one variable that an oracle describes.
func oneDimensional(spec any, noise any) *energies {
	f := profile(spec)
	return &energies{dev: &replay{device.CPU(), list(noise)}, n: 1, d: 1, slope: func(_ int, x, g []float64) { _, g[0], _ = f.At(x[0]) }}
}

// symmetric is ½(A+Aᵀ), all that a quadratic sees of A.
func symmetric(v any) *mat.SymDense {
	rows := lists(v)
	s := mat.NewSymDense(len(rows), nil)
	for i, row := range rows {
		for j := range row {
			s.SetSym(i, j, (row[j]+rows[j][i])/2)
		}
	}
	return s
}

func symmetrics(v any) (out []*mat.SymDense) {
	for _, w := range v.([]any) {
		out = append(out, symmetric(w))
	}
	return out
}

var read1 = device.Read[float64]

func annealOracle(in inputs) any {
	n := in.number("n")
	τ, multiplier := optim.Annealing(n, in.number("tau0"), in.integer("i"))
	field := optim.AnnealedField(optim.CriticalField(in.number("J"), in.integer("p")), in.number("tau0"))
	return map[string]any{"tau": τ, "multiplier": multiplier, "nu": field(optim.Clock{Step: in.integer("i")})}
}

func trivializedOracle(in inputs) any {
	A := symmetric(in["A"])
	f := quadratics([]*mat.SymDense{A}, [][]float64{make([]float64, A.SymmetricDim())}, in["h"])
	// The oracle's field is h itself, so the critical strength is 1: J = 1/√3, p = 3.
	m := optim.Trivialized(optim.SGD(in.number("eta")), 1/math.Sqrt(3), 3, in.number("tau0"))
	p := optim.New(f, f.at(list(in["x0"])), m, optim.Options{Steps: 1})
	var out [][]float64
	for range in.integer("steps") {
		p.Step()
		out = append(out, read1(p.Weights()))
	}
	return out
}

func algorithm2Oracle(in inputs) any {
	f := quadratics([]*mat.SymDense{symmetric(in["A"])}, [][]float64{list(in["c"])}, in["noise"])
	m := optim.Method{
		Steps:       in.integer("L"),
		Inner:       optim.Rule{Rate: optim.Constant(in.number("eta"))},
		Scope:       optim.Constant(in.number("gamma")),
		Temperature: optim.Constant(in.or("beta_inv", 0)),
		Average:     in.number("alpha"),
		Outer:       optim.Rule{Rate: optim.Constant(in.number("eta_out") / in.number("gamma"))},
	}
	p := optim.New(f, f.at(list(in["x0"])), m, optim.Options{Steps: 1})
	var out []any
	for range in.integer("outer") {
		var inner []any
		for range m.Steps {
			p.Step()
			_, y, z := p.Replica(0)
			inner = append(inner, map[string]any{"y": read1(y), "z": read1(z)})
		}
		out = append(out, map[string]any{"inner": inner, "x": read1(p.Weights())})
	}
	return out
}

func hjOracle(in inputs) any {
	f := oneDimensional(in["f"], nil)
	m := optim.HJGradient(in.number("eta"))
	m.Steps = in.integer("L")
	m.Inner.Rate, m.Scope = optim.Constant(in.number("eta_y")), optim.Constant(in.number("gamma"))
	m.Outer.Momentum = 0
	p := optim.New(f, f.at([]float64{in.number("x0")}), m, optim.Options{Steps: 1})
	var out []any
	for range in.integer("steps") {
		before := read1(p.Weights())[0]
		p.Step()
		x, y, _ := p.Replica(0)
		// The oracle's y is x - y, before the update.
		out = append(out, map[string]any{"y": before - read1(y)[0], "x": read1(x)[0]})
	}
	return out
}

func entropyOracle(in inputs) any {
	f := oneDimensional(in["f"], in["noise"])
	m := optim.EntropySGD()
	m.Steps, m.Average = in.integer("L"), in.number("alpha")
	m.Inner = optim.Rule{Rate: optim.Constant(in.number("eta_y"))}
	m.Scope, m.Temperature = optim.Constant(in.number("gamma")), optim.Constant(in.or("beta_ex_inv", 0))
	m.Outer = optim.Rule{Rate: optim.Constant(in.number("eta")).Over(m.Scope)}
	p := optim.New(f, f.at([]float64{in.number("x0")}), m, optim.Options{Steps: 1})
	var out []any
	for range in.integer("steps") {
		p.Step()
		x, y, z := p.Replica(0)
		out = append(out, map[string]any{"y": read1(y)[0], "z": read1(z)[0], "x": read1(x)[0]})
	}
	return out
}

func heatOracle(in inputs) any {
	xi := lists(in["xi"])
	f := oneDimensional(in["f"], in["xi"])
	m := optim.HEAT(in.number("eta"), in.number("gamma")/in.or("beta", 1))
	m.Spread = optim.Constant(in.number("gamma") / in.or("beta", 1)).Sqrt()
	m.Points = len(xi[0])
	p := optim.New(f, f.at([]float64{in.number("x0")}), m, optim.Options{Steps: 1})
	var out []float64
	for range xi {
		p.Step()
		out = append(out, read1(p.Weights())[0])
	}
	return out
}

// replicated starts a method with one replica for each quadratic.
func replicated(in inputs, m optim.Method) *optim.Optimizer {
	f := quadratics(symmetrics(in["A"]), lists(in["c"]), nil)
	o := optim.Options{Steps: 1}
	for a, x := range lists(in["xa0"]) {
		o.Starts = append(o.Starts, f.at(x))
		o.Subsets = append(o.Subsets, []int{a})
	}
	return optim.New(f, f.at(list(in["x0"])), m, o)
}

func elasticOracle(in inputs) any {
	n := len(lists(in["xa0"]))
	ρ := in.number("rho")
	m := optim.ElasticSGD(in.number("eta"), n)
	m.Inner.Momentum = in.or("momentum", 0)
	m.Coupling = optim.Constant(ρ)
	m.Master = optim.Constant(in.number("eta_master") * float64(n) / ρ)
	m.GaussSeidel = in["gauss_seidel"] == true
	p := replicated(in, m)
	var out []any
	for range in.integer("steps") {
		p.Step()
		xa := make([][]float64, n)
		for a := range xa {
			x, _, _ := p.Replica(a)
			xa[a] = read1(x)
		}
		out = append(out, map[string]any{"xa": xa, "x": read1(p.Weights())})
	}
	return out
}

func parleOracle(in inputs) any {
	n := len(lists(in["xa0"]))
	η := in.number("eta")
	m := optim.Parle(η, n)
	m.Steps, m.Average = in.integer("L"), in.number("alpha")
	m.Inner.Rate = optim.Constant(in.number("eta0"))
	m.Inner.Momentum, m.Outer.Momentum = in.or("momentum", 0), in.or("momentum", 0)
	m.GaussSeidel = in["gauss_seidel"] == true

	// (5.10), unless γ or ρ is given.
	scoping := func(fixed, start string, low float64) optim.Schedule {
		if in[fixed] != nil {
			return optim.Constant(in.number(fixed))
		}
		return func(t optim.Clock) float64 {
			t.Batches = in.integer("B") // the quadratics are not the data set that it counts
			return optim.Scoping(in.number(start), low)(t)
		}
	}
	m.Scope, m.Coupling = scoping("gamma", "gamma0", 1), scoping("rho", "rho0", 0.1)
	m.CouplingRate = optim.Constant(in.or("eta2", η))
	if in["eta1"] != nil {
		m.Outer.Rate = optim.Constant(in.number("eta1")).Over(m.Scope)
	}
	if in["eta3"] != nil {
		m.Master = optim.Constant(in.number("eta3") * float64(n)).Over(m.Coupling)
	}
	p := replicated(in, m)
	var out []any
	for range in.integer("steps") {
		t := p.Clock()
		p.Step()
		var ys, zs, xs [][]float64
		for a := range n {
			x, y, z := p.Replica(a)
			xs, ys, zs = append(xs, read1(x)), append(ys, read1(y)), append(zs, read1(z))
		}
		out = append(out, map[string]any{"y": ys, "z": zs, "xa": xs, "x": read1(p.Weights()), "gamma": m.Scope(t), "rho": m.Coupling(t)})
	}
	return out
}

func scheduleOracle(in inputs) any {
	k := in.integer("k")
	t := optim.Clock{Step: k, Update: k / in.integer("L"), Batches: in.integer("B")}
	return map[string]any{"gamma": optim.Scoping(in.number("gamma0"), 1)(t), "rho": optim.Scoping(in.number("rho0"), 0.1)(t)}
}

func quadraticEnergies(in inputs) (out []optim.QuadraticEnergy) {
	c := lists(in["c"])
	for a, A := range symmetrics(in["A"]) {
		out = append(out, optim.QuadraticEnergy{A: A, C: c[a]})
	}
	return out
}

func elasticMinimiserOracle(in inputs) any {
	x, xa, err := optim.ElasticMinimiser(quadraticEnergies(in), in.number("rho"))
	if err != nil {
		panic(err)
	}
	return map[string]any{"x": x, "xa": xa}
}

func parleObjectiveOracle(in inputs) any {
	v, err := optim.ParleObjective(quadraticEnergies(in), lists(in["xa"]), list(in["x"]), in.number("gamma"), in.number("rho"))
	if err != nil {
		panic(err)
	}
	return v
}

func spectralRadiusOracle(in inputs) any {
	return optim.ElasticSpectralRadius(in.number("a"), in.integer("n"), in.number("eta"), in.number("eta_master"), in.number("rho"))
}

func overlapOracle(in inputs) any {
	var raw, aligned [][]float64
	var perms [][]int
	var filters int
	for _, w := range in["W"].([]any) {
		filters = len(lists(w))
		raw = append(raw, list(w))
	}
	// A second layer that is never matched, so that the first is.
	network := func(w []float64) []optim.Layer {
		return []optim.Layer{{Filters: filters, Weights: w}, {Filters: 1, Weights: make([]float64, filters)}}
	}
	for _, w := range raw {
		perms = append(perms, optim.MatchFilters(raw[0], w, filters))
		aligned = append(aligned, optim.Align(network(raw[0]), network(w))[0].Weights)
	}
	overlaps := func(w [][]float64) (out [][]float64) {
		for _, a := range w {
			var row []float64
			for _, b := range w {
				row = append(row, optim.Overlap(a, b))
			}
			out = append(out, row)
		}
		return out
	}
	return map[string]any{"raw": overlaps(raw), "aligned": overlaps(aligned), "perms": perms}
}
