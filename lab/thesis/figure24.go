package thesis

import (
	"math"

	"glassy/lab/fig"
	"glassy/lab/optim"
)

// figure24 is how far the weights of All-CNN-BN align with the field, one that is
// drawn once and one that is drawn anew at every step.
func figure24(set settings) (*Result, error) {
	c, notes, err := cifarContest(set)
	if err != nil {
		return nil, err
	}
	c.methods = c.methods[1:] // the base has no field
	c.options.EvaluateEvery = c.options.Epochs
	got, stopped, err := c.hold(set)
	if err != nil {
		return nil, err
	}
	f := fig.New("Alignment of the weights with the field")
	f.X.Label, f.Y.Label = "epochs", "|h·w|"
	last := make([][]float64, 2)
	for k, name := range []string{"resampled field", "fixed field"} {
		x, runs := got.curves(k, passes, func(h *optim.History) []float64 { return h.Alignment })
		color := []fig.Color{fig.Green, fig.Vermillion}[k]
		f.Runs(name, x, runs, fig.Quantiles(0)).In(color)
		for _, run := range runs {
			last[k] = append(last[k], tail(run))
		}
		f.Line(name+" alone", x, alignmentAlone(c.methods[k], c.network.Dim(), c.train.Len()/c.options.Batch, x)).In(color).As(fig.Dashed)
	}
	ratio := make([]float64, len(last[0]))
	for i := range ratio {
		ratio[i] = last[1][i] / last[0][i]
	}
	return &Result{
		Figure: f, Stopped: stopped,
		Rows: []Row{
			sampledRow(set, "|h·w|, fixed", "mean over the last tenth of the training", "", last[1]),
			sampledRow(set, "|h·w|, resampled", "the same with the field of each step", "", last[0]),
			sampledRow(set, "ratio", "the thesis: a bias in a fixed direction against none", "", ratio),
		},
		Notes: append(notes,
			"h has E h_{i}² = 1, w is taken after the step: a field that is drawn anew has moved it by that step, no more.",
			"Curves: the median over runs, bands all of them. Dashed: what field, weight decay and momentum alone do to weights that were 0, on a flat landscape."),
		Sources: []string{"chaudhari2018", "neelakantan2015", "krizhevsky2009"},
	}, nil
}

// tail is the mean of the last tenth.
func tail(v []float64) float64 {
	v = v[len(v)-max(1, len(v)/10):]
	sum := 0.0
	for _, x := range v {
		sum += x
	}
	return sum / float64(len(v))
}

// alignmentAlone is |h·w| after so many passes of so many steps, for d weights
// that start at 0 on a flat landscape and h of length √d: the method's inner rule
// for the one number a = h·w/d. Of a resampled field only the last step counts.
func alignmentAlone(m optim.Method, d, batches int, passes []float64) []float64 {
	out := make([]float64, 0, len(passes))
	a, v := 0.0, 0.0
	for k := 0; len(out) < len(passes); k++ {
		t := optim.Clock{Step: k, Update: k, Batches: batches}
		r, g := m.Inner, m.Field(t)
		if m.Resampled {
			a, v = 0, 0
		}
		g += r.Decay * a
		v = r.Momentum*v + g
		if r.Nesterov {
			g += r.Momentum * v
		} else {
			g = v
		}
		a -= r.Rate(t) * g
		for len(out) < len(passes) && passes[len(out)] <= (float64(k)+1.5)/float64(batches) {
			out = append(out, float64(d)*math.Abs(a))
		}
	}
	return out
}
