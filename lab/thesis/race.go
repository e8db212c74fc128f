package thesis

import (
	"context"
	"fmt"
	"math"

	"glassy/lab/cluster"
	"glassy/lab/data"
	"glassy/lab/device"
	"glassy/lab/fig"
	"glassy/lab/net"
	"glassy/lab/optim"
	"glassy/lab/rng"
)

// A race is one network trained by the methods of chapter 5, each replica of which
// makes as many passes through its data as the only one of SGD: what takes the same
// time where every replica has a processor.
type race struct {
	name    string
	network string
	images  images
	decay   float64
	rate    float64
	factor  float64      // by which the rate of an update falls
	drops   [2][]float64 // at those parts of the training: of SGD and Elastic-SGD, of Entropy-SGD and Parle
	epochs  float64      // of SGD, in the thesis
	smaller [Paper]reduced
	racers  []racer
	note    string // what is not the thesis's at any scale
}

// images are a race's data.
type images struct {
	set     string // the name of its source
	classes int
	zca     bool // whitened, after global contrast normalisation
	mirror  bool // and changed at every pass by mirroring and crops
}

// A reduced is what stands for a race below the scale of the thesis.
type reduced struct {
	network      net.Architecture // its Name "": the race's
	pool         int              // so many pixels a side are one
	images, held int
	batch, runs  int
	epochs       float64
	steps        int // L for the thesis's 25, where few updates are made; 0: 25
}

// A racer is a method with its replicas.
type racer struct {
	name     string
	replicas int
	part     float64 // of the data, that each replica sees; 0: all
	printed  string  // the error in Table 5.1 or 5.2
	minutes  string  // and the time
	ink      fig.Color
	method   func(rate float64, replicas int) optim.Method
}

func sgd(rate float64, _ int) optim.Method { return optim.Nesterov(rate, 0.9) }

func entropySGD(rate float64, _ int) optim.Method {
	m := optim.Parle(rate, 1)
	m.Name, m.Coupling, m.CouplingRate = "entropy-sgd", nil, nil
	return m
}

// rivals are Parle, Elastic-SGD, Entropy-SGD and SGD with what Table 5.1 prints.
func rivals(n int, printed, minutes [4]string) []racer {
	return []racer{
		{name: fmt.Sprintf("Parle, n = %d", n), replicas: n, printed: printed[0], minutes: minutes[0], ink: fig.Vermillion, method: optim.Parle},
		{name: fmt.Sprintf("Elastic-SGD, n = %d", n), replicas: n, printed: printed[1], minutes: minutes[1], ink: fig.Green, method: optim.ElasticSGD},
		{name: "Entropy-SGD", replicas: 1, printed: printed[2], minutes: minutes[2], ink: fig.Orange, method: entropySGD},
		{name: "SGD", replicas: 1, printed: printed[3], minutes: minutes[3], ink: fig.Blue, method: sgd},
	}
}

// split is a line of Table 5.2: n replicas that each see a part of the data, and SGD
// that sees such a part alone; Parle, Elastic-SGD, SGD.
func split(n int, part float64, printed, minutes [3]string) []racer {
	share := map[float64]string{0: "all data", 0.5: "half each", 0.25: "a quarter each"}[part]
	alone := map[float64]string{0: "all data", 0.5: "half of the data", 0.25: "a quarter of the data"}[part]
	return []racer{
		{name: fmt.Sprintf("Parle, n = %d, %s", n, share), replicas: n, part: part, printed: printed[0], minutes: minutes[0], ink: fig.Vermillion, method: optim.Parle},
		{name: fmt.Sprintf("Elastic-SGD, n = %d, %s", n, share), replicas: n, part: part, printed: printed[1], minutes: minutes[1], ink: fig.Green, method: optim.ElasticSGD},
		{name: "SGD, " + alone, replicas: 1, part: part, printed: printed[2], minutes: minutes[2], ink: fig.Blue, method: sgd},
	}
}

// smallWide is a wide residual network of one block a group, on images of that many
// pixels a side: what stands for WRN-28-10 on two cores.
func smallWide(side, classes int) net.Architecture {
	a := net.Architecture{Name: "small-wrn", Input: []int{3, side, side}, Classes: classes}
	conv := func(out, kernel, stride int) net.Layer {
		return net.Conv{Out: out, Kernel: kernel, Stride: stride, Pad: kernel / 2, NoBias: true}
	}
	a.Layers = append(a.Layers, conv(8, 3, 1))
	for i, width := range []int{8, 16, 32} {
		block := net.Residual{Body: []net.Layer{net.BatchNorm{}, net.ReLU{}, conv(width, 3, min(2, i+1)), net.BatchNorm{}, net.ReLU{}, conv(width, 3, 1)}}
		if i > 0 {
			block.Shortcut = []net.Layer{conv(width, 1, 2)}
		}
		a.Layers = append(a.Layers, block)
	}
	a.Layers = append(a.Layers, net.BatchNorm{}, net.ReLU{}, net.MeanPool{Size: side / 4}, net.Dense{Out: classes})
	return a
}

