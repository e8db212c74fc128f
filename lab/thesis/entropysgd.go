package thesis

import (
	"fmt"
	"math"
	"strings"

	"gonum.org/v1/gonum/floats"

	"glassy/lab/data"
	"glassy/lab/fig"
	"glassy/lab/net"
	"glassy/lab/optim"
)

// A duel is one line of Table 3.1: Entropy-SGD and the method it is compared with,
// each with the dropout that the thesis gives it; on LeNet SGD as well.
type duel struct {
	name    string
	network string
	twin    string // stands for it below the scale of the thesis; "": itself
	text    bool   // the figure is a perplexity, or what is printed as one
	cifar   bool
	batch   int
	sides   []side // Entropy-SGD, its rival of Table 3.1, and any other
	data    func(set settings, part int) (train, test *data.Set, network net.Architecture, notes []string, err error)
}

// A side is one of them: its effective epochs at the scale of the thesis.
type side struct {
	name            string
	method          func(epochs float64) optim.Method // of so many epochs of updates
	dropout         []float64                         // nil: the network's
	epochs          float64
	printed, within string // error or perplexity, and the epochs of Table 3.1
	linear          bool   // its rate goes with the size of the mini-batch: no batch normalisation bears more
}

// scoped is Entropy-SGD with those values of section 3.3, its update's rate falling
// by a factor at those parts of the training.
func scoped(L int, scope, temperature, factor float64, parts ...float64) func(epochs float64) optim.Method {
	return func(epochs float64) optim.Method {
		m := optim.EntropySGD()
		m.Steps, m.Scope, m.Temperature = L, optim.Exponential(scope, 1e-3), optim.Constant(temperature)
		return m.Anneal(fallsAt(factor, epochs, parts...))
	}
}

func fallsAt(factor, epochs float64, parts ...float64) optim.Schedule {
	at := make([]float64, len(parts))
	for i, p := range parts {
		at[i] = p * epochs
	}
	return optim.Drops(factor, at...)
}

// baseAdam is Adam with a rate that falls to a fifth thrice in 100 epochs.
func baseAdam(epochs float64) optim.Method {
	return optim.Adam(1e-3).Anneal(optim.DropsEvery(5, 0.3*epochs))
}

var (
	duelFC = duel{name: "mnistfc", network: "mnistfc", batch: 128, data: digitsFor("mnistfc"), sides: []side{
		{"Entropy-SGD", scoped(20, 1e4, 1e-6, 10, 0.4), []float64{.2, .15, .15}, 100, "1.37 ± 0.03", "120", false},
		{"Adam", baseAdam, []float64{.2, .5, .5}, 100, "1.39 ± 0.03", "66", false},
	}}
	duelLeNet = duel{name: "lenet", network: "lenet", batch: 128, data: digitsFor("lenet"), sides: []side{
		{"Entropy-SGD", scoped(20, 1e4, 1e-6, 10, 0.4), []float64{.25}, 100, "0.5 ± 0.01", "80", false},
		{"Adam", baseAdam, []float64{.5}, 100, "0.51 ± 0.01", "100", false},
		// Of Table 5.1, as in Figure 5.3.
		{"SGD", func(epochs float64) optim.Method {
			return optim.Nesterov(0.1, 0.9).Anneal(fallsAt(10, epochs, 0.3, 0.6, 0.9))
		}, []float64{.5}, 100, "0.5 ± 0.01", "", true},
	}}
	duelCIFAR = duel{name: "allcnn", network: "allcnn", twin: "small-allcnn", cifar: true, batch: 128, data: objects, sides: []side{
		{"Entropy-SGD", scoped(20, 30, 1e-8, 5, 0.4, 0.8), nil, 200, "7.81 ± 0.09", "160", false},
		{"SGD", func(epochs float64) optim.Method {
			m := optim.Nesterov(0.1, 0.9).Anneal(optim.DropsEvery(5, 0.3*epochs))
			m.Inner.Decay = 1e-3
			return m
		}, nil, 200, "7.71 ± 0.19", "180", false},
	}}
	duelWords = duel{name: "PTB-LSTM", network: "ptb-lstm", text: true, batch: 20, data: words, sides: []side{
		{"Entropy-SGD", func(epochs float64) optim.Method {
			m := optim.EntropySGD()
			m.Steps, m.Scope, m.Temperature = 5, optim.Constant(1e3), optim.Constant(1e-8)
			m.Inner.Rate, m.Inner.Clip = optim.Constant(1), 10
			m.Inner.Momentum, m.Outer.Momentum = .5, .5
			return m.Anneal(fallsAt(10, epochs, 0.6, 0.8))
		}, nil, 25, "77.656 ± 0.171", "25", false},
		{"SGD", func(epochs float64) optim.Method {
			// Zaremba et al. 2014: 14 epochs of 55 at rate 1, then 1.15 times less each.
			m := optim.SGD(1).Anneal(func(c optim.Clock) float64 {
				return math.Pow(1.15, -max(0, 55*c.Epoch()/epochs-14))
			})
			m.Inner.Clip = 10
			return m
		}, nil, 55, "78.6 ± 0.26", "55", false},
	}}
	duelCharacters = duel{name: "char-LSTM", network: "warpeace-lstm", text: true, batch: 128, data: characters, sides: []side{
		{"Entropy-Adam", func(epochs float64) optim.Method {
			return optim.EntropyAdam().Anneal(fallsAt(2, epochs, 0.2, 0.4, 0.6, 0.8))
		}, nil, 25, "1.217 ± 0.005", "25", false},
		{"Adam", func(epochs float64) optim.Method {
			return optim.Adam(2e-3).Anneal(optim.DropsEvery(2, 0.1*epochs))
		}, nil, 50, "1.226 ± 0.01", "40", false},
	}}
)

