package thesis

import (
	"math"

	"gonum.org/v1/gonum/floats"

	"glassy/lab/fig"
	"glassy/lab/net"
	"glassy/lab/optim"
)

// A beginning is a law of first weights. The thesis does not say which one its
// networks have, and the deep one's fate hangs on it.
type beginning struct {
	name, short string
	rule        net.Initialiser
}

var beginnings = []beginning{
	{"from He's start", "He", net.HeNormal},
	{"from a small start", "small", net.PyTorch},
}

// The deep network of section 2.4.3: 16 hidden layers and the one of the loss.
const (
	deepLayers = 17
	deepJ      = 1e-3
	deepτ0     = 500
	deepBatch  = 128 // not printed; that of the CIFAR-10 experiment
)

// The methods of its contest, and how they are drawn. The field's strength counts
// against the gradient, and so hangs on whether that is of the mean over a
// mini-batch, as in (2.20) and here, or of the sum, as in some programs.
var (
	deepNames  = []string{"Adam", "field, J = 10^{−3}", "field, J = 10^{−3}/128"}
	deepShorts = []string{"Adam", "J", "J/128"}
	deepColors = []fig.Color{fig.Blue, fig.Vermillion, fig.Orange}
)

// deep is the contest of Figures 2.3a and b from one beginning: Adam, and with the
// field as printed and divided by the mini-batch.
func deep(set settings, b beginning, images, epochs, runs int) (*contest, error) {
	held := math.MaxInt
	if set.scale == Quick {
		held = 500
	}
	train, validation, err := mnist(images, held)
	if err != nil {
		return nil, err
	}
	network, err := net.Named("mnistfc-16x128")
	if err != nil {
		return nil, err
	}
	adam := optim.Adam(1e-3)
	adam.Inner.Decay = 1e-5
	return &contest{
		network: network, start: b.rule, train: train, test: validation, runs: runs,
		methods: []optim.Method{
			adam,
			optim.Trivialized(adam, deepJ, deepLayers, deepτ0),
			optim.Trivialized(adam, deepJ/deepBatch, deepLayers, deepτ0),
		},
		options: optim.Options{Epochs: float64(epochs), Batch: deepBatch, EvaluateEvery: max(0.5, float64(epochs)/20)},
	}, nil
}

const deepSize = "10 runs of 50 epochs on 52,800"

// What the notes of both figures say.
var deepNotes = []string{
	"The thesis does not print how its weights start. From He's normal law 16 layers keep the size of what goes through them; " +
		"from the small uniform one that Torch and PyTorch have by default (1/√fan-in) gradients vanish, and Adam alone stands still.",
	"As printed, with gradients of the mean loss of a mini-batch, J = 10^{−3} is too strong: Adam divides a constant gradient by its own size, so that the field drives the weights on at full rate until it has decayed, and the network does not recover. " +
		"With J/128, which is the printed one if gradients are of the sum over 128, the field does what the thesis says: the small start moves at once.",
}

// eachBeginning holds the contest of Figures 2.3a and b from each beginning, as
// configure changes it, and hands on what became of it. It is stopped when one of
// them was; with nothing to hand on that is an error.
func eachBeginning(set settings, images, epochs, runs int, configure func(*contest), use func(beginning, *contest, rounds)) (stopped bool, err error) {
	for i, b := range beginnings {
		c, err := deep(set, b, images, epochs, runs)
		if err != nil {
			return false, err
		}
		configure(c)
		got, stopped, err := c.hold(set)
		switch {
		case err != nil && stopped && i > 0:
			return true, nil
		case err != nil:
			return false, err
		}
		use(b, c, got)
		if stopped {
			return true, nil
		}
	}
	return false, nil
}

// deepScale is the size of the contest at a scale.
func deepScale(scale Scale, quick int) (images, epochs, runs int) {
	switch scale {
	case Desktop:
		return math.MaxInt, 10, 2
	case Paper:
		return math.MaxInt, 50, 10
	}
	return 1950, quick, 2
}

// figure23a is the validation error of the deep network.
func figure23a(set settings) (*Result, error) {
	r := &Result{Sources: []string{"chaudhari2018", "kingma2015", "he2015"}}
	images, epochs, runs := deepScale(set.scale, 8)
	var panels []*fig.Figure
	stopped, err := eachBeginning(set, images, epochs, runs, func(*contest) {}, func(b beginning, c *contest, got rounds) {
		f := fig.New(b.name)
		f.X.Label, f.Y.Label, f.Y.Unit = "epochs", "validation error", "%"
		for k, name := range deepNames {
			x, runs := got.curves(k, evaluatedPasses, percentWrong)
			f.Runs(name, x, runs, fig.MeanStd).In(deepColors[k])
			r.Rows = append(r.Rows, sampledRow(set, deepShorts[k]+", "+b.short, "validation error in % at the end, "+b.name, []string{"2.92", "2.48", "2.48"}[k], got.errors(k)))
		}
		r.Rows = append(r.Rows, sampledRow(set, "gain, "+b.short, "by the field of J/128, run by run", "", got.gain(0, 2)))
		if len(panels) == 0 {
			r.Notes = append(r.Notes, sizeNote(set, c, deepSize))
		}
		panels = append(panels, f)
	})
	if err != nil {
		return nil, err
	}
	r.Stopped = stopped
	r.Figure = fig.Grid("A network of 16 hidden layers, Adam and Trivialized-SGD", 2, panels...)
	r.Notes = append(append(r.Notes, deepNotes...), "Bands: the standard deviation over runs.")
	return r, nil
}

