package thesis

import (
	"context"
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/combin"

	"glassy/lab/device"
	"glassy/lab/embed"
	"glassy/lab/fig"
	"glassy/lab/perceptron"
	"glassy/lab/run"
)

// search is a way to a solution.
type search struct {
	name  string
	color fig.Color
	find  func(ctx context.Context, p *perceptron.Perceptron, seed uint64) *perceptron.Solution
}

var searches = []search{
	{"focusing BP", fig.Blue, func(ctx context.Context, p *perceptron.Perceptron, seed uint64) *perceptron.Solution {
		return perceptron.FocusingBP(p, perceptron.FocusOptions{Context: ctx, Seed: seed})
	}},
	{"reinforced BP", fig.Green, func(ctx context.Context, p *perceptron.Perceptron, seed uint64) *perceptron.Solution {
		return perceptron.ReinforcedBP(p, perceptron.ReinforceOptions{Context: ctx, Seed: seed})
	}},
	{"replicated SGD", fig.Purple, func(ctx context.Context, p *perceptron.Perceptron, seed uint64) *perceptron.Solution {
		return perceptron.ReplicatedSGD(p, perceptron.SGDOptions{Context: ctx, Seed: seed, Epochs: 300})
	}},
}

// figure33 is the cartoon measured: the solutions of small problems, all of them,
// what is about those that searches find in small problems and in large ones, and
// how well both generalise.
func figure33(set settings) (*Result, error) {
	d, problems, large := 21, 24, 501
	switch set.scale {
	case Desktop:
		d, problems, large = 25, 100, 2001
	case Paper:
		d, problems, large = 25, 1000, 10001
	}
	n := int(0.55 * float64(d))
	quiet := run.Quiet(set.ctx)
	αc, _ := perceptron.Capacity(0)
	αTS, _ := perceptron.TeacherThreshold()
	rows := []Row{
		{Quantity: "α_{c}", Meaning: "random labels: patterns per weight up to which there are solutions, zero of the replica-symmetric entropy", Thesis: "0.833", Ours: αc, Theory: math.NaN()},
		{Quantity: "α_{TS}", Meaning: "a teacher's labels: up to which there are other students", Thesis: "1.245", Ours: αTS, Theory: math.NaN()},
	}
	var panels []*fig.Figure
	stopped := false
	for _, panelOf := range []func() (*fig.Figure, []Row, error){
		func() (*fig.Figure, []Row, error) { return solutionMap(quiet, d, n) },
		func() (*fig.Figure, []Row, error) { return aboutSmall(set, quiet, d, n, problems) },
		func() (*fig.Figure, []Row, error) { return aboutLarge(set, quiet, large) },
		func() (*fig.Figure, []Row, error) { return generalising(set, quiet, d, problems, large) },
	} {
		panel, more, err := panelOf()
		if stopped = set.ctx.Err() != nil; err != nil && !(stopped && len(panels) > 0) {
			return nil, err
		}
		if err == nil {
			panels, rows = append(panels, panel), append(rows, more...)
		}
		if stopped {
			break
		}
	}
	return &Result{
		Figure: fig.Grid("Solutions of the binary perceptron", 2, panels...),
		Rows:   rows, Stopped: stopped,
		Notes: []string{
			fmt.Sprintf("(a) All solutions of one problem of d = %d weights and N = %d patterns, found by enumeration, in the plane by t-SNE of their Hamming distances; a cluster is what single flips connect. (b) Problems as that one: the mean number of solutions at each distance from all of them, which are typical, and from those that searches find; the line is the Franz-Parisi potential, d → ∞. (c) d = %d, α = 0.4, labels of a teacher, who is a typical solution: belief propagation in a field towards the reference; the line is the replica-symmetric entropy about the teacher. (d) Typical students by enumeration, and those that searches find.", d, n, large),
			"Typical solutions are isolated: theory gives negative entropies near them. What searches find lies where solutions are dense, up to the most that there can be, all weights, as the distance falls. At d = 21 or 25 weights a solution without neighbours is common and one far from all others is not: the distance that isolates a typical one, some hundredths of d, is less than one flip there. In (b) even distances have more: a margin of 1 forbids a single flip and allows many pairs.",
			"The thesis has three slips here: solutions for random labels exist below α_{c}, not above; (3.3) is the probability to disagree; and (3.5) has x·y/d = 1 − 2γ, a Hamming distance of γd.",
		},
		Sources: []string{"chaudhari2018", "krauth1989", "gyorgyi1990", "franz1997", "huang2014", "braunstein2006", "baldassi2015", "baldassi2016"},
	}, nil
}