// hold is all sides' trainings: the runs of Entropy-SGD and then of its rivals, from
// the same starts and on the same mini-batches. At quick scale the data are a part of
// what the duel's own figure has.
func (d *duel) hold(set settings, part int) (r rounds, notes []string, stopped bool, err error) {
	train, test, network, notes, err := d.data(set, part)
	if err != nil {
		return nil, nil, false, err
	}
	var contests []*contest
	for k := range d.sides {
		c := d.contest(set, k, part, network, train, test)
		contests = append(contests, c)
		one, cut, err := c.hold(set)
		if err != nil {
			return nil, nil, cut, err
		}
		r = append(r, one...)
		if stopped = cut; cut {
			break
		}
	}
	return r, append(notes, d.sizeNote(set, contests)), stopped, nil
}

// contest is the training of one side.
func (d *duel) contest(set settings, k, part int, network net.Architecture, train, test *data.Set) *contest {
	s, batch, runs := d.sides[k], d.batch, 3
	epochs := s.epochs
	switch set.scale {
	case Quick:
		epochs, batch, runs = 3, 16, 1
	case Desktop:
		epochs = min(epochs, 10)
	case Paper:
		runs = 5
	}
	m := s.method(epochs)
	m = s.method(epochs / gradients(m)) // schedules count updates
	if set.scale == Quick && gradients(m) > 1 {
		m.Outer.Momentum = 0 // few updates are made
	}
	if s.linear {
		m.Inner.Rate = m.Inner.Rate.Times(optim.Constant(float64(batch) / float64(d.batch)))
	}
	if s.dropout != nil {
		network = network.WithDropout(s.dropout...)
	}
	start := net.HeNormal
	if d.text {
		start = net.PyTorch
	}
	return &contest{
		network: network, start: start, train: train, test: test, runs: runs, effective: true,
		methods: []optim.Method{m},
		options: optim.Options{Epochs: epochs, Batch: batch, EvaluateEvery: max(float64(part)/2, epochs/20)},
	}
}

