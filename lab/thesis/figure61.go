package thesis

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"

	"glassy/lab/data"
	"glassy/lab/device"
	"glassy/lab/fig"
	"glassy/lab/net"
	"glassy/lab/optim"
	"glassy/lab/rng"
	"glassy/lab/spectrum"
)

// A noisy is a training along which the diffusion matrix is looked at (section 6.3.2).
type noisy struct {
	network     net.Architecture
	train, test *data.Set
	augment     *data.MirrorCrop // of the images, in training and of those that D is of
	method      optim.Method
	options     optim.Options // but for Evaluate
	measured    int           // data that D is of, the first of train
	looks       []float64     // when, in parts of the training that are fifths; nil: instants
}

// instants are when it is looked at, in parts of the training.
var instants = []float64{0.2, 0.4, 1}

// follow trains, and looks at D at the instants, in float64: the gradients of float32
// would leave nothing to say of small eigenvalues. It also returns the error on test
// at the end, in %. A stopped one returns the context's error unless it has been
// looked at.
func (n *noisy) follow(set settings) (track *spectrum.Track, wrong float64, err error) {
	o := net.Options{}
	if n.augment != nil {
		o.Augment = *n.augment
	}
	f, err := net.NewLoss(n.network, n.train, o)
	if err != nil {
		return nil, 0, err
	}
	unseen, err := f.On(n.test)
	if err != nil {
		return nil, 0, err
	}
	images := n.train.Subset(upTo(min(n.measured, n.train.Len())))
	if n.augment != nil {
		images.X = slices.Clone(images.X)
		n.augment.Apply(rng.Key(3), images.Shape, images.X)
	}
	at, err := net.NewLoss(n.network, images, net.Options{DType: device.Float64})
	if err != nil {
		return nil, 0, err
	}

	x, here := f.New(), at.New()
	net.Initialise(n.network, net.HeNormal, rng.Key(1), x)
	track = &spectrum.Track{}
	ctx, stop := context.WithCancelCause(set.ctx)
	defer stop(nil)
	looks := n.looks
	if looks == nil {
		looks = instants
	}
	options, looked := n.options, 0
	options.EvaluateEvery = options.Epochs * instants[0]
	options.Name = n.network.Name
	options.Evaluate = func(w device.Vector) (float64, float64) {
		looked++
		if part := float64(looked) * instants[0]; slices.ContainsFunc(looks, func(i float64) bool { return math.Abs(i-part) < 0.01 }) && ctx.Err() == nil {
			carry(here, w)
			carry(at.Statistics(), f.Statistics())
			if err := track.Take(ctx, at, here, part); err != nil {
				stop(err)
			}
		}
		return unseen.Evaluate(w)
	}
	end := optim.Run(ctx, f, x, n.method, options)
	if cause := context.Cause(ctx); cause != nil && (set.ctx.Err() == nil || len(track.Taken) == 0) {
		return nil, 0, cause
	}
	if end.Status == optim.Diverged {
		return nil, 0, fmt.Errorf("%s diverged: %v", n.network.Name, end)
	}
	return track, 100 * tail(end.History.Evaluated.Error), nil
}

// carry copies numbers to a vector of another type, on another device.
func carry(dst, src device.Vector) {
	dst.Device().Upload(dst, device.Of(device.Read[float64](src)))
}

// A printedSpectrum is what Figures 6.1 and 6.2 print of one: mean and standard
// deviation of the eigenvalues, in units of 1/scale, and the rank in % of d.
type printedSpectrum struct {
	scale                 float64
	mean, deviation, rank string
}