// solutionMap is all solutions of a problem in the plane. Of this and the panels
// below, one that is stopped is made of what was there, and an error if that is
// nothing.
func solutionMap(ctx context.Context, d, n int) (*fig.Figure, []Row, error) {
	p := perceptron.New(d, n, perceptron.Seed(4))
	e, err := p.Enumerate(ctx)
	if err == nil {
		err = e.Stopped
	}
	if err != nil {
		return nil, nil, err
	}
	clusters := e.Clusters()
	var x []float64
	kind := []int{} // 0 isolated, 1 in a cluster, 2 in the largest
	add := func(word uint32, k int) {
		for _, v := range e.Weights(word) {
			x = append(x, float64(v))
		}
		kind = append(kind, k)
	}
	const most = 1500 // of a cluster: more are not told apart on paper
	for i, c := range clusters {
		for j, word := range c {
			switch {
			case len(c) == 1:
				add(word, 0)
			case i > 0:
				add(word, 1)
			case j%(1+len(c)/most) == 0:
				add(word, 2)
			}
		}
	}
	for i, s := range searches {
		if x := s.find(ctx, p, uint64(i)); x.Errors == 0 {
			add(p.Word(x.Weights), 3)
		}
	}
	plane, err := embed.TSNE(ctx, device.Of(x), len(kind), embed.Options{})
	if err != nil {
		return nil, nil, err
	}
	f := fig.New(fmt.Sprintf("All %d solutions, d = %d, N = %d", len(e.Solutions), d, n))
	f.X, f.Y = fig.Axis{Label: "t-SNE 1"}, fig.Axis{Label: "t-SNE 2"}
	f.Legend = fig.Under
	for k, layer := range []struct {
		name  string
		color fig.Color
		size  float64
	}{{"isolated", fig.Vermillion, 1}, {"in small clusters", fig.Gray, 1}, {"in the largest cluster", fig.SkyBlue, 1}, {"found by searches", fig.Black, 2.4}} {
		var px, py []float64
		for i := range kind {
			if kind[i] == k {
				px, py = append(px, plane.Points[2*i]), append(py, plane.Points[2*i+1])
			}
		}
		if len(px) > 0 {
			f.Points(layer.name, px, py).In(layer.color).Wide(layer.size)
		}
	}
	return f, nil, nil
}

// counted is how many solutions there are about others, at each distance, one
// number for each problem.
type counted struct {
	d, n     int
	around   [][][]float64 // [0: of all solutions, 1+s: of search s][distance][problem]
	isolated [][]float64   // the share of them without a neighbour, [of whom][problem]
	total    []float64     // solutions of each problem, none among them
}

// aboutSmall counts what is about the solutions of problems that can be enumerated.
func aboutSmall(set settings, quiet context.Context, d, n, problems int) (*fig.Figure, []Row, error) {
	c := &counted{d: d, n: n, around: make([][][]float64, 1+len(searches)), isolated: make([][]float64, 1+len(searches))}
	for i := range c.around {
		c.around[i] = make([][]float64, d+1)
	}
	loop := run.Start(set.ctx, "problems", problems)
	for k := range loop.Steps() {
		p := perceptron.New(d, n, perceptron.Seed(uint64(100+k)))
		e, err := p.Enumerate(quiet)
		if err != nil {
			return nil, nil, err
		}
		if e.Stopped != nil {
			break
		}
		c.total = append(c.total, float64(len(e.Solutions)))
		if len(e.Solutions) == 0 {
			continue
		}
		const most = 300
		var some []uint32
		for i := 0; i < len(e.Solutions); i += 1 + len(e.Solutions)/most {
			some = append(some, e.Solutions[i])
		}
		c.add(0, e, some)
		for s, search := range searches {
			if x := search.find(quiet, p, uint64(k)); x.Errors == 0 {
				c.add(1+s, e, []uint32{p.Word(x.Weights)})
			}
		}
	}
	if err := set.ctx.Err(); err != nil && len(c.isolated[0]) < 2 { // no errors of means
		return nil, nil, err
	}
	return c.draw(set), c.rows(), nil
}

// add counts about the solutions from of one problem.
func (c *counted) add(who int, e *perceptron.Enumeration, from []uint32) {
	mean := make([]float64, c.d+1)
	alone := 0.0
	for _, x := range from {
		around := e.Around(x)
		for k, n := range around {
			mean[k] += float64(n) / float64(len(from))
		}
		if around[1] == 0 {
			alone += 1 / float64(len(from))
		}
	}
	for k, v := range mean {
		c.around[who][k] = append(c.around[who][k], v)
	}
	c.isolated[who] = append(c.isolated[who], alone)
}

// meanError is a mean and its standard error.
func meanError(x []float64) (mean, e float64) {
	mean, s := stat.MeanStdDev(x, nil)
	return mean, stat.StdErr(s, float64(len(x)))
}

