package thesis

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"

	"glassy/lab/data"
	"glassy/lab/device"
	"glassy/lab/fig"
	"glassy/lab/landscape"
	"glassy/lab/net"
	"glassy/lab/optim"
	"glassy/lab/rng"
	"glassy/lab/spectrum"
)

// figure34a is the Hessian of a fully-connected network where SGD ends. Its Hessian
// is worked out whole on a network of 7×7 pixels, and at the scale of the thesis.
func figure34a(set settings) (*Result, error) {
	const near = 1e-2
	e := &ending{
		start: net.HeNormal, method: optim.HeavyBall(0.05, 0.9), runs: 2,
		options: optim.Options{Epochs: 25, Batch: 20}, exact: true,
	}
	images, held := 1000, 500
	switch set.scale {
	case Desktop:
		images, held, e.exact, e.products = math.MaxInt, math.MaxInt, false, 600
	case Paper:
		images, held = math.MaxInt, math.MaxInt
	}
	if set.scale != Quick {
		e.options.Epochs, e.options.Batch, e.measured = 30, 128, 4096
	}
	e.method = e.method.Anneal(optim.DropsEvery(5, e.options.Epochs/3))
	var err error
	if e.train, e.test, err = mnist(images, held); err != nil {
		return nil, err
	}
	if set.scale == Quick {
		e.train, e.test = e.train.Pool(4), e.test.Pool(4)
		e.network = net.Architecture{Name: "49-20-10", Input: e.train.Shape, Classes: 10, Layers: []net.Layer{net.Dense{Out: 20}, net.ReLU{}, net.Dense{Out: 10}}}
	} else if e.network, err = net.Named("smallfc"); err != nil {
		return nil, err
	}
	all, stopped, err := e.each(set)
	if err != nil {
		return nil, err
	}
	rows := e.rows(set, all, near, 128, "90")
	rows[len(rows)-1].Thesis = "2.5"
	return &Result{
		Figure: e.histogram(all, 1e-4, near), Rows: rows, Stopped: stopped,
		Notes: []string{
			e.sized(set, "2 runs of smallfc, 50,890 weights"),
			"The text says 32 hidden units; 50,890 weights are those of 64. The author's program multiplies the eigenvalues of this network by 128 before it draws them: 10^{−2} in the figure is 8·10^{−5}. Here they are drawn as they are.",
		},
		Sources: []string{"chaudhari2018", "lecun1998", "he2015", "epperly2024"},
	}, nil
}

// figure34b is the Hessian of an LSTM that is trained to tell the next character of
// a small text.
func figure34b(set settings) (*Result, error) {
	const near = 1e-5
	e := &ending{start: net.PyTorch, method: optim.Adam(1e-2), runs: 2, options: optim.Options{Epochs: 200, Batch: 24}, exact: true}
	lines, width, name := 24, 16, "a small LSTM"
	if set.scale != Quick {
		lines, width = 256, 32
		e.options.Epochs, e.options.Batch, e.runs = 200, 32, 5
		e.exact, e.products = set.scale == Paper, 1000
	}
	e.method = e.method.Anneal(optim.Drops(10, 0.7*e.options.Epochs))
	corpus, err := novel()
	if err != nil {
		return nil, err
	}
	text := corpus.Text(corpus.Train[:50_000])
	classes := 96
	if set.scale == Quick {
		text, classes = letters(text), 27
	}
	small, err := data.NewCharacters(corpus.Name, text)
	if err != nil {
		return nil, err
	}
	e.train = small.Windows(small.Train, width).Subset(upTo(lines))
	e.test = small.Windows(small.Validation, width)
	if set.scale == Quick {
		e.network = net.Architecture{
			Name: name, Input: []int{width}, Classes: classes,
			Layers: []net.Layer{net.OneHot{Vocabulary: classes}, net.LSTM{Hidden: 5, LearnedState: true}, net.Dense{Out: classes}},
		}
	} else if e.network, err = net.Named("char-lstm"); err != nil {
		return nil, err
	}
	all, stopped, err := e.each(set)
	if err != nil {
		return nil, err
	}
	return &Result{
		Figure: e.histogram(all, 1e-6, near), Rows: e.rows(set, all, near, 32, "95"), Stopped: stopped,
		Notes: []string{
			e.sized(set, "5 runs of char-lstm, 32,640 weights, on 256 lines of 32 characters"),
			fmt.Sprintf("The thesis does not name its text: the lines are from %s. They are told character by character, each from those before; with so few lines the network learns them by heart, and the error on others is that.", corpus.Name),
			"The LSTM is that of Hochreiter and Schmidhuber with a forget gate and a learned start. In the author's program its cell forgets all at each step, and eigenvalues are multiplied by 32 before they are drawn.",
		},
		Sources: []string{"chaudhari2018", "hochreiter1997", "kingma2015", "epperly2024"},
	}, nil
}

// novel is War and Peace where it is at hand, else the novels that stand for it.
func novel() (*data.Corpus, error) {
	c, err := data.Characters("war-and-peace")
	if err != nil {
		return data.Characters("gutenberg")
	}
	return c, nil
}

// letters is a text in 27 symbols: small letters, and a blank for all else that
// stands between them.
func letters(text string) string {
	out := []byte{}
	for _, r := range text {
		switch {
		case 'A' <= r && r <= 'Z':
			r += 'a' - 'A'
			fallthrough
		case 'a' <= r && r <= 'z':
			out = append(out, byte(r))
		case len(out) > 0 && out[len(out)-1] != ' ':
			out = append(out, ' ')
		}
	}
	return string(out)
}

// moments is a network's loss that remembers the gradients of mini-batches as Adam
// does: running means of g and g², without their start's bias.
type moments struct {
	*net.Loss
	first, second device.Vector
	k             int
}

