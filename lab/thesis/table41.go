package thesis

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat"

	"glassy/lab/data"
	"glassy/lab/fig"
	"glassy/lab/net"
	"glassy/lab/optim"
)

// A smoothed is a network of Table 4.1, trained by the four algorithms of Section
// 4.6, with what the thesis prints of each: error in % and effective epochs.
type smoothed struct {
	network, twin string // twin stands for it below the scale of the thesis
	cifar         bool
	printed       [4][2]string
}

var (
	smoothedFC    = smoothed{"mnistfc", "mnistfc", false, [4][2]string{{"1.08 ± 0.02", "120"}, {"1.13 ± 0.02", "200"}, {"1.17 ± 0.04", "200"}, {"1.10 ± 0.01", "194"}}}
	smoothedLeNet = smoothed{"lenet", "lenet", false, [4][2]string{{"0.5 ± 0.01", "80"}, {"0.59 ± 0.02", "75"}, {"0.5 ± 0.01", "70"}, {"0.5 ± 0.02", "67"}}}
	smoothedCIFAR = smoothed{"allcnn", "small-allcnn", true, [4][2]string{{"7.96 ± 0.05", "160"}, {"9.04 ± 0.04", "150"}, {"7.89 ± 0.07", "145"}, {"7.94 ± 0.06", "195"}}}
)

var (
	smoothers    = []string{"Entropy-SGD", "HEAT", "HJ", "SGD"}
	smootherInks = []fig.Color{fig.Vermillion, fig.Orange, fig.Green, fig.Blue}
)

// methods are the four, whose rates fall to a fifth twice in so many effective epochs.
func (n smoothed) methods(set settings, epochs float64) []optim.Method {
	entropy, heat, hj, sgd := optim.EntropySGD(), optim.HEAT(0.1, 1e-4), optim.HJ(), optim.Nesterov(0.1, 0.9)
	heat.Inner.Momentum, heat.Inner.Nesterov = 0.9, true
	if set.scale == Quick { // few updates: momentum would not come into its own
		heat.Points = 5
		entropy.Outer.Momentum, hj.Outer.Momentum = 0, 0
	}
	all := []optim.Method{entropy, heat, hj, sgd}
	for i, m := range all {
		L := gradients(m)
		all[i] = m.Anneal(optim.Drops(5, 0.6*epochs/L, 0.85*epochs/L))
	}
	return all
}

// train holds the contest of the four on a network, at quick scale on a part of the
// images that its figure has.
func (n smoothed) train(set settings, part int) (*contest, rounds, bool, error) {
	images, held, epochs, runs, batch := math.MaxInt, math.MaxInt, 200.0, 3, 128
	name := n.network
	switch set.scale {
	case Quick:
		images, held, epochs, runs, batch = 960/part, 480, 3, 1, 16
		if n.cifar {
			images, held = 480/part, 400
		}
	case Desktop:
		epochs, runs = 10, 2
	}
	if set.scale != Paper {
		name = n.twin
	}
	var train, test *data.Set
	var err error
	if n.cifar {
		train, test, _, err = cifar(set, images, held)
	} else {
		train, test, err = mnist(images, held)
	}
	if err != nil {
		return nil, nil, false, err
	}
	network, err := net.Named(name)
	if err != nil {
		return nil, nil, false, err
	}
	c := &contest{
		network: network, start: net.HeNormal, train: train, test: test, runs: runs,
		methods: n.methods(set, epochs), effective: true,
		options: optim.Options{Epochs: epochs, Batch: batch, EvaluateEvery: max(0.25, epochs/40)},
	}
	r, stopped, err := c.hold(set)
	return c, r, stopped, err
}

// panel draws the errors against effective epochs.
func (n smoothed) panel(c *contest, r rounds) *fig.Figure {
	f := fig.New(c.network.Name)
	f.X.Label, f.Y.Label, f.Y.Unit, f.Y.Scale = "effective epochs", "validation error", "%", fig.Log
	for k, name := range smoothers {
		x, runs := r.curves(k, evaluatedPasses, percentWrong)
		f.Runs(name, x, runs, fig.MeanStd).In(smootherInks[k])
	}
	return f
}

// rows are the errors at the end, and when they were reached.
func (n smoothed) rows(set settings, r rounds) (rows []Row) {
	for k, name := range smoothers {
		rows = append(rows,
			sampledRow(set, name+", "+n.network, "validation error in % at the end", n.printed[k][0], r.errors(k)),
			sampledRow(set, "epochs, "+name+", "+n.network, "effective epochs until within 5 % of that error", n.printed[k][1], r.reached(k)))
	}
	return rows
}

// reached is after how many effective epochs the error of method k was first within a
// twentieth of what it is at the end.
func (r rounds) reached(k int) []float64 {
	var out []float64
	for _, result := range r[k] {
		e, at := result.History.Evaluated.Error, math.NaN()
		for i, v := range e {
			if v <= 1.05*e[len(e)-1] {
				at = result.History.Evaluated.Passes[i]
				break
			}
		}
		out = append(out, at)
	}
	return out
}