func (d *duel) sizeNote(set settings, contests []*contest) string {
	var ours, theirs []string
	for k, c := range contests {
		ours = append(ours, fmt.Sprintf("%.4g", c.options.Epochs))
		theirs = append(theirs, fmt.Sprintf("%g", d.sides[k].epochs))
	}
	c := contests[0]
	s := fmt.Sprintf("%s, scale %s: %d runs of %s effective epochs of mini-batches of %d on %d samples, held against %d others; the thesis has %s.",
		d.name, set.scale, c.runs, strings.Join(ours, " and "), c.options.Batch, c.train.Len(), c.test.Len(), strings.Join(theirs, " and "))
	if d.twin != "" && set.scale != Paper {
		s += fmt.Sprintf(" %s, of an eighth of the channels, stands for %s.", d.twin, d.network)
	}
	return s
}

// measure is what the duel is decided by, of all evaluations of a run.
func (d *duel) measure(h *optim.History) []float64 {
	switch {
	case d.name == "char-LSTM": // nats for a character, printed as a perplexity
		return h.Evaluated.Loss
	case d.text:
		out := make([]float64, len(h.Evaluated.Loss))
		for i, v := range h.Evaluated.Loss {
			out[i] = math.Exp(v)
		}
		return out
	}
	return percentWrong(h)
}

// final is the measure at the end of each run of a side, and when it was first
// within a twentieth of that.
func (d *duel) final(r rounds, k int) (end, reached []float64) {
	for _, result := range r[k] {
		v := d.measure(&result.History)
		last, at := tail(v), math.NaN()
		for i, x := range v {
			if x <= 1.05*last {
				at = result.History.Evaluated.Passes[i]
				break
			}
		}
		end, reached = append(end, last), append(reached, at)
	}
	return end, reached
}

var duelInks = []fig.Color{fig.Vermillion, fig.Blue, fig.Green}

// panel draws the measure against effective epochs.
func (d *duel) panel(r rounds) *fig.Figure {
	f := fig.New(d.name)
	f.X.Label = "effective epochs"
	switch {
	case d.name == "char-LSTM":
		f.Y = fig.Axis{Label: "validation loss", Unit: "nats a character"}
	case d.text:
		f.Y = fig.Axis{Label: "validation perplexity", Scale: fig.Log}
	default:
		f.Y = fig.Axis{Label: "validation error", Unit: "%", Scale: fig.Log}
	}
	for k := range r {
		x, runs := r.curves(k, evaluatedPasses, d.measure)
		f.Runs(d.sides[k].name, x, runs, fig.MeanStd).In(duelInks[k])
	}
	return f
}

// rows are the measures at the end, when they were reached, and the difference run
// by run.
func (d *duel) rows(set settings, r rounds) (rows []Row) {
	what := "validation error in % at the end"
	switch {
	case d.name == "char-LSTM":
		what = "validation loss in nats a character at the end; printed as a perplexity"
	case d.text:
		what = "validation perplexity at the end; in print on the test set"
	}
	var ours []float64
	var gains []Row
	for k := range r {
		s := d.sides[k]
		end, reached := d.final(r, k)
		at := sampledRow(set, "epochs, "+d.name+", "+s.name, "effective epochs until within 5 % of that", s.within, reached)
		at.Smaller = true // how the thesis counts them is not said
		rows = append(rows, sampledRow(set, d.name+", "+s.name, what, s.printed, end), at)
		if k == 0 {
			ours = end
			continue
		}
		floats.Sub(end, ours[:len(end)])
		gains = append(gains, sampledRow(set, "gain, "+d.name+", "+s.name, "of Entropy-SGD on that, run by run", "", end))
	}
	return append(rows, gains...)
}

// digitsFor is MNIST for a network.
func digitsFor(name string) func(settings, int) (*data.Set, *data.Set, net.Architecture, []string, error) {
	return func(set settings, part int) (train, test *data.Set, a net.Architecture, notes []string, err error) {
		images, held := math.MaxInt, math.MaxInt
		if set.scale == Quick {
			images, held = 480/part, 300
		}
		if train, test, err = mnist(images, held); err == nil {
			a, err = net.Named(name)
		}
		return train, test, a, nil, err
	}
}