const adamβ1, adamβ2 = 0.9, 0.999

// BatchGradient is the loss's, remembered.
func (m *moments) BatchGradient(x device.Vector, b landscape.Batch, g device.Vector) float64 {
	f := m.Loss.BatchGradient(x, b, g)
	dev := g.Device()
	dev.Axpby(1-adamβ1, g, adamβ1, m.first)
	dev.Scale(adamβ2, m.second)
	square := g.Clone()
	dev.Multiply(g, g, square)
	dev.Axpy(1-adamβ2, square, m.second)
	dev.Free(square)
	m.k++
	return f
}

// variance is E g² - (E g)² by these means. Their memories are not equally long, so
// that it may be negative.
func (m *moments) variance() []float64 {
	first, v := device.Read[float64](m.first), device.Read[float64](m.second)
	floats.Scale(1/(1-math.Pow(adamβ2, float64(m.k))), v)
	for i, g := range first {
		g /= 1 - math.Pow(adamβ1, float64(m.k))
		v[i] -= g * g
	}
	return v
}

// figure34c is the diagonal of the Fisher matrix of All-CNN where Adam ends: by the
// means that Adam keeps, and by definition.
func figure34c(set settings) (*Result, error) {
	const near = 1e-5
	name, images, held, runs := "small-allcnn", 240, 200, 2
	o := optim.Options{Epochs: 3, Batch: 32}
	switch set.scale {
	case Desktop:
		images, held, o.Epochs, o.Batch = math.MaxInt, math.MaxInt, 5, 128
	case Paper:
		name, images, held, o.Epochs, o.Batch, runs = "allcnn", math.MaxInt, math.MaxInt, 60, 128, 4
	}
	train, test, _, err := cifar(set, images, held)
	if err != nil {
		return nil, err
	}
	network, err := net.Named(name)
	if err != nil {
		return nil, err
	}
	f, err := net.NewLoss(network, train, net.Options{})
	if err != nil {
		return nil, err
	}
	unseen, err := f.On(test)
	if err != nil {
		return nil, err
	}
	e := &ending{network: network, train: train, test: test, method: optim.Adam(1e-3), options: o, runs: runs}
	of := map[string][][]float64{}
	var errors []float64
	x, diagonal := f.New(), f.New()
	stopped := false
	for run := range runs {
		net.Initialise(network, net.HeNormal, rng.Key(run).Split(1), x)
		m := &moments{Loss: f, first: f.New(), second: f.New()}
		o.Seed, o.Evaluate, o.EvaluateEvery = uint64(run), unseen.Evaluate, o.Epochs
		o.Name = fmt.Sprintf("%s by Adam, run %d of %d", network.Name, run+1, runs)
		end := optim.Run(set.ctx, m, x, e.method, o)
		if stopped = set.ctx.Err() != nil; stopped {
			break
		}
		errors = append(errors, 100*tail(end.History.Evaluated.Error))
		of["Adam's"] = append(of["Adam's"], m.variance())
		// By definition: of the gradients of single images where it ended.
		at := f
		if set.scale != Quick {
			at = f.Subset(upTo(4096))
		}
		at.FisherDiagonal(end.Weights, net.EmpiricalFisher, 0, diagonal)
		g := at.New()
		at.Gradient(end.Weights, g)
		v := device.Read[float64](diagonal)
		for i, mean := range device.Read[float64](g) {
			v[i] -= mean * mean
		}
		of["single images"] = append(of["single images"], v)
	}
	if len(errors) == 0 {
		return nil, set.ctx.Err()
	}
	var panels []*fig.Figure
	var rows []Row
	for _, kind := range []struct{ name, title, short, printed string }{
		{"Adam's", "by the means that Adam keeps", "Adam's means", "95"}, {"single images", "of single images, where it ended", "single images", ""},
	} {
		var all []ended
		var share, negative []float64
		for _, v := range of[kind.name] {
			law := spectrum.NewLaw(kind.name, v)
			low, high := law.Range()
			all = append(all, ended{law: law, low: low, high: high})
			share = append(share, 100*law.Near(near).Value)
			negative = append(negative, 100*law.Share(math.Inf(-1), -math.SmallestNonzeroFloat64).Value)
		}
		f := e.histogram(all, 1e-7, near)
		f.Title, f.X.Label = kind.title, "E g_{i}² − (E g_{i})²"
		f.Y.Label = "share of the weights in a bin"
		panels = append(panels, f)
		rows = append(rows,
			sampledRow(set, "near zero, "+kind.short, "share within ±10^{−5}, in %", kind.printed, share),
			sampledRow(set, "negative, "+kind.short, "share below 0, in %; by definition none", "", negative))
	}
	rows = append(rows, sampledRow(set, "error", "on images not trained on, in %", "11.2", errors))
	return &Result{
		Figure: fig.Grid(fmt.Sprintf("Diagonal of the Fisher matrix of %s, d = %d", network.Name, network.Dim()), 2, panels...), Rows: rows, Stopped: stopped,
		Notes: []string{
			fmt.Sprintf("Scale %s: %d runs of %.4g epochs of mini-batches of %d on %d images. The thesis has 4 runs of allcnn, 1.67 million weights, to an error of 11.2 %%.", set.scale, runs, o.Epochs, o.Batch, train.Len()),
			"Adam's mean of g has a memory of 10 steps and its mean of g² one of 1000, and both are of mini-batches: their difference is a variance only where nothing moves, and may be negative. By definition the diagonal is the variance of the gradients of single images, larger by the size of a mini-batch, and nowhere negative but for rounding.",
			"In the author's program the numbers are multiplied by 256 before they are drawn.",
		},
		Sources: []string{"chaudhari2018", "krizhevsky2009", "springenberg2014", "kingma2015"},
	}, nil
}