// figure23b is the smallest number of that network's gradient.
func figure23b(set settings) (*Result, error) {
	r := &Result{Sources: []string{"chaudhari2018", "kingma2015", "he2015"}}
	images, epochs, runs := deepScale(set.scale, 4)
	var panels []*fig.Figure
	stopped, err := eachBeginning(set, images, epochs, runs, func(c *contest) {
		c.options.LeastGradient, c.options.EvaluateEvery = true, c.options.Epochs
		c.options.RecordEvery = max(1, epochs*c.train.Len()/c.options.Batch/400)
	}, func(b beginning, c *contest, got rounds) {
		f := fig.New(b.name)
		f.X.Label, f.Y.Label = "epochs", "min_{i} |g_{i}|"
		f.Y.Scale = fig.Log
		sizes := make([][]float64, len(deepNames))
		for k, name := range deepNames {
			x, runs := got.curves(k, passes, func(h *optim.History) []float64 { return atLeast(floor, h.LeastGradient) })
			f.Runs(name, x, runs, fig.Quantiles(0.25)).In(deepColors[k])
			for _, run := range runs {
				sizes[k] = append(sizes[k], logMean(run[:1+len(run)/4]))
			}
			meaning := "mean of log_{10} min|g_{i}| over the first quarter, "
			if k > 0 {
				floats.Sub(sizes[k], sizes[0])
				meaning = "how much more with the field; the thesis: “significantly larger”; "
			}
			r.Rows = append(r.Rows, sampledRow(set, deepShorts[k]+", "+b.short, meaning+b.name, "", sizes[k]))
		}
		if len(panels) == 0 {
			r.Notes = append(r.Notes, sizeNote(set, c, deepSize))
		}
		panels = append(panels, f)
	})
	if err != nil {
		return nil, err
	}
	r.Stopped = stopped
	r.Figure = fig.Grid("The smallest number of the gradient", 2, panels...)
	r.Notes = append(append(r.Notes, deepNotes...),
		"The gradient is that of the mini-batch with weight decay and field: what goes into Adam. Without the field the weights of a unit that is off on the whole mini-batch have the decay alone, and its bias, where it is 0, nothing: 0 is drawn, and counted, as 10^{−16}. Curves: the median over runs, bands its quartiles.")
	return r, nil
}

// floor is where a number that is 0 is drawn on a logarithmic axis.
const floor = 1e-16

func atLeast(low float64, v []float64) []float64 {
	out := make([]float64, len(v))
	for i, x := range v {
		out[i] = max(low, x)
	}
	return out
}

// logMean is the mean of log₁₀.
func logMean(v []float64) float64 {
	sum := 0.0
	for _, x := range v {
		sum += math.Log10(x)
	}
	return sum / float64(len(v))
}

// figure23c is the validation error of the convolutional network of MNIST: two
// blocks, the hidden layer and the one of the loss.
func figure23c(set settings) (*Result, error) {
	const layers, J, τ0 = 4, 1e-4, 1000
	images, held, epochs, runs, batch := 1950, 500, 3, 2, 64 // more steps in the time
	switch set.scale {
	case Desktop:
		images, held, epochs, runs, batch = math.MaxInt, math.MaxInt, 15, 3, 256
	case Paper:
		images, held, epochs, runs, batch = math.MaxInt, math.MaxInt, 100, 10, 256
	}
	train, validation, err := mnist(images, held)
	if err != nil {
		return nil, err
	}
	network, err := net.Named("lenet-block")
	if err != nil {
		return nil, err
	}
	adam := optim.Adam(1e-4)
	adam.Inner.Decay = 1e-3
	c := &contest{
		network: network, start: net.HeNormal, train: train, test: validation, runs: runs,
		methods: []optim.Method{adam, optim.Trivialized(adam, J, layers, τ0)},
		options: optim.Options{Epochs: float64(epochs), Batch: batch, EvaluateEvery: max(0.5, float64(epochs)/50)},
	}
	got, stopped, err := c.hold(set)
	if err != nil {
		return nil, err
	}
	f := fig.New("LeNet with batch-norm, Adam and Trivialized-SGD")
	f.X.Label, f.Y.Label, f.Y.Unit = "epochs", "validation error", "%"
	f.Y.Scale = fig.Log
	for k, name := range []string{"Adam", "with the field"} {
		x, runs := got.curves(k, evaluatedPasses, percentWrong)
		f.Runs(name, x, runs, fig.Quantiles(0)).In([]fig.Color{fig.Blue, fig.Vermillion}[k])
	}
	return &Result{
		Figure: f, Stopped: stopped,
		Rows: []Row{
			sampledRow(set, "Adam", "validation error in %", "0.61 ± 0.04", got.errors(0)),
			sampledRow(set, "with the field", "the same with Trivialized-SGD", "0.55 ± 0.03", got.errors(1)),
			sampledRow(set, "gain", "by the field, run by run", "", got.gain(0, 1)),
		},
		Notes: []string{
			sizeNote(set, c, "10 runs of 100 epochs of mini-batches of 256 on 52,800"),
			"Curves: the median over runs, bands all of them. The weights' start is not printed: it is He's normal law here.",
		},
		Sources: []string{"chaudhari2018", "kingma2015", "lecun1998", "he2015"},
	}, nil
}