// objects is CIFAR-10 for All-CNN.
func objects(set settings, part int) (train, test *data.Set, a net.Architecture, notes []string, err error) {
	images, held, name := math.MaxInt, math.MaxInt, "allcnn"
	if set.scale == Quick {
		images, held = 320/part, 200
	}
	if set.scale != Paper {
		name = "small-allcnn"
	}
	if train, test, _, err = cifar(set, images, held); err == nil {
		a, err = net.Named(name)
	}
	return train, test, a, nil, err
}

// windows is so many samples of T tokens of both parts of a text, all where there are
// no more.
func windows(c *data.Corpus, T, train, test int) (*data.Set, *data.Set) {
	cut := func(part []int32, n int) *data.Set {
		s := c.Windows(part, T)
		return s.Subset(upTo(min(n, s.Len())))
	}
	return cut(c.Train, train), cut(c.Validation, test)
}

// characters is War and Peace, or the novels that stand for it.
func characters(set settings, part int) (train, test *data.Set, a net.Architecture, notes []string, err error) {
	c, err := novel()
	if err != nil {
		return nil, nil, a, nil, err
	}
	if a, err = net.Named("warpeace-lstm"); err != nil {
		return nil, nil, a, nil, err
	}
	T, most, tested := 50, math.MaxInt, math.MaxInt
	notes = []string{
		"What the thesis prints as the perplexity of characters, 1.217 and 1.226, is the mean cross-entropy in nats: as perplexities they would be e^{1.22} = 3.4. Two layers of 128 reach about 1.2 nats on this text (Karpathy et al. 2015).",
		fmt.Sprintf("The text is %s, %d different characters for the thesis's 87. Every window starts from the same state.", c.Name, len(c.Symbols)),
	}
	switch set.scale {
	case Quick:
		T, most, tested = 25, 640/part, 100
		a.Input = []int{T}
		a.Layers = []net.Layer{net.OneHot{Vocabulary: 87}, net.LSTM{Hidden: 32}, net.LSTM{Hidden: 32}, net.Dense{Out: 87}}
		notes = append(notes, "At this scale the network has two layers of 32, unrolled for 25 steps, for 128 and 50.")
	case Desktop:
		most, tested = 12_800, 2000
	}
	train, test = windows(c, T, most, tested)
	return train, test, a, notes, nil
}

// words is the Penn Treebank where a user has it and the scale is the thesis's, else
// English books and a network that fits them.
func words(set settings, part int) (train, test *data.Set, a net.Architecture, notes []string, err error) {
	name := "gutenberg"
	if set.scale == Paper {
		name = "ptb"
	}
	c, err := data.Words(name)
	if err != nil {
		return nil, nil, a, nil, err
	}
	if set.scale == Paper {
		if a, err = net.Named("ptb-lstm"); err != nil {
			return nil, nil, a, nil, err
		}
		train, test = windows(c, a.Input[0], math.MaxInt, math.MaxInt)
		return train, test, a, nil, nil
	}
	T, vocabulary, hidden, most, tested := 10, 300, 32, 640/part, 200
	if set.scale == Desktop {
		T, vocabulary, hidden, most, tested = 20, 2000, 100, 10_000, 1000
	}
	c = frequent(c, vocabulary)
	a = net.Architecture{
		Name: fmt.Sprintf("an LSTM of %d", hidden), Input: []int{T}, Classes: vocabulary,
		Layers: []net.Layer{net.Embedding{Vocabulary: vocabulary, Width: hidden}, net.LSTM{Hidden: hidden}, net.LSTM{Hidden: hidden}, net.Dense{Out: vocabulary}},
	}
	train, test = windows(c, T, most, tested)
	notes = []string{fmt.Sprintf("The Penn Treebank is under licence. The words here are of 18 English books, the %d most frequent of them, all others one symbol; the network has two layers of %d, unrolled for %d steps, for 1500 and 35, and no dropout. Its perplexities do not compare with the thesis's, which the scale of the thesis makes from a user's own copy.", vocabulary, hidden, T)}
	return train, test, a, notes, nil
}