func (c *counted) draw(set settings) *fig.Figure {
	f := fig.New(fmt.Sprintf("About a solution, d = %d, N = %d", c.d, c.n))
	f.X = fig.Axis{Label: "Hamming distance, of d", Min: 0, Max: 0.5}
	f.Y = fig.Axis{Label: "log(number of solutions)/d", Min: -0.02, Max: 0.45}
	f.Legend = fig.Under
	d := float64(c.d)
	var x, all []float64
	for k := 1; 2*k <= c.d; k++ {
		x = append(x, float64(k)/d)
		all = append(all, combin.LogGeneralizedBinomial(d, float64(k))/d)
	}
	f.Line("all weights", x, all).In(fig.Gray).As(fig.Dotted)
	for who, series := range c.around {
		var at, y, low, high []float64
		for k := 1; 2*k <= c.d; k++ {
			if mean, e := meanError(series[k]); mean > e && len(series[k]) > 1 {
				at, y = append(at, float64(k)/d), append(y, math.Log(mean)/d)
				low, high = append(low, math.Log(mean-e)/d), append(high, math.Log(mean+e)/d)
			}
		}
		name, color := "typical", fig.Vermillion
		if who > 0 {
			name, color = searches[who-1].name, searches[who-1].color
		}
		if len(at) > 0 {
			f.Points(name, at, y).YRange(low, high).In(color)
		}
	}
	// The potential of a typical solution, d → ∞.
	α := float64(c.n) / d
	δ := floats.Span(make([]float64, 12), 0.005, 0.38)
	s := make([]float64, len(δ))
	if concurrently(set, len(δ), func(i int) { s[i] = perceptron.FranzParisi(α, 1-2*δ[i]).Entropy }) == nil {
		f.Line("typical, d → ∞", δ, s).In(fig.Vermillion)
	}
	return f
}

func (c *counted) rows() []Row {
	mean, e := meanError(c.total)
	annealed := math.Exp(float64(c.d) * perceptron.AnnealedClassification(float64(c.n)/float64(c.d)))
	size := fmt.Sprintf("d = %d, N = %d, random labels", c.d, c.n)
	rows := []Row{{
		Quantity: "E #", Meaning: "mean number of solutions, " + size + ", beside 2^(d−N)", Ours: mean, Error: e, Theory: annealed,
	}}
	for _, who := range []struct {
		name string
		i    int
	}{{"typical", 0}, {"focusing BP", 1}} {
		if len(c.isolated[who.i]) < 2 {
			continue
		}
		share, shareError := meanError(c.isolated[who.i])
		near, nearError := meanError(c.around[who.i][1])
		rows = append(rows,
			Row{Quantity: "isolated, " + who.name, Meaning: "share without a solution one flip away, " + size, Ours: share, Error: shareError, Theory: math.NaN()},
			Row{Quantity: "neighbours, " + who.name, Meaning: "solutions one flip away, " + size, Ours: near, Error: nearError, Theory: math.NaN()})
	}
	α := 0.5
	return append(rows, Row{
		Quantity: "s at distance 0.005d", Meaning: "from a typical solution, α = 0.5, d → ∞: negative, there is none",
		Ours: perceptron.FranzParisi(α, 0.99).Entropy, Theory: math.NaN(),
	})
}

// aboutLarge is the local entropy about the teacher and about what searches find,
// in a problem too large to enumerate.
func aboutLarge(set settings, quiet context.Context, d int) (*fig.Figure, []Row, error) {
	const α = 0.4
	p := perceptron.New(d, int(α*float64(d)), perceptron.Seed(1), perceptron.Teacher())
	f := fig.New(fmt.Sprintf("About a solution, d = %d, α = 0.4, a teacher's labels", d))
	f.X = fig.Axis{Label: "Hamming distance, of d", Min: 0, Max: 0.4}
	f.Y = fig.Axis{Label: "local entropy per weight", Min: -0.05, Max: 0.5}
	f.Legend = fig.Under
	δ := floats.Span(make([]float64, 60), 0.0005, 0.4)
	most, typical := make([]float64, len(δ)), make([]float64, len(δ))
	if err := concurrently(set, len(δ), func(i int) {
		most[i] = stat.Entropy([]float64{δ[i], 1 - δ[i]})
		typical[i] = perceptron.StudentsAtOverlap(p.Load(), 1-2*δ[i]).Entropy
	}); err != nil {
		return nil, nil, err
	}
	f.Line("all weights", δ, most).In(fig.Gray).As(fig.Dotted)
	f.Line("about the teacher, d → ∞", δ, typical).In(fig.Vermillion)
	fields := []float64{3, 2.4, 2, 1.7, 1.4, 1.2, 1, 0.8, 0.6, 0.4, 0.2, 0}
	curve := func(x []int8) (at, s []float64) {
		for _, l := range perceptron.LocalEntropyCurve(p, x, fields, perceptron.BPOptions{Steps: 300, Context: quiet}) {
			if l.Status == perceptron.Solved {
				at, s = append(at, l.Distance), append(s, l.Entropy)
			}
		}
		return at, s
	}
	var rows []Row
	if at, s := curve(p.Teacher()); len(at) > 0 {
		f.Points("about the teacher", at, s).In(fig.Vermillion)
		mid := len(at) / 2
		rows = append(rows, Row{
			Quantity: "s about the teacher", Meaning: fmt.Sprintf("at distance %.3fd, by belief propagation, d = %d, α = 0.4, beside d → ∞", at[mid], d),
			Ours: s[mid], Theory: perceptron.StudentsAtOverlap(p.Load(), 1-2*at[mid]).Entropy,
			Tolerance: 0.4 / math.Sqrt(float64(d)), // one problem: fluctuations of order 1/√d
		})
	}
	for i, search := range searches {
		x := search.find(quiet, p, uint64(i))
		if x.Errors > 0 {
			continue
		}
		at, s := curve(x.Weights)
		if len(at) == 0 {
			continue
		}
		f.Points("about "+search.name, at, s).In(search.color)
		near := perceptron.StudentsAtOverlap(p.Load(), 1-2*at[0]).Entropy
		rows = append(rows, measured("s about "+search.name, fmt.Sprintf("at distance %.4fd, where all weights have %.4f and typical solutions %.4f", at[0], stat.Entropy([]float64{at[0], 1 - at[0]}), near), s[0]))
	}
	return f, rows, nil
}

