package oracletest

import (
	"math"

	"gonum.org/v1/gonum/mat"

	"glassy/lab/device"
	"glassy/lab/optim"
)

func anneal(in inputs) any {
	n := in.number("n")
	τ, multiplier := optim.Annealing(n, in.number("tau0"), in.integer("i"))
	field := optim.AnnealedField(optim.CriticalField(in.number("J"), in.integer("p")), in.number("tau0"))
	return map[string]any{"tau": τ, "multiplier": multiplier, "nu": field(optim.Clock{Step: in.integer("i")})}
}

func trivializedSteps(dev device.Device, in inputs) any {
	A := symmetric(in["A"])
	f := quadratics(dev, []*mat.SymDense{A}, [][]float64{make([]float64, A.SymmetricDim())}, in["h"])
	// The oracle's field is h itself, so the critical strength is 1: J = 1/√3, p = 3.
	m := optim.Trivialized(optim.SGD(in.number("eta")), 1/math.Sqrt(3), 3, in.number("tau0"))
	p := optim.New(f, f.at(list(in["x0"])), m, optim.Options{Steps: 1})
	var out [][]float64
	for range in.integer("steps") {
		p.Step()
		out = append(out, read(p.Weights()))
	}
	return out
}

func algorithm2Steps(dev device.Device, in inputs) any {
	f := quadratics(dev, []*mat.SymDense{symmetric(in["A"])}, [][]float64{list(in["c"])}, in["noise"])
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
			inner = append(inner, map[string]any{"y": read(y), "z": read(z)})
		}
		out = append(out, map[string]any{"inner": inner, "x": read(p.Weights())})
	}
	return out
}

func hjSteps(dev device.Device, in inputs) any {
	f := oneDimensional(dev, in["f"], nil)
	m := optim.HJGradient(in.number("eta"))
	m.Steps = in.integer("L")
	m.Inner.Rate, m.Scope = optim.Constant(in.number("eta_y")), optim.Constant(in.number("gamma"))
	m.Outer.Momentum = 0
	p := optim.New(f, f.at([]float64{in.number("x0")}), m, optim.Options{Steps: 1})
	var out []any
	for range in.integer("steps") {
		before := read(p.Weights())[0]
		p.Step()
		x, y, _ := p.Replica(0)
		// The oracle's y is x - y, before the update.
		out = append(out, map[string]any{"y": before - read(y)[0], "x": read(x)[0]})
	}
	return out
}

func entropySteps(dev device.Device, in inputs) any {
	f := oneDimensional(dev, in["f"], in["noise"])
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
		out = append(out, map[string]any{"y": read(y)[0], "z": read(z)[0], "x": read(x)[0]})
	}
	return out
}

func heatSteps(dev device.Device, in inputs) any {
	xi := lists(in["xi"])
	f := oneDimensional(dev, in["f"], in["xi"])
	m := optim.HEAT(in.number("eta"), in.number("gamma")/in.or("beta", 1))
	m.Spread = optim.Constant(in.number("gamma") / in.or("beta", 1)).Sqrt()
	m.Points = len(xi[0])
	p := optim.New(f, f.at([]float64{in.number("x0")}), m, optim.Options{Steps: 1})
	var out []float64
	for range xi {
		p.Step()
		out = append(out, read(p.Weights())[0])
	}
	return out
}

// replicated starts a method with one replica for each quadratic.
func replicated(dev device.Device, in inputs, m optim.Method) *optim.Optimizer {
	f := quadratics(dev, symmetrics(in["A"]), lists(in["c"]), nil)
	o := optim.Options{Steps: 1}
	for a, x := range lists(in["xa0"]) {
		o.Starts = append(o.Starts, f.at(x))
		o.Subsets = append(o.Subsets, []int{a})
	}
	return optim.New(f, f.at(list(in["x0"])), m, o)
}

func elasticSteps(dev device.Device, in inputs) any {
	n := len(lists(in["xa0"]))
	ρ := in.number("rho")
	m := optim.ElasticSGD(in.number("eta"), n)
	m.Inner.Momentum = in.or("momentum", 0)
	m.Coupling = optim.Constant(ρ)
	m.Master = optim.Constant(in.number("eta_master") * float64(n) / ρ)
	m.GaussSeidel = in["gauss_seidel"] == true
	p := replicated(dev, in, m)
	var out []any
	for range in.integer("steps") {
		p.Step()
		xa := make([][]float64, n)
		for a := range xa {
			x, _, _ := p.Replica(a)
			xa[a] = read(x)
		}
		out = append(out, map[string]any{"xa": xa, "x": read(p.Weights())})
	}
	return out
}

func parleSteps(dev device.Device, in inputs) any {
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
	p := replicated(dev, in, m)
	var out []any
	for range in.integer("steps") {
		t := p.Clock()
		p.Step()
		var ys, zs, xs [][]float64
		for a := range n {
			x, y, z := p.Replica(a)
			xs, ys, zs = append(xs, read(x)), append(ys, read(y)), append(zs, read(z))
		}
		out = append(out, map[string]any{"y": ys, "z": zs, "xa": xs, "x": read(p.Weights()), "gamma": m.Scope(t), "rho": m.Coupling(t)})
	}
	return out
}

func schedule(in inputs) any {
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

func elasticMinimiser(in inputs) any {
	x, xa, err := optim.ElasticMinimiser(quadraticEnergies(in), in.number("rho"))
	if err != nil {
		panic(err)
	}
	return map[string]any{"x": x, "xa": xa}
}

func parleObjective(in inputs) any {
	v, err := optim.ParleObjective(quadraticEnergies(in), lists(in["xa"]), list(in["x"]), in.number("gamma"), in.number("rho"))
	if err != nil {
		panic(err)
	}
	return v
}

func spectralRadius(in inputs) any {
	return optim.ElasticSpectralRadius(in.number("a"), in.integer("n"), in.number("eta"), in.number("eta_master"), in.number("rho"))
}

func alignedOverlap(in inputs) any {
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
		perms = append(perms, optim.MatchFilters(raw[0], w, filters, optim.Greedy))
		aligned = append(aligned, optim.Align(network(raw[0]), network(w), optim.Greedy)[0].Weights)
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