// halfLeNet is LeNet for images of 14 pixels a side.
func halfLeNet() net.Architecture {
	return net.Architecture{Name: "half-lenet", Input: []int{1, 14, 14}, Classes: 10, Layers: []net.Layer{
		net.Conv{Out: 8, Kernel: 5}, net.BatchNorm{}, net.MaxPool{Size: 2}, net.ReLU{},
		net.Conv{Out: 16, Kernel: 3}, net.BatchNorm{}, net.ReLU{},
		net.Dense{Out: 64}, net.BatchNorm{}, net.ReLU{}, net.Dense{Out: 10},
	}}
}

// named is a network that is known to be there.
func named(name string) net.Architecture {
	a, err := net.Named(name)
	if err != nil {
		panic(err)
	}
	return a
}

var cifarDrops = [2][]float64{{0.3, 0.6, 0.9}, {0.25, 0.5, 0.75}}

// smallerWide is what stands for a wide residual network.
func smallerWide(classes int) [Paper]reduced {
	return [Paper]reduced{
		Quick:   {network: smallWide(8, classes), pool: 4, images: 320, held: 300, batch: 16, runs: 1, epochs: 6, steps: 5},
		Desktop: {network: smallWide(16, classes), pool: 2, images: math.MaxInt, held: math.MaxInt, batch: 128, runs: 2, epochs: 10},
	}
}

var (
	raceLeNet = race{
		name: "lenet on MNIST", network: "lenet", images: images{set: "mnist", classes: 10},
		rate: 0.1, factor: 10, drops: [2][]float64{{0.3, 0.6, 0.9}, {0.5}}, epochs: 100,
		smaller: [Paper]reduced{
			Quick:   {network: halfLeNet(), pool: 2, images: 480, held: 400, batch: 16, runs: 1, epochs: 20},
			Desktop: {images: 20_000, held: math.MaxInt, batch: 128, runs: 2, epochs: 10},
		},
		racers: rivals(3, [4]string{"0.44 ± 0.01", "0.48 ± 0.01", "0.49 ± 0.01", "0.5 ± 0.01"}, [4]string{"4.24", "5", "6.5", "5.6"}),
	}
	raceWRN = race{
		name: "WRN-28-10 on CIFAR-10", network: "wrn-28-10", images: images{set: "cifar10", classes: 10, zca: true, mirror: true},
		decay: 5e-4, rate: 0.1, factor: 5, drops: cifarDrops, epochs: 200, smaller: smallerWide(10),
		racers: rivals(3, [4]string{"3.24 ± 0.1", "4.38", "4.23", "4.29"}, [4]string{"400", "289", "400", "355"}),
	}
	raceHundred = race{
		name: "WRN-28-10 on CIFAR-100", network: "wrn-28-10", images: images{set: "cifar100", classes: 100, zca: true, mirror: true},
		decay: 5e-4, rate: 0.1, factor: 5, drops: cifarDrops, epochs: 200, smaller: smallerWide(100),
		racers: rivals(3, [4]string{"17.64", "21.36", "19.05 ± 0.03", "18.85"}, [4]string{"325", "317", "400", "355"}),
	}
	raceSVHN = race{
		name: "WRN-16-4 on SVHN", network: "wrn-16-4", images: images{set: "svhn", classes: 10},
		decay: 5e-4, rate: 0.01, factor: 10, drops: [2][]float64{{0.5, 0.75}, {0.3125, 0.625}}, epochs: 160, smaller: smallerWide(10),
		racers: rivals(3, [4]string{"1.68 ± 0.01", "1.57", "1.64", "1.62"}, [4]string{"592", "429", "481", "457"}),
		note:   "The thesis's 600,000 images are the 73,257 of training and 531,131 extra, easier ones, which are not read; its number of epochs, not printed, is Zagoruyko & Komodakis's 160.",
	}
	raceSplit = race{
		name: "allcnn on CIFAR-10", network: "allcnn", images: images{set: "cifar10", classes: 10, zca: true, mirror: true},
		decay: 1e-3, rate: 0.1, factor: 5, drops: cifarDrops, epochs: 200,
		smaller: [Paper]reduced{
			Quick:   {network: named("small-fc"), pool: 4, images: 480, held: 600, batch: 16, runs: 3, epochs: 60},
			Desktop: {network: named("small-lenet"), images: 5000, held: math.MaxInt, batch: 128, runs: 3, epochs: 10},
		},
		racers: append(append(
			split(3, 0, [3]string{"5.18 ± 0.06", "5.76 ± 0.07", "6.15 ± 0.05"}, [3]string{"75", "44", "37"}),
			split(3, 0.5, [3]string{"5.89 ± 0.01", "6.51 ± 0.09", "7.86 ± 0.12"}, [3]string{"34", "36", "20"})...),
			split(6, 0.25, [3]string{"6.08 ± 0.05", "6.8 ± 0.05", "10.96 ± 0.17"}, [3]string{"19", "20", "10"})...),
	}
	races = map[string]*race{
		"lenet": &raceLeNet, "wrn": &raceWRN, "wrn-100": &raceHundred, "svhn": &raceSVHN, "split": &raceSplit,
		"sweep": &raceSweep, "meetings": &raceMeetings,
	}
)

