package thesis

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"glassy/lab/fig"
	"glassy/lab/optim"
)

const raceNote = "A pass is one of each replica: where every replica has a processor all methods take the same time but for meetings. Rates fall at the same parts of the training as in the thesis; the weights' start, He's normal law, is not printed. An error is on data held out of the training data."

// couplingNote says why trainings with many updates stall half-way.
var couplingNote = fmt.Sprintf("At ρ = 0.1, where (5.10) is clipped, and η = 0.1 the pull η/ρ is 1: replicas and master swap places at every update, and errors do not shrink; the spectral radius of (5.4) on ax^{2}/2 is %.3f at a = 1, and %.3f once η has fallen to a fifth. Where ρ gets there before η falls, in Elastic-SGD and at small L, the error goes up for a while, or for good. With the master after the replicas (GaussSeidel) it would go down by the factor 1 − ηa, as in SGD.",
	optim.ElasticSpectralRadius(1, 3, 0.1, 0.1/3, 0.1), optim.ElasticSpectralRadius(1, 3, 0.02, 0.1/3, 0.1))

var raceSources = []string{"chaudhari2017parle", "chaudhari2018", "he2015", "zhang2015"}

// raced is the errors of all racers on the way.
func raced(r *race, sources ...string) func(settings) (*Result, error) {
	return func(set settings) (*Result, error) {
		c, out, stopped, err := r.hold(set, false)
		if err != nil {
			return nil, err
		}
		return &Result{
			Figure: r.panel(r.name, "validation error", out, upTo(len(r.racers))...),
			Rows:   r.rows(set, out), Stopped: stopped,
			Notes: append(r.notes(set, c), raceNote), Sources: slices.Concat(sources, raceSources),
		}, nil
	}
}

// fitted is their errors on the data of the training, on which Entropy-SGD and Parle
// stay higher (section 5.4.5).
func fitted(r *race, sources ...string) func(settings) (*Result, error) {
	return func(set settings) (*Result, error) {
		c, out, stopped, err := r.hold(set, true)
		if err != nil {
			return nil, err
		}
		result := &Result{
			Figure:  r.panel(r.name, "training error", out, upTo(len(r.racers))...),
			Stopped: stopped,
			Notes:   append(r.notes(set, c), raceNote, "Errors on the training data are of the master's weights, without dropout."),
			Sources: slices.Concat(sources, raceSources),
		}
		for k, q := range r.racers {
			result.Rows = append(result.Rows, sampledRow(set, "training error, "+q.name, "in % at the end", "", out.errors(k)))
		}
		return result, nil
	}
}

// table51 is the errors of all networks whose data are there.
func table51(set settings) (*Result, error) {
	result := &Result{Sources: slices.Concat([]string{"krizhevsky2009", "lecun1998", "netzer2011", "zagoruyko2016"}, raceSources)}
	f := fig.New("Parle beside its rivals")
	f.X = fig.Axis{Label: "1 Parle, 2 Elastic-SGD, 3 Entropy-SGD, 4 SGD", Ticks: []float64{1, 2, 3, 4}, Min: 0.5, Max: 4.5}
	f.Y = fig.Axis{Label: "validation error, over that of SGD"}
	for i, r := range []*race{&raceLeNet, &raceWRN, &raceHundred, &raceSVHN} {
		c, out, stopped, err := r.hold(set, false)
		if errors.Is(err, fs.ErrNotExist) && len(result.Rows) > 0 {
			result.Notes = append(result.Notes, r.name+" is left out: "+err.Error()+".")
			continue
		}
		if err != nil && !(stopped && len(result.Rows) > 0) {
			return nil, err
		}
		if result.Stopped = stopped; err != nil {
			break
		}
		ink := []fig.Color{fig.Vermillion, fig.Blue, fig.Green, fig.Orange}[i]
		var x, ours, bars, theirs []float64
		base := out.errors(len(r.racers) - 1)
		for k, q := range r.racers {
			ratios := out.errors(k)
			for j := range ratios {
				ratios[j] /= base[j]
			}
			row := sampledRow(set, "", "", "", ratios)
			x, ours, bars = append(x, float64(k+1)+0.08*float64(i)-0.12), append(ours, row.Ours), append(bars, row.Error)
			theirs = append(theirs, printedValue(q.printed)/printedValue(r.racers[len(r.racers)-1].printed))
		}
		f.Points(r.name+", ours", x, ours).YError(bars).In(ink)
		f.Line("in the thesis", x, theirs).In(ink).As(fig.Dashed)
		for _, row := range r.rows(set, out) {
			row.Quantity = r.name + ", " + row.Quantity
			result.Rows = append(result.Rows, row)
		}
		result.Notes = append(result.Notes, r.notes(set, c)...)
		if stopped {
			break
		}
	}
	f.Level(1, "")
	result.Figure = f
	result.Notes = append(result.Notes, raceNote)
	return result, nil
}

// printedValue is the number of a printed one with its error.
func printedValue(s string) float64 {
	p, err := readPrinted(s)
	if err != nil {
		panic(err.Error())
	}
	return p.value
}

// figure57 is the way of those that each see a part of the data.
func figure57(set settings) (*Result, error) {
	r := &raceSplit
	c, out, stopped, err := r.hold(set, false)
	if err != nil {
		return nil, err
	}
	var panels []*fig.Figure
	for i, title := range []string{"all data, n = 3", "half of the data each, n = 3", "a quarter each, n = 6"} {
		p := r.panel(title, "validation error", out, 3*i, 3*i+1, 3*i+2)
		p.Y.Scale = fig.Log
		panels = append(panels, p)
	}
	return &Result{
		Figure: fig.Grid("Replicas that each see a part of the data", 3, panels...),
		Rows:   r.rows(set, out), Stopped: stopped,
		Notes: append(r.notes(set, c), raceNote, couplingNote), Sources: slices.Concat(splitSources, raceSources),
	}, nil
}

var splitSources = []string{"krizhevsky2009", "lecun1998", "springenberg2014"}

// table52 is where they end, and what the others' data are worth to a replica.
func table52(set settings) (*Result, error) {
	r := &raceSplit
	c, out, stopped, err := r.hold(set, false)
	if err != nil {
		return nil, err
	}
	f := fig.New("Splitting the data between replicas")
	f.X = fig.Axis{Label: "part of the data that a replica sees", Ticks: []float64{0.25, 0.5, 1}, Min: 0.15, Max: 1.1}
	f.Y = fig.Axis{Label: "validation error", Unit: "%"}
	for k, name := range []string{"Parle", "Elastic-SGD", "SGD"} {
		var x, y, bars []float64
		for line := 2; line >= 0; line-- {
			q := r.racers[3*line+k]
			row := sampledRow(set, "", "", "", out.errors(3*line+k))
			part := q.part
			if part == 0 {
				part = 1
			}
			x, y, bars = append(x, part+0.01*float64(k-1)), append(y, row.Ours), append(bars, row.Error)
		}
		f.Line("", x, y).In(r.racers[k].ink)
		f.Points(name, x, y).YError(bars).In(r.racers[k].ink)
	}
	rows := r.rows(set, out)
	for line, what := range []string{"all data", "half", "a quarter"} {
		rows = append(rows, sampledRow(set, "gain of Parle, "+what, "by how many % it errs less than SGD on as many data, run by run", "", out.gain(3*line+2, 3*line)))
	}
	return &Result{
		Figure: f, Rows: rows, Stopped: stopped,
		Notes: append(r.notes(set, c), raceNote, couplingNote), Sources: slices.Concat(splitSources, raceSources),
	}, nil
}
