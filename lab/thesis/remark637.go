package thesis

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat"

	"glassy/lab/data"
	"glassy/lab/device"
	"glassy/lab/fig"
	"glassy/lab/net"
	"glassy/lab/optim"
	"glassy/lab/rng"
	"glassy/lab/spectrum"
)

// tinyNoise is a short training of small-fc, or of another network, on digits of 7×7
// pixels: what Remarks 6.37 to 6.40 are tried on.
func tinyNoise(set settings) (*noisy, error) {
	n, _, err := digits(set, "small-fc", 4, 1000)
	if n != nil {
		n.measured = 800
	}
	if set.scale != Quick && n != nil {
		n.measured = math.MaxInt
	}
	return n, err
}

// remark637 follows D along a training: how large it is, and where it points.
func remark637(set settings) (*Result, error) {
	n, err := tinyNoise(set)
	if err != nil {
		return nil, err
	}
	n.looks = []float64{0.2, 0.4, 0.6, 0.8, 1}
	track, wrong, err := n.follow(set)
	if err != nil {
		return nil, err
	}
	p := fig.New("The diffusion matrix of small-fc along its training")
	p.X, p.Y = fig.Axis{Label: "part of the training", Min: 0, Max: 1}, fig.Axis{Label: "of the first, of the most", Min: 0, Max: 1.3}
	var at, trace, kept, later []float64
	for i, s := range track.Taken {
		at, trace = append(at, s.At), append(trace, s.Trace/track.Taken[0].Trace)
		if i > 0 {
			later, kept = append(later, s.At), append(kept, s.Kept)
		}
		p.Y.Max = max(p.Y.Max, 1.1*trace[i])
	}
	p.Line("Remark 6.37", []float64{0, 1}, []float64{1, 1}).In(fig.Black).As(fig.Dashed)
	p.Points("trace of D, of the first", at, trace).In(fig.Blue)
	p.Points("held by ten directions of the look before", later, kept).In(fig.Vermillion)
	var rows []Row
	for i, s := range track.Taken {
		rows = append(rows, measured(fmt.Sprintf("tr D, %.0f %%", 100*s.At), "of the training", s.Trace))
		if i > 0 {
			rows = append(rows, measured(fmt.Sprintf("kept, %.0f %%", 100*s.At), "of the most that ten directions could hold; Remark 6.37: 1", s.Kept))
		}
	}
	rows = append(rows, measured("error", "on images not trained on, in %", wrong))
	return &Result{
		Figure: p, Rows: rows, Stopped: len(track.Taken) < len(n.looks),
		Notes: []string{
			n.sized(set, "three instants in Figures 6.1 and 6.2"),
			fmt.Sprintf("The directions of D are kept, to what the second curve says; of directions that have nothing to do with each other it would be some %.2g. Its size is not: it falls with the loss, and rises where the rate lets the weights jump.", 10/float64(n.network.Dim())),
		},
		Sources: []string{"chaudhari2018"},
	}, nil
}