// key is the race's name among races.
func (r *race) key() string {
	for k, v := range races {
		if v == r {
			return k
		}
	}
	panic("thesis: a race that is not among races")
}

// A course is what all racers share.
type course struct {
	reduced
	train, test *data.Set
	options     net.Options
}

// course is the race's at a scale.
func (r *race) course(set settings) (c course, err error) {
	c.reduced = reduced{images: math.MaxInt, held: math.MaxInt, batch: 128, runs: 3, epochs: r.epochs}
	if set.scale < Paper {
		c.reduced = r.smaller[set.scale]
	}
	if c.network.Name == "" {
		c.network = named(r.network).WithClasses(r.images.classes)
	}
	if len(c.network.Input) == 3 && c.network.Input[0] == 3 {
		c.train, c.test, _, err = photographs(set, r.images.set, r.images.zca, c.images, c.held)
		if r.images.mirror && c.pool == 0 {
			c.options.Augment = data.MirrorCrop{Pad: 4}
		}
	} else {
		c.train, c.test, err = mnist(c.images, c.held)
	}
	if err == nil && c.pool > 0 {
		c.train, c.test = c.train.Pool(c.pool), c.test.Pool(c.pool)
	}
	return c, err
}

// entrant is what a process needs to build a racer's problem.
type entrant struct {
	Race       string
	Scale      Scale
	Racer, Run int
	Fit        bool // evaluated on the data of the training
}

// training is a racer's, on the workers of a cluster.
var training = cluster.NewTraining("race", func(ctx context.Context, e entrant) (cluster.Problem, error) {
	r := races[e.Race]
	if r == nil || e.Racer < 0 || e.Racer >= len(r.racers) || e.Scale < Quick || e.Scale > Paper {
		return cluster.Problem{}, fmt.Errorf("thesis: no race %+v", e)
	}
	c, err := r.course(settings{scale: e.Scale, ctx: ctx})
	if err != nil {
		return cluster.Problem{}, err
	}
	return r.problem(c, e)
})

// problem is a racer's training of a run: all racers of a run start at the same
// weights.
func (r *race) problem(c course, e entrant) (cluster.Problem, error) {
	f, err := net.NewLoss(c.network, c.train, c.options)
	if err != nil {
		return cluster.Problem{}, err
	}
	seen := c.test
	if e.Fit {
		seen = c.train
	}
	evaluated, err := f.On(seen)
	if err != nil {
		return cluster.Problem{}, err
	}
	x := f.New()
	key := rng.Key(e.Run)
	net.Initialise(c.network, net.HeNormal, key.Split(1), x)
	q := r.racers[e.Racer]
	o := optim.Options{
		Epochs: c.epochs, Batch: c.batch, Seed: uint64(e.Run), Evaluate: evaluated.Evaluate,
		EvaluateEvery: max(1, c.epochs/20),
		Name:          fmt.Sprintf("%s by %s, run %d of %d", c.network.Name, q.name, e.Run+1, c.runs),
	}
	if q.part > 0 { // a replica goes through its own data as often as others through all
		o.Epochs *= q.part
		o.EvaluateEvery *= q.part
		n := max(q.replicas, int(math.Round(1/q.part)))
		o.Subsets = optim.SplitData(key.Split(2), f.Samples(), n, q.part)[:q.replicas]
	}
	m := q.method(r.rate, q.replicas)
	updates := r.epochs / gradients(m) // epochs of them, in the thesis
	if c.steps > 0 && m.Steps > 1 {
		m.Steps = c.steps
	}
	m.Inner.Decay = r.decay
	drops := r.drops[0]
	if m.Steps > 1 {
		drops = r.drops[1]
	}
	o.Epochs /= gradients(m) // of updates
	m = m.Anneal(fallsAt(r.factor, o.Epochs, drops...))
	// γ and ρ fall as far as they do in the updates that the thesis makes.
	times := updates / (c.epochs / gradients(m))
	m.Scope, m.Coupling = hasten(m.Scope, times), hasten(m.Coupling, times)
	return cluster.Problem{Landscape: f, Start: x, Method: m, Options: o}, nil
}

