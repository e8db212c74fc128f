package thesis

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"

	"glassy/lab/fig"
	"glassy/lab/optim"
)

// A knob is a parameter of Parle that Remark 5.2 calls unimportant.
type knob struct {
	name   string
	log    bool
	values []float64
	usual  float64 // the thesis's
	turn   func(m *optim.Method, v float64)
}

var knobs = []knob{
	{"L", true, []float64{5, 10, 50}, 25, func(m *optim.Method, v float64) { m.Steps = int(v) }},
	{"α", false, []float64{0, 0.5, 0.75}, 0.25, func(m *optim.Method, v float64) { m.Average = v }},
	{"γ_{0}", true, []float64{10, 1000}, 100, func(m *optim.Method, v float64) { m.Scope = optim.Scoping(v, 1) }},
	{"ρ_{0}", true, []float64{0.3, 3, 10}, 1, func(m *optim.Method, v float64) { m.Coupling = optim.Scoping(v, 0.1) }},
}

// raceSweep is Parle as usual, then with one knob turned at a time.
var raceSweep = race{
	name: "allcnn on CIFAR-10", network: "allcnn", images: images{set: "cifar10", classes: 10, zca: true, mirror: true},
	decay: 1e-3, rate: 0.1, factor: 5, drops: cifarDrops, epochs: 200,
	smaller: [Paper]reduced{
		Quick:   {network: named("small-fc"), pool: 4, images: 480, held: 600, batch: 16, runs: 2, epochs: 40},
		Desktop: {network: named("small-lenet"), images: 5000, held: math.MaxInt, batch: 128, runs: 2, epochs: 10},
	},
	racers: sweep(),
}

func sweep() []racer {
	racers := []racer{{name: "as usual", replicas: 3, method: optim.Parle}}
	for _, k := range knobs {
		for _, v := range k.values {
			racers = append(racers, racer{name: fmt.Sprintf("%s = %g", k.name, v), replicas: 3, method: func(rate float64, n int) optim.Method {
				m := optim.Parle(rate, n)
				k.turn(&m, v)
				return m
			}})
		}
	}
	return racers
}

// remark52 is how much the error depends on the parameters of Parle.
func remark52(set settings) (*Result, error) {
	r := &raceSweep
	c, out, stopped, err := r.hold(set, false)
	if err != nil {
		return nil, err
	}
	mean := make([]float64, len(r.racers))
	bar := make([]float64, len(r.racers))
	var rows []Row
	for i, q := range r.racers {
		meaning := "validation error in % at the end"
		if i == 0 {
			meaning += ": L = 25, α = 0.25, γ_{0} = 100, ρ_{0} = 1"
		}
		row := sampledRow(set, "error, "+q.name, meaning, "", out.errors(i))
		mean[i], bar[i] = row.Ours, row.Error
		rows = append(rows, row)
	}
	var panels []*fig.Figure
	at := 1
	for _, k := range knobs {
		p := fig.New("")
		p.X, p.Y = fig.Axis{Label: k.name}, fig.Axis{Label: "validation error", Unit: "%", Scale: fig.Log, Min: 0.8 * floats.Min(mean), Max: 1.2 * floats.Max(mean)}
		if k.log {
			p.X.Scale = fig.Log
		}
		x := append(slices.Clone(k.values), k.usual)
		index := append(upTo(len(x))[:len(k.values)], 0)
		for i := range k.values {
			index[i] += at
		}
		change := 0.0
		for _, i := range index {
			change = max(change, math.Abs(mean[i]-mean[0]))
		}
		rows = append(rows, sampledRow(set, "largest change, "+k.name, "of the mean error in %", "", []float64{change}))
		at += len(k.values)
		order := upTo(len(x))
		slices.SortFunc(order, func(a, b int) int { return int(math.Copysign(1, x[a]-x[b])) })
		var xs, ys, bars []float64
		for _, i := range order {
			xs, ys, bars = append(xs, x[i]), append(ys, mean[index[i]]), append(bars, bar[index[i]])
		}
		p.Line("", xs, ys).In(fig.Vermillion)
		p.Points("", xs, ys).YError(bars).In(fig.Vermillion)
		p.Points("", []float64{k.usual}, []float64{mean[0]}).In(fig.Black)
		panels = append(panels, p)
	}
	return &Result{
		Figure: fig.Grid("Parle with one parameter changed at a time", 2, panels...),
		Rows:   rows, Stopped: stopped,
		Notes:   append(r.notes(set, c), "Black: as the thesis has it. Every replica sees all data; n = 3. Remark 5.2 has no numbers. The passes are as many for each L, so that there are fewer updates where L is larger.", couplingNote),
		Sources: slices.Concat(splitSources, raceSources),
	}, nil
}