// frequent is a corpus with its most frequent words alone; all others are Unknown.
func frequent(c *data.Corpus, most int) *data.Corpus {
	unknown := int32(0)
	for i, s := range c.Symbols {
		if s == data.Unknown {
			unknown = int32(i)
		}
	}
	cut := func(tokens []int32) []int32 {
		out := make([]int32, len(tokens))
		for i, t := range tokens {
			if out[i] = t; int(t) >= most {
				out[i] = unknown
			}
		}
		return out
	}
	few := *c
	few.Symbols, few.Train, few.Validation, few.Test = c.Symbols[:most], cut(c.Train), cut(c.Validation), cut(c.Test)
	return &few
}

const duelNote = "Errors and losses are on data held out of the training data. Dropout after each layer is the thesis's, on the input of mnistfc 0.2. An effective epoch is a pass of gradients through the data, L of them for an epoch of updates. Mini-batches of 128 and the weights' start, He's normal law, for texts the uniform one of 1/√fan-in, are not printed. When a rate falls is counted in parts of the training. The rate of SGD on LeNet goes with the size of its mini-batches."

// figureOf is the figure of some duels.
func figureOf(title string, sources []string, duels ...*duel) func(set settings) (*Result, error) {
	return func(set settings) (*Result, error) {
		r := &Result{Sources: append([]string{"chaudhari2018"}, sources...)}
		var panels []*fig.Figure
		for _, d := range duels {
			got, notes, stopped, err := d.hold(set, 1)
			if err != nil && !(stopped && len(panels) > 0) {
				return nil, err
			}
			if err == nil {
				panels = append(panels, d.panel(got))
				r.Rows = append(r.Rows, d.rows(set, got)...)
				r.Notes = append(r.Notes, notes...)
			}
			if r.Stopped = stopped; stopped {
				break
			}
		}
		r.Figure = panels[0]
		r.Figure.Title = title
		if len(panels) > 1 {
			r.Figure = fig.Grid(title, 2, panels...)
			for i, p := range panels {
				p.Title = duels[i].name
			}
		}
		r.Notes = append(r.Notes, duelNote)
		return r, nil
	}
}

// table31 is all duels at once.
func table31(set settings) (*Result, error) {
	r := &Result{Sources: []string{"chaudhari2018", "lecun1998", "krizhevsky2009", "springenberg2014", "kingma2015", "karpathy2015"}}
	duels := []*duel{&duelFC, &duelLeNet, &duelCIFAR, &duelWords, &duelCharacters}
	f := fig.New("Entropy-SGD beside SGD or Adam")
	f.X = fig.Axis{Label: "1 mnistfc, 2 lenet, 3 allcnn, 4 words, 5 characters", Ticks: []float64{1, 2, 3, 4, 5}, Min: 0.5, Max: 5.5}
	f.Y = fig.Axis{Label: "error or perplexity, over that of SGD or Adam"}
	var x, y, bars []float64
	for i, d := range duels {
		got, notes, stopped, err := d.hold(set, 2)
		if err != nil && !(stopped && i > 0) {
			return nil, err
		}
		if r.Stopped = stopped; stopped {
			break
		}
		r.Rows = append(r.Rows, d.rows(set, got)...)
		r.Notes = append(r.Notes, notes...)
		var ratios []float64
		ours, _ := d.final(got, 0)
		theirs, _ := d.final(got, 1)
		for k := range theirs {
			ratios = append(ratios, ours[k]/theirs[k])
		}
		row := sampledRow(set, "", "", "", ratios)
		x, y, bars = append(x, float64(i+1)), append(y, row.Ours), append(bars, row.Error)
	}
	f.Points("of our runs", x, y).YError(bars).In(fig.Vermillion)
	f.Points("of the thesis", []float64{1, 2, 3, 4, 5}, []float64{1.37 / 1.39, .5 / .51, 7.81 / 7.71, 77.656 / 78.6, 1.217 / 1.226}).In(fig.Black)
	f.Level(1, "")
	r.Figure = f
	r.Notes = append(r.Notes, duelNote)
	return r, nil
}