// generalising is the error of students: typical ones, and those that searches
// find.
func generalising(set settings, quiet context.Context, d, problems, large int) (*fig.Figure, []Row, error) {
	f := fig.New("Generalisation error of students")
	f.X = fig.Axis{Label: "patterns per weight, α", Min: 0, Max: 1.4}
	f.Y = fig.Axis{Label: "error ε of (3.3)", Min: 0, Max: 0.52}
	f.Legend = fig.Under
	αTS, _ := perceptron.TeacherThreshold()
	α := floats.Span(make([]float64, 40), 0, αTS)
	ε := make([]float64, len(α))
	for i := range α {
		ε[i] = perceptron.GeneralisationError(perceptron.StudentEntropy(α[i]).Overlap)
	}
	α, ε = append(α, αTS, 1.4), append(ε, 0, 0)
	f.Line("typical, d → ∞", α, ε).In(fig.Vermillion)

	var rows []Row
	var at, typical, bars []float64
	for _, n := range []int{d / 5, 2 * d / 5, 3 * d / 5, 4 * d / 5} {
		var errors []float64
		for k := range min(problems, 100) {
			e, err := perceptron.New(d, n, perceptron.Seed(uint64(k)), perceptron.Teacher()).Enumerate(quiet)
			if err != nil {
				return nil, nil, err
			}
			if e.Stopped != nil {
				break
			}
			sum := 0.0
			for k, c := range e.FromTeacher() {
				sum += float64(c) * perceptron.GeneralisationError(1-2*float64(k)/float64(d))
			}
			errors = append(errors, sum/float64(len(e.Solutions)))
		}
		if len(errors) < 2 {
			break // stopped
		}
		mean, e := meanError(errors)
		at, typical, bars = append(at, float64(n)/float64(d)), append(typical, mean), append(bars, e)
	}
	if len(at) > 0 {
		f.Points(fmt.Sprintf("typical, d = %d", d), at, typical).YError(bars).In(fig.Vermillion)
	}

	loads := []float64{0.2, 0.4, 0.6, 0.8}
	for _, search := range searches {
		var at, errors []float64
		for i, α := range loads {
			p := perceptron.New(large, int(α*float64(large)), perceptron.Seed(uint64(10+i)), perceptron.Teacher())
			x := search.find(quiet, p, 1)
			if x.Errors > 0 { // or stopped
				continue
			}
			at, errors = append(at, p.Load()), append(errors, errorOf(p, x.Weights))
			if α == 0.6 {
				rows = append(rows, measured("ε of "+search.name, fmt.Sprintf("d = %d, α = 0.6; of typical students %.4f as d → ∞", large, perceptron.GeneralisationError(perceptron.StudentEntropy(p.Load()).Overlap)), errors[len(errors)-1]))
			}
		}
		if len(at) > 0 {
			f.Points(fmt.Sprintf("%s, d = %d", search.name, large), at, errors).In(search.color)
		}
	}
	return f, rows, nil
}

// errorOf is the generalisation error of weights.
func errorOf(p *perceptron.Perceptron, x []int8) float64 {
	apart := 0
	for j, v := range p.Teacher() {
		if v != x[j] {
			apart++
		}
	}
	return perceptron.GeneralisationError(1 - 2*float64(apart)/float64(len(x)))
}
