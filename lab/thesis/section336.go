package thesis

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"

	"glassy/lab/data"
	"glassy/lab/fig"
	"glassy/lab/net"
	"glassy/lab/optim"
)

// langevins are the rates η/(1+k)^b of stochastic gradient Langevin dynamics that stand
// for the thesis's search, which it does not print.
var langevins = []struct{ rate, decay float64 }{{0.1, 0.33}, {0.5, 0.55}}

// langevinContest is Entropy-SGD and Langevin dynamics on a network, for so many
// effective epochs. The temperature is that of the posterior law of N data, 1/N.
func langevinContest(set settings, name string, entropy optim.Method, epochs float64, batch int, train, test *data.Set) (*contest, error) {
	network, err := net.Named(name)
	if err != nil {
		return nil, err
	}
	if set.scale == Quick { // few updates: make more of them; momentum would not come into its own
		entropy.Steps, entropy.Outer.Momentum = 5, 0
	}
	L := gradients(entropy)
	c := &contest{
		network: network, start: net.HeNormal, train: train, test: test, runs: 2, effective: true,
		methods: []optim.Method{entropy.Anneal(optim.Drops(5, 0.6*epochs/L, 0.85*epochs/L))},
		options: optim.Options{Epochs: epochs, Batch: batch, EvaluateEvery: max(0.5, epochs/40)},
	}
	for i, l := range langevins {
		if set.scale == Quick && i > 0 {
			break
		}
		c.methods = append(c.methods, optim.SGLD(l.rate, l.decay, 1/float64(train.Len())))
	}
	return c, nil
}

// section336 is Entropy-SGD beside stochastic gradient Langevin dynamics alone, on both
// of the networks of section 3.3.6.
func section336(set settings) (*Result, error) {
	r := &Result{Sources: []string{"chaudhari2018", "welling2011", "lecun1998", "krizhevsky2009", "springenberg2014"}}
	var panels []*fig.Figure
	for _, n := range []struct {
		name, title     string
		gain            string    // SGLD's error less Entropy-SGD's
		printed         [2]string // of Entropy-SGD and of SGLD
		effective, used float64   // epochs after which SGLD's error is printed; and of ours at desktop scale
		cifar           bool
	}{
		{"lenet", "LeNet on MNIST", "0.13", [2]string{"0.50 ± 0.01", "0.63 ± 0.1"}, 300, 20, false},
		{"allcnn", "All-CNN on CIFAR-10", "2.08", [2]string{"7.81 ± 0.09", "9.89 ± 0.11"}, 500, 10, true},
	} {
		images, held, epochs, batch, network := math.MaxInt, math.MaxInt, n.effective, 128, n.name
		switch set.scale {
		case Quick:
			images, held, epochs, batch = 400, 250, 2, 16
			if n.cifar {
				images, held = 240, 250
			}
		case Desktop:
			epochs = n.used
		}
		entropy := optim.EntropySGD()
		var train, test *data.Set
		var err error
		if n.cifar {
			if set.scale != Paper {
				network = "small-allcnn"
			}
			entropy.Scope, entropy.Temperature = optim.Exponential(30, 1e-3), optim.Constant(1e-8)
			train, test, _, err = cifar(set, images, held)
		} else {
			train, test, err = mnist(images, held)
		}
		if err != nil {
			return nil, err
		}
		c, err := langevinContest(set, network, entropy, epochs, batch, train, test)
		if err != nil {
			return nil, err
		}
		got, stopped, err := c.hold(set)
		if err != nil {
			if r.Stopped = stopped && len(panels) > 0; r.Stopped {
				break
			}
			return nil, err
		}
		p := fig.New(n.title)
		p.X.Label, p.Y.Label, p.Y.Unit = "effective epochs", "validation error", "%"
		for k := range c.methods {
			label, printed := "Entropy-SGD", n.printed[0]
			if k > 0 {
				label, printed = fmt.Sprintf("SGLD, %g/(1+k)^{%g}", langevins[k-1].rate, langevins[k-1].decay), n.printed[1]
			}
			x, runs := got.curves(k, evaluatedPasses, percentWrong)
			p.Runs(label, x, runs, fig.Quantiles(0)).In([]fig.Color{fig.Vermillion, fig.Blue, fig.SkyBlue}[k])
			r.Rows = append(r.Rows, sampledRow(set, label+", "+n.name, "error in % at the end", printed, got.errors(k)))
		}
		best := got.gain(1, 0)
		for k := 2; k < len(c.methods); k++ {
			if g := got.gain(k, 0); floats.Sum(g) < floats.Sum(best) {
				best = g
			}
		}
		r.Rows = append(r.Rows, sampledRow(set, "gain, "+n.name, "of Entropy-SGD over the best SGLD, run by run; the thesis: "+n.gain, "", best))
		panels = append(panels, p)
		r.Notes = append(r.Notes, n.title+": "+sizeNote(set, c, fmt.Sprintf("%g epochs of SGLD", n.effective)))
		if r.Stopped = stopped; stopped {
			break
		}
	}
	r.Figure = fig.Grid("Entropy-SGD and Langevin dynamics alone", 2, panels...)
	r.Notes = append(r.Notes,
		"SGLD: x ← x − η_{k}∇f_{b} + √(2η_{k}/N) ξ with rates η_{k} = η/(1+k)^{b}, k the step. The thesis searched η and b and does not print them. Curves: the median over runs, bands all of them; an effective epoch takes as many gradients as there are data.")
	if set.scale != Paper {
		r.Notes = append(r.Notes, "For All-CNN stands small-allcnn, with an eighth of its channels.")
	}
	return r, nil
}