// hasten is a schedule that runs so many times as fast.
func hasten(s optim.Schedule, times float64) optim.Schedule {
	if s == nil || times == 1 {
		return s
	}
	return func(t optim.Clock) float64 {
		t.Update = int(math.Round(times * float64(t.Update)))
		return s(t)
	}
}

// hold is the whole race, by racer and run, here or on a cluster's workers.
func (r *race) hold(set settings, fit bool) (c course, out rounds, stopped bool, err error) {
	if c, err = r.course(set); err != nil {
		return c, nil, false, err
	}
	out = make(rounds, len(r.racers))
	for run := range c.runs {
		var round []*optim.Result
		for k := range r.racers {
			result, err := r.run(set, c, entrant{r.key(), set.scale, k, run, fit})
			if set.ctx.Err() != nil {
				return c, out, true, out.none(set)
			}
			if err != nil {
				return c, nil, false, err
			}
			result.Weights, result.Best = device.Vector{}, device.Vector{}
			round = append(round, result)
		}
		for k, result := range round {
			out[k] = append(out[k], result)
		}
	}
	return c, out, false, nil
}

func (r *race) run(set settings, c course, e entrant) (*optim.Result, error) {
	if set.cluster != nil {
		t, err := cluster.Train(set.ctx, set.cluster, training, e, cluster.TrainOptions{})
		if err != nil {
			return nil, err
		}
		return t.Result, nil
	}
	p, err := r.problem(c, e)
	if err != nil {
		return nil, err
	}
	return optim.Run(set.ctx, p.Landscape, p.Start, p.Method, p.Options), nil
}

// passesOfData are passes of a replica through its own data.
func (q racer) passesOfData(h *optim.History) []float64 {
	out := append([]float64(nil), h.Evaluated.Passes...)
	if q.part > 0 {
		for i := range out {
			out[i] /= q.part
		}
	}
	return out
}

// panel draws the errors of some racers on the way against the passes of a replica.
func (r *race) panel(title, label string, out rounds, racers ...int) *fig.Figure {
	f := fig.New(title)
	f.X.Label = "passes of each replica through its data"
	f.Y = fig.Axis{Label: label, Unit: "%"}
	for _, k := range racers {
		q := r.racers[k]
		xs, runs := out.curves(k, q.passesOfData, percentWrong)
		f.Runs(q.name, xs, runs, fig.MeanStd).In(q.ink)
	}
	return f
}

// rows are the errors at the end.
func (r *race) rows(set settings, out rounds) (rows []Row) {
	for k, q := range r.racers {
		meaning := "validation error in % at the end; the thesis: after " + q.minutes + " minutes"
		rows = append(rows, sampledRow(set, q.name, meaning, q.printed, out.errors(k)))
	}
	return rows
}

// notes say what is smaller than in the thesis.
func (r *race) notes(set settings, c course) (notes []string) {
	if set.scale == Paper {
		notes = append(notes, fmt.Sprintf("%s: %d runs of %g passes on %d images, as in the thesis.", r.name, c.runs, c.epochs, c.train.Len()))
	} else {
		notes = append(notes, r.reduced(set, c))
	}
	if r.note != "" {
		notes = append(notes, r.note)
	}
	return notes
}

func (r *race) reduced(set settings, c course) string {
	s := fmt.Sprintf("%s, scale %s: %d runs of %g passes of mini-batches of %d on %d images of %s, %d pixels a side, errors on %d others; the thesis has %g passes. γ and ρ fall as far in them as in the thesis's.",
		r.name, set.scale, c.runs, c.epochs, c.batch, c.train.Len(), c.train.Name, c.train.Shape[len(c.train.Shape)-1], c.test.Len(), r.epochs)
	if c.network.Name != r.network {
		s += fmt.Sprintf(" %s stands for %s.", c.network.Name, r.network)
	}
	if c.steps > 0 {
		s += fmt.Sprintf(" L is %d for 25: few updates are made.", c.steps)
	}
	return s
}