// remark638 is D over data of more and less diversity, one network.
func remark638(set settings) (*Result, error) {
	p := fig.New("Noise of more diverse data")
	p.X, p.Y = fig.Axis{Label: "rank of the eigenvalue", Scale: fig.Log}, fig.Axis{Label: "eigenvalue of D", Scale: fig.Log}
	var rows []Row
	stopped := false
	var note string
	for i, c := range []struct {
		name   string
		digits []int32
		load   func(dirs ...string) (train, test *data.Set, err error)
	}{
		{"2 digits", []int32{0, 1}, nil},
		{"5 digits", []int32{0, 1, 2, 3, 4}, nil},
		{"10 digits", nil, nil},
		{"10 garments", nil, data.FashionMNIST},
	} {
		n, err := tinyNoise(set)
		if err != nil {
			return nil, err
		}
		if n.train, n.test, err = kinds(set, c.digits, c.load, n.train.Len(), n.test.Len()); err != nil {
			return nil, err
		}
		n.network, n.looks = n.network.WithClasses(n.train.Classes), []float64{1}
		n.network.Name = c.name
		note = n.sized(set, "CIFAR-10 and CIFAR-100, Figure 6.2")
		track, _, err := n.follow(set)
		if err != nil && set.ctx.Err() != nil && i > 0 {
			stopped = true
			break
		}
		if err != nil {
			return nil, err
		}
		s := track.Taken[0]
		var k, λ []float64
		for j := range s.Spectrum.Values {
			if v := s.Spectrum.Values[len(s.Spectrum.Values)-1-j]; v > 1e-6*s.Spectrum.Largest() {
				k, λ = append(k, float64(j+1)), append(λ, v)
			}
		}
		p.Line(c.name, k, λ).In([]fig.Color{fig.SkyBlue, fig.Blue, fig.Black, fig.Vermillion}[i])
		mean, deviation := s.Spectrum.MeanDeviation(0)
		rows = append(rows,
			measured("1000 mean λ, "+c.name, "of all d", 1000*mean),
			measured("1000 deviation, "+c.name, "of all d", 1000*deviation),
			measured("rank/d, "+c.name, "above the threshold of float32, in %", 100*float64(s.Spectrum.Rank(s.Spectrum.Threshold(device.Float32)))/float64(s.Spectrum.Dim)),
			measured("diversity, "+c.name, "Σ|g|²/|Σg|²", s.Diversity))
	}
	return &Result{Figure: p, Rows: rows, Stopped: stopped, Notes: []string{
		note,
		"One network, 49-64 and as many outputs as classes; as many images of each kind. More classes and harder ones leave larger gradients, and so larger eigenvalues: the remark's finding for CIFAR-100 beside CIFAR-10.",
	}, Sources: []string{"chaudhari2018", "yin2018", "xiao2017"}}, nil
}

// kinds are images of 7×7 pixels, of those digits alone, or those that load reads.
func kinds(set settings, digits []int32, load func(dirs ...string) (train, test *data.Set, err error), trained, held int) (train, test *data.Set, err error) {
	if load == nil {
		load = data.MNIST
	}
	all, _, err := load()
	if err != nil {
		return nil, nil, err
	}
	if digits != nil {
		all = all.Select(digits...)
	}
	train, test = all.Split(heldOut, 1)
	train, test = some(train, trained), some(test, held)
	for _, s := range []*data.Set{train, test} {
		s.Rescale(-1, 1)
	}
	return train.Pool(4), test.Pool(4), nil
}

// remark639 is the noise of mini-batches of many sizes beside what D says of it, and
// the rates that (6.45) asks for.
func remark639(set settings) (*Result, error) {
	n, err := tinyNoise(set)
	if err != nil {
		return nil, err
	}
	draws := 300
	if set.scale != Quick {
		draws = 3000
	}
	f, err := net.NewLoss(n.network, n.train.Subset(upTo(min(n.measured, n.train.Len()))), net.Options{DType: device.Float64})
	if err != nil {
		return nil, err
	}
	x, g := f.New(), f.New()
	net.Initialise(n.network, net.HeNormal, rng.Key(1), x)
	f.Refresh(x)
	D := spectrum.NewDiffusion(f, x, spectrum.Noise{})
	N, trace := f.Samples(), D.Trace()
	dev, index := x.Device(), upTo(N)
	all := f.SampleGradients(x, index)
	p := fig.New("Noise of mini-batches")
	p.X, p.Y = fig.Axis{Label: "mini-batch b", Scale: fig.Log}, fig.Axis{Label: "E|∇f_{b} − ∇f|²", Scale: fig.Log}
	law := func(b float64, replace bool) float64 {
		if replace {
			return trace / b
		}
		return trace / b * (float64(N) - b) / (float64(N) - 1)
	}
	var rows []Row
	sizes := []int{1, 4, 16, 64, 256, N / 2}
	key := rng.Key(2)
	for i, replace := range []bool{true, false} {
		name := [...]string{"with replacement", "without"}[i]
		var at, mean, bar []float64
		for _, b := range sizes {
			var sample []float64
			w := make([]float64, N)
			for k := range draws {
				if set.ctx.Err() != nil {
					return nil, set.ctx.Err()
				}
				clear(w)
				s := key.Split(uint64(i)).Split(uint64(b)).Split(uint64(k)).Stream()
				if replace {
					for range b {
						w[s.IntN(N)] += 1 / float64(b)
					}
				} else {
					for _, j := range s.Perm(N)[:b] {
						w[j] = 1 / float64(b)
					}
				}
				all.Combine(w, g)
				dev.Axpy(-1, D.Gradient(), g)
				sample = append(sample, dev.Dot(g, g))
			}
			m, sd := stat.MeanStdDev(sample, nil)
			at, mean, bar = append(at, float64(b)), append(mean, m), append(bar, stat.StdErr(sd, float64(draws)))
			rows = append(rows, Row{Quantity: fmt.Sprintf("E|∇f_{%d} − ∇f|², %s", b, name), Meaning: "theory: tr D/b, without replacement times (N−b)/(N−1)",
				Ours: m, Error: bar[len(bar)-1], Theory: law(float64(b), replace)})
		}
		color := []fig.Color{fig.Blue, fig.Vermillion}[i]
		p.Func("tr D/b"+[...]string{"", " (N−b)/(N−1)"}[i], func(b float64) float64 { return law(b, replace) }, 1, float64(N)/1.5).In(color)
		p.Points(name, at, mean).YError(bar).In(color)
	}
	return &Result{Figure: p, Rows: rows, Notes: []string{
		fmt.Sprintf("small-fc at its start, D of N = %d images: tr D = %.4g, mean eigenvalue %.3g. Batches are drawn %d times.", N, trace, trace/float64(f.Dim()), draws),
		"(6.45) keeps η/b times the mean eigenvalue: the noise η²D/b of a step, per time η, has that trace over d. The law of Lemma 6.3 says how far it may be trusted: without replacement a batch of half of the data has half the noise that η/b says.",
	}, Sources: []string{"chaudhari2018"}}, nil
}