// noiseFigure is Figures 6.1 and 6.2: the spectra of D at three instants, and what
// Remark 6.37 says of them.
func noiseFigure(begin func(set settings) (*noisy, []string, error), printed printedSpectrum) func(settings) (*Result, error) {
	return func(set settings) (*Result, error) {
		n, notes, err := begin(set)
		if err != nil {
			return nil, err
		}
		track, wrong, err := n.follow(set)
		if err != nil {
			return nil, err
		}
		rows := spectrumRows(set, track, printed)
		rows = append(rows, sampledRow(set, "error", "on images not trained on, in %", "", []float64{wrong}))
		last := track.Taken[len(track.Taken)-1].Spectrum
		return &Result{
			Figure: spectra(n.network, track), Rows: rows, Stopped: len(track.Taken) < len(instants),
			Notes: append(notes,
				fmt.Sprintf("D is of %d images, the network in evaluation: at most %.3g %% of its %d eigenvalues are not 0. Where no instant is named, the last is meant. The eigenvalues hang on the size of the gradients, and so on how far the training has come.",
					min(n.measured, n.train.Len()), 100*float64(len(last.Values)-1)/float64(last.Dim), last.Dim),
				"The author's program counts as 0 what is below λ_{max}·d·ε, with the ε of float32: at these d that is some 10^{−3} of the largest, and not what float64 can tell from 0. It clips the spectrum there before it takes mean and deviation: raised to that threshold they are printed here, and beside them as they are. Of few large eigenvalues and many raised ones the mean is little more than the threshold: it tells λ_{max}.",
			),
			Sources: []string{"chaudhari2018", "he2015", "yin2018"},
		}, nil
	}
}

// spectrumRows are what is printed of the last snapshot, and how much D has changed
// since the first.
func spectrumRows(set settings, track *spectrum.Track, printed printedSpectrum) []Row {
	first, last := track.Taken[0], track.Taken[len(track.Taken)-1]
	s := last.Spectrum
	d := float64(s.Dim)
	threshold := s.Threshold(device.Float32)
	raised, spread := s.MeanDeviation(threshold)
	mean, deviation := s.MeanDeviation(0)
	unit := "λ"
	if printed.scale != 1 {
		unit = fmt.Sprintf("%g λ", printed.scale)
	}
	row := func(quantity, meaning, printed string, ours float64) Row {
		return Row{Quantity: quantity, Meaning: meaning, Thesis: printed, Ours: ours, Theory: math.NaN(), Smaller: set.scale != Paper}
	}
	whole := row("mean "+unit+", as they are", "of all d; theory: by the lengths of the gradients", "", printed.scale*mean)
	whole.Theory, whole.Tolerance = printed.scale*last.Trace/d, 1e-9*printed.scale*mean // rounding
	rows := []Row{
		row("rank/d", "above the threshold of float32, in %", printed.rank, 100*float64(s.Rank(threshold))/d),
		row("rank/d, float64", "above the threshold of float64, in %", "", 100*float64(s.Rank(s.Threshold(device.Float64)))/d),
		row("mean "+unit, fmt.Sprintf("raised to the threshold of float32, %.3g", printed.scale*threshold), printed.mean, printed.scale*raised),
		row("deviation of "+unit, "raised to the threshold of float32", printed.deviation, printed.scale*spread),
		whole,
		row("deviation of "+unit+", as they are", "of all d", "", printed.scale*deviation),
		row("λ_{max}", "the largest", "", s.Largest()),
		row("gradient diversity", "Σ|g|²/|Σg|²; of equal gradients 1/N", "", last.Diversity),
	}
	for _, before := range track.Taken[:len(track.Taken)-1] {
		s, when := before.Spectrum, fmt.Sprintf(", at %.0f %%", 100*before.At)
		threshold := s.Threshold(device.Float32)
		raised, spread := s.MeanDeviation(threshold)
		rows = append(rows,
			row("rank/d"+when, "of the training; above the threshold of float32 then, in %", printed.rank, 100*float64(s.Rank(threshold))/d),
			row("mean "+unit+when, "raised to that threshold", printed.mean, printed.scale*raised),
			row("deviation of "+unit+when, "raised to that threshold", printed.deviation, printed.scale*spread))
	}
	if len(track.Taken) > 1 {
		rows = append(rows,
			row("tr D, last/first", "Remark 6.37: 1", "", last.Trace/first.Trace),
			row("directions kept", "what the ten first eigenvectors at the instant before hold of the ten largest eigenvalues at the last; Remark 6.37: 1", "", last.Kept))
	}
	return rows
}