// sized says what is smaller than in the thesis.
func (n smoothed) sized(set settings, c *contest) []string {
	notes := []string{sizeNote(set, c, "runs of up to 200 effective epochs of mini-batches of 128")}
	if set.scale == Quick {
		notes = append(notes, "HEAT has 5 points for the thesis's 20, and the outer loops of HJ and Entropy-SGD no momentum: few updates are made.")
	}
	if c.network.Name != n.network {
		notes = append(notes, fmt.Sprintf("%s, of an eighth of the channels, stands for %s.", c.network.Name, n.network))
	}
	return notes
}

const smootherNote = "An effective epoch is a pass of gradients through the data, L of them for an epoch of updates. The weights' start, HEAT's variance and the epochs at which rates fall are not printed: He's normal law, 10^{−4}, and at 60 and 85 % to a fifth. The thesis's column HJ was made by another program of the author, here hj-as-code."

var smootherSources = []string{"chaudhari2018", "chaudhari2018relaxation", "he2015"}

// figure42 is the four algorithms on two networks for MNIST.
func figure42(set settings) (*Result, error) {
	r := &Result{Sources: append([]string{"lecun1998"}, smootherSources...)}
	var panels []*fig.Figure
	for _, n := range []smoothed{smoothedFC, smoothedLeNet} {
		c, got, stopped, err := n.train(set, 1)
		if err != nil && set.ctx.Err() != nil && len(panels) > 0 { // stopped in its first run: the networks before it stay
			r.Stopped = true
			break
		}
		if err != nil {
			return nil, err
		}
		panels = append(panels, n.panel(c, got))
		r.Rows = append(r.Rows, n.rows(set, got)...)
		if len(r.Notes) == 0 {
			r.Notes = n.sized(set, c)
		}
		if r.Stopped = stopped; stopped {
			break
		}
	}
	r.Figure = fig.Grid("Four ways to smooth, on MNIST", 2, panels...)
	r.Notes = append(r.Notes, smootherNote)
	return r, nil
}

// figure43 is the four on All-CNN and CIFAR-10.
func figure43(set settings) (*Result, error) {
	n := smoothedCIFAR
	c, got, stopped, err := n.train(set, 1)
	if err != nil {
		return nil, err
	}
	loss := fig.New("training loss")
	loss.X.Label, loss.Y.Label = "effective epochs", "mean loss of the mini-batches"
	rows := n.rows(set, got)
	for k, name := range smoothers {
		x, runs := got.curves(k, passes, func(h *optim.History) []float64 { return h.Loss })
		loss.Runs(name, x, runs, fig.MeanStd).In(smootherInks[k])
		var end []float64
		for _, run := range runs {
			end = append(end, stat.Mean(run[len(run)*9/10:], nil))
		}
		printed := ""
		if name == "HJ" {
			printed = "0.046"
		}
		rows = append(rows, sampledRow(set, "loss, "+name, "in the last tenth of the training", printed, end))
	}
	return &Result{
		Figure: fig.Grid("Four ways to smooth, on CIFAR-10", 2, loss, n.panel(c, got)), Rows: rows, Stopped: stopped,
		Notes:   append(n.sized(set, c), smootherNote),
		Sources: append([]string{"krizhevsky2009", "springenberg2014"}, smootherSources...),
	}, nil
}

// table41 is the errors of all three networks.
func table41(set settings) (*Result, error) {
	r := &Result{Sources: append([]string{"krizhevsky2009", "lecun1998", "springenberg2014"}, smootherSources...)}
	f := fig.New("Errors of four algorithms")
	f.X, f.Y = fig.Axis{Label: "1 mnistfc, 2 lenet, 3 allcnn", Ticks: []float64{1, 2, 3}}, fig.Axis{Label: "validation error", Unit: "%", Scale: fig.Log}
	nets := []smoothed{smoothedFC, smoothedLeNet, smoothedCIFAR}
	var at, means, spreads [4][]float64
	for i, n := range nets {
		c, got, stopped, err := n.train(set, 3)
		if err != nil && set.ctx.Err() != nil && i > 0 { // stopped in its first run: the networks before it stay
			r.Stopped = true
			break
		}
		if err != nil {
			return nil, err
		}
		for k := range smoothers {
			row := sampledRow(set, "", "", "", got.errors(k))
			at[k] = append(at[k], float64(i+1)+0.15*(float64(k)-1.5))
			means[k], spreads[k] = append(means[k], row.Ours), append(spreads[k], row.Error)
		}
		r.Rows = append(r.Rows, n.rows(set, got)...)
		r.Notes = append(r.Notes, n.sized(set, c)...)
		if r.Stopped = stopped; stopped {
			break
		}
	}
	for k, name := range smoothers {
		f.Points(name, at[k], means[k]).YError(spreads[k]).In(smootherInks[k])
	}
	r.Figure = f
	r.Notes = append(r.Notes, smootherNote)
	return r, nil
}