// remark640 is the score of architectures beside what they err.
func remark640(set settings) (*Result, error) {
	p := fig.New("The score of Remark 6.40")
	p.X, p.Y = fig.Axis{Label: "rank/d + variance of λ", Scale: fig.Log}, fig.Axis{Label: "error, in %", Min: 0}
	var rows []Row
	var ends, errors []float64
	stopped := false
	var note string
	dense := func(normal bool, widths ...int) (layers []net.Layer) {
		for _, w := range widths {
			layers = append(layers, net.Dense{Out: w})
			if normal {
				layers = append(layers, net.BatchNorm{})
			}
			layers = append(layers, net.ReLU{})
		}
		return append(layers, net.Dense{Out: 10})
	}
	for i, c := range []struct {
		name   string
		layers []net.Layer
	}{
		{"49-8-10, normalised", dense(true, 8)},
		{"49-16-10, normalised", dense(true, 16)},
		{"49-64-10, normalised", dense(true, 64)},
		{"49-64-10", dense(false, 64)},
		{"49-32-32-10, normalised", dense(true, 32, 32)},
	} {
		n, err := tinyNoise(set)
		if err != nil {
			return nil, err
		}
		n.network = net.Architecture{Name: c.name, Input: n.train.Shape, Classes: 10, Layers: c.layers}
		n.looks, n.method = []float64{0.2, 1}, optim.Nesterov(0.03, 0.9).Anneal(optim.DropsEvery(5, n.options.Epochs*0.3))
		note = n.sized(set, "small-lenet and small-fc")
		track, wrong, err := n.follow(set)
		if err != nil && set.ctx.Err() != nil && i > 0 {
			stopped = true
			break
		}
		if err != nil {
			return nil, err
		}
		var scores []float64
		for _, s := range track.Taken {
			scores = append(scores, s.Spectrum.Score(s.Spectrum.Threshold(device.Float32)))
		}
		end := scores[len(scores)-1]
		p.Points(c.name, []float64{end}, []float64{wrong}).In([]fig.Color{fig.SkyBlue, fig.Blue, fig.Black, fig.Vermillion, fig.Green}[i])
		p.Y.Max = max(p.Y.Max, 1.3*wrong)
		ends, errors = append(ends, math.Log(end)), append(errors, wrong)
		rows = append(rows,
			measured("score, "+c.name, "rank/d + var λ at the end", end),
			measured("score at a fifth, "+c.name, "of the training", scores[0]),
			measured("error, "+c.name, "on images not trained on, in %", wrong))
	}
	if len(ends) > 2 {
		rows = append(rows, measured("correlation", "of the logarithm of the score with the error", stat.Correlation(ends, errors, nil)))
	}
	return &Result{Figure: p, Rows: rows, Stopped: stopped, Notes: []string{
		note,
		"The score is not free of scale: where all gradients are twice as long the variance is sixteen times as large. It is large where gradients are, and so where the loss still is: a positive correlation says that here a high score goes with a bad network.",
	}, Sources: []string{"chaudhari2018"}}, nil
}