// spectra draws the eigenvalues of the snapshots, later ones darker, in bins of a
// fifth of a decade.
func spectra(network net.Architecture, track *spectrum.Track) *fig.Figure {
	p := fig.New(fmt.Sprintf("%s, d = %d", network.Name, network.Dim()))
	p.X, p.Y = fig.Axis{Label: "eigenvalue of D", Scale: fig.Log}, fig.Axis{Label: "eigenvalues in a bin", Scale: fig.Log, Min: 0.7, Max: 10}
	const width = 0.2
	for i, snapshot := range track.Taken {
		counts := map[int]float64{}
		for _, λ := range snapshot.Spectrum.Values {
			if λ > 1e-9*snapshot.Spectrum.Largest() {
				counts[int(math.Floor(math.Log10(λ)/width))]++
			}
		}
		var x, y []float64
		for _, bin := range slices.Sorted(maps.Keys(counts)) {
			x, y = append(x, math.Pow(10, (float64(bin)+0.5)*width)), append(y, counts[bin])
			p.Y.Max = max(p.Y.Max, 2*counts[bin])
		}
		color := []fig.Color{fig.SkyBlue, fig.Blue, fig.Black}[min(i, 2)]
		p.Line(fmt.Sprintf("%.0f %% of the training", 100*snapshot.At), x, y).In(color)
		if i == len(track.Taken)-1 {
			p.Mark(snapshot.Spectrum.Threshold(device.Float32), "λ_{max} d ε, float32")
		}
	}
	return p
}

// smallLeNet is Figure 6.1a.
func smallLeNet(set settings) (*noisy, []string, error) {
	return digits(set, "small-lenet", 1, 600)
}

// smallFC is Figure 6.1b.
func smallFC(set settings) (*noisy, []string, error) { return digits(set, "small-fc", 4, 1500) }

// digits is a training on MNIST's images, of which pool×pool pixels are averaged.
func digits(set settings, name string, pool, images int) (*noisy, []string, error) {
	n := &noisy{measured: images, options: optim.Options{Epochs: 5, Batch: 32}}
	held := 400
	switch set.scale {
	case Desktop:
		images, held, n.measured = math.MaxInt, math.MaxInt, 5000
	case Paper:
		images, held, n.measured = math.MaxInt, math.MaxInt, math.MaxInt
	}
	if set.scale != Quick {
		n.options.Epochs, n.options.Batch = 20, 128
	}
	n.method = optim.Nesterov(0.1, 0.9).Anneal(optim.DropsEvery(5, n.options.Epochs*0.3))
	var err error
	if n.train, n.test, err = mnist(images, held); err != nil {
		return nil, nil, err
	}
	if pool > 1 {
		n.train, n.test = n.train.Pool(pool), n.test.Pool(pool)
	}
	n.network, err = net.Named(name)
	return n, []string{n.sized(set, "all of MNIST")}, err
}

// sized says how large it was made.
func (n *noisy) sized(set settings, whole string) string {
	return fmt.Sprintf("Scale %s: %g epochs of mini-batches of %d on %d images, by SGD with Nesterov's momentum. The thesis has %s, to an error that its networks reach; its rates and epochs are not printed.",
		set.scale, n.options.Epochs, n.options.Batch, n.train.Len(), whole)
}

// smallAllCNN is Figure 6.2, on that set of images.
func smallAllCNN(images string, augment *data.MirrorCrop) func(set settings) (*noisy, []string, error) {
	return func(set settings) (*noisy, []string, error) {
		n := &noisy{augment: augment, measured: 200, options: optim.Options{Epochs: 5, Batch: 25}}
		trained, held := 200, 200
		switch set.scale {
		case Desktop:
			trained, held, n.measured = math.MaxInt, math.MaxInt, 2500
		case Paper:
			trained, held, n.measured = math.MaxInt, math.MaxInt, math.MaxInt
		}
		if set.scale != Quick {
			n.options.Epochs, n.options.Batch = 10, 128
		}
		if set.scale == Paper {
			n.options.Epochs = 100
		}
		n.method = optim.Nesterov(0.1, 0.9).Anneal(optim.DropsEvery(5, n.options.Epochs*0.3))
		n.method.Inner.Decay = 1e-3
		var whitened bool
		var err error
		if n.train, n.test, whitened, err = photographs(set, images, true, trained, held); err != nil {
			return nil, nil, err
		}
		network, err := net.Named("small-allcnn")
		if err != nil {
			return nil, nil, err
		}
		n.network = network.WithClasses(n.train.Classes)
		notes := []string{n.sized(set, "all of CIFAR")}
		if !whitened {
			notes = append(notes, "Images: global contrast normalisation alone; ZCA, an eigenproblem of size 3072, comes with the larger scales.")
		}
		if augment != nil {
			notes = append(notes, fmt.Sprintf("D is of images that are mirrored and shifted by up to %d pixels at random, as in training.", augment.Pad))
		}
		return n, notes, nil
	}
}
