package thesis

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat"

	"glassy/lab/data"
	"glassy/lab/device"
	"glassy/lab/net"
	"glassy/lab/optim"
	"glassy/lab/rng"
)

// A contest trains one network by several methods, again and again. In one run
// all methods start from the same weights and see the same mini-batches, so that
// their differences scatter less than they do (section 2.4.2).
type contest struct {
	network     net.Architecture
	start       net.Initialiser
	train, test *data.Set // the methods are told apart by the error on test
	methods     []optim.Method
	runs        int
	options     optim.Options // but for Seed, Name and Evaluate

	// effective says that epochs are passes of gradients through the data, however
	// many of them a method takes for an update.
	effective bool
}

// gradients is how many a method takes for an update.
func gradients(m optim.Method) float64 { return float64(max(1, m.Steps) * max(1, m.Points)) }

// rounds is what became of a contest: the runs that all methods were through, by
// method and run.
type rounds [][]*optim.Result

// hold is the whole contest. It is stopped when not all runs were made; with none
// made that is an error, as is a landscape that cannot be.
func (c *contest) hold(set settings) (r rounds, stopped bool, err error) {
	f, err := net.NewLoss(c.network, c.train, net.Options{})
	if err != nil {
		return nil, false, err
	}
	unseen, err := f.On(c.test)
	if err != nil {
		return nil, false, err
	}
	x := f.New()
	r = make(rounds, len(c.methods))
	for i := range c.runs {
		net.Initialise(c.network, c.start, rng.Key(i).Split(1), x)
		var round []*optim.Result
		for _, m := range c.methods {
			o := c.options
			o.Seed, o.Evaluate = uint64(i), unseen.Evaluate
			if c.effective {
				o.Epochs /= gradients(m)
			}
			o.Name = fmt.Sprintf("%s by %s, run %d of %d", c.network.Name, m.Name, i+1, c.runs)
			round = append(round, optim.Run(set.ctx, f, x, m, o))
			if set.ctx.Err() != nil {
				return r, true, r.none(set)
			}
		}
		for k, result := range round {
			// Neither weights nor gradients are drawn: at the thesis's sizes they
			// would be gigabytes.
			result.Weights, result.Best = device.Vector{}, device.Vector{}
			r[k] = append(r[k], result)
		}
	}
	return r, false, nil
}

// none is the error of a contest that was stopped in its first run.
func (r rounds) none(set settings) error {
	if len(r[0]) == 0 {
		return set.ctx.Err()
	}
	return nil
}

// curves are the abscissae and the runs of method k, as far as all of them went:
// one that diverged is shorter.
func (r rounds) curves(k int, x, y func(h *optim.History) []float64) (xs []float64, ys [][]float64) {
	n := math.MaxInt
	for _, result := range r[k] {
		n = min(n, len(y(&result.History)))
	}
	for _, result := range r[k] {
		ys = append(ys, y(&result.History)[:n])
	}
	return x(&r[k][0].History)[:n], ys
}

// errors are the test errors of method k at the end of its runs, in percent.
func (r rounds) errors(k int) []float64 {
	var out []float64
	for _, result := range r[k] {
		v := 100.0 // of one that diverged before it was evaluated
		if e := result.History.Evaluated.Error; len(e) > 0 {
			v = 100 * e[len(e)-1]
		}
		out = append(out, v)
	}
	return out
}

// gain is how much less method k errs than method j, run by run, in percent.
func (r rounds) gain(j, k int) []float64 {
	out := r.errors(j)
	for i, v := range r.errors(k) {
		out[i] -= v
	}
	return out
}

func evaluatedPasses(h *optim.History) []float64 { return h.Evaluated.Passes }
func passes(h *optim.History) []float64          { return h.Passes }

func percentWrong(h *optim.History) []float64 {
	out := make([]float64, len(h.Evaluated.Error))
	for i, e := range h.Evaluated.Error {
		out[i] = 100 * e
	}
	return out
}

// sampledRow is a row of the mean of a quantity over runs, with its standard
// error. There is no exact theory of it.
func sampledRow(set settings, quantity, meaning, printed string, sample []float64) Row {
	mean, sd := stat.MeanStdDev(sample, nil)
	row := Row{
		Quantity: quantity, Meaning: meaning, Thesis: printed,
		Ours: mean, Theory: math.NaN(), Smaller: set.scale != Paper,
	}
	if len(sample) > 1 {
		row.Error = stat.StdErr(sd, float64(len(sample)))
	}
	return row
}

// mnist is so many of MNIST's training images on [-1, 1], and so many others of
// them for validation, out of the 12 % that are held out for it (section 2.4.2);
// all where there are no more.
func mnist(images, held int) (train, validation *data.Set, err error) {
	all, _, err := data.MNIST()
	if err != nil {
		return nil, nil, err
	}
	train, validation = all.Split(heldOut, 1)
	train, validation = some(train, images), some(validation, held)
	train.Rescale(-1, 1)
	validation.Rescale(-1, 1)
	return train, validation, nil
}

const heldOut = 0.12

// some is n samples, as many of each class as in the whole, or the whole.
func some(s *data.Set, n int) *data.Set {
	if n >= s.Len() {
		return s
	}
	_, part := s.Split(float64(n)/float64(s.Len()), 2)
	return part
}

// sizeNote says what is smaller than in the thesis.
func sizeNote(set settings, c *contest, thesis string) string {
	if set.scale == Paper {
		return fmt.Sprintf("%d runs of %g epochs on %d images, as in the thesis.", c.runs, c.options.Epochs, c.train.Len())
	}
	return fmt.Sprintf("Scale %s: %d runs of %.4g epochs of %d mini-batches of %d on %d images, errors on %d others; the thesis has %s. Its numbers are shown and not compared.",
		set.scale, c.runs, c.options.Epochs, max(1, c.train.Len()/c.options.Batch), c.options.Batch, c.train.Len(), c.test.Len(), thesis)
}
