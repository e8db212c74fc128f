package thesis

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat"

	"glassy/lab/fig"
	"glassy/lab/optim"
)

// section335 is the angle between the local entropy's gradient, x − z, and the
// gradient of the mini-batch at x, while Entropy-SGD trains a convolutional network and
// recurrent ones.
func section335(set settings) (*Result, error) {
	const degree = 180 / math.Pi
	r := &Result{Sources: []string{"chaudhari2018", "lecun1998", "karpathy2015", "hochreiter1997"}}
	f := fig.New("Angle between the gradients of local entropy and of the loss")
	f.X.Label, f.Y = "effective epochs", fig.Axis{Label: "angle", Unit: "degrees", Min: 0, Max: 100, Ticks: []float64{0, 30, 60, 90}}
	for i, d := range []*duel{&duelLeNet, &duelWords, &duelCharacters} {
		train, test, network, notes, err := d.data(set, 1)
		if err != nil {
			return nil, err
		}
		c := d.contest(set, 0, 1, network, train, test)
		c.options.Angle, c.options.EvaluateEvery = true, c.options.Epochs
		if set.scale == Quick {
			c.options.Epochs = 4
		}
		got, stopped, err := c.hold(set)
		if err != nil && !(stopped && i > 0) {
			return nil, err
		}
		if r.Stopped = stopped; stopped {
			break
		}
		x, runs := got.curves(0, passes, func(h *optim.History) []float64 {
			out := make([]float64, len(h.Angle))
			for i, a := range h.Angle {
				out[i] = a * degree
			}
			return out
		})
		f.Runs(d.name, x, runs, fig.MeanStd).In([]fig.Color{fig.Blue, fig.Vermillion, fig.Orange}[i])
		var mean, change []float64
		for _, run := range runs {
			mean = append(mean, stat.Mean(run, nil))
			steps := 0.0
			for i := 1; i < len(run); i++ {
				steps += math.Abs(run[i] - run[i-1])
			}
			change = append(change, steps/float64(len(run)-1))
		}
		r.Rows = append(r.Rows,
			sampledRow(set, "angle, "+d.name, fmt.Sprintf("mean over the training, in degrees; directions that have nothing to do with each other: 90 ± %.2g", degree/math.Sqrt(float64(network.Dim()))), "", mean),
			sampledRow(set, "change, "+d.name, "from one recorded update to the next, in degrees; the thesis: much more rapid in recurrent networks", "", change))
		r.Notes = append(append(r.Notes, notes...), fmt.Sprintf("%s, scale %s: %d runs of %.4g effective epochs of mini-batches of %d on %d samples, %s.",
			d.name, set.scale, c.runs, c.options.Epochs, c.options.Batch, train.Len(), c.methods[0]))
	}
	f.Level(90, "unrelated")
	r.Figure = f
	r.Notes = append(r.Notes, "The mini-batch is the first of the inner loop's; x − z is L steps long. The angle grows with L, with the inner rate and with the noise of small mini-batches, for any landscape: it is a measure of ruggedness only between trainings that are alike in these.")
	return r, nil
}
