package thesis

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/stat"

	"glassy/lab/data"
	"glassy/lab/device"
	"glassy/lab/fig"
	"glassy/lab/net"
	"glassy/lab/optim"
	"glassy/lab/rng"
)

// figure51 is the overlap of networks that were trained apart, and what averages of
// them are good for (section 5.0.1).
func figure51(set settings) (*Result, error) {
	const networks = 6
	name, images, held, epochs, batch := "allcnn", math.MaxInt, math.MaxInt, 200.0, 128
	switch set.scale {
	case Quick:
		name, images, held, epochs, batch = "small-lenet", 960, 600, 3, 16
	case Desktop:
		name, epochs = "small-allcnn", 10
	}
	a, err := net.Named(name)
	if err != nil {
		return nil, err
	}
	var train, test *data.Set
	if set.scale == Quick {
		train, test, err = mnist(images, held)
	} else {
		train, test, _, err = cifar(set, images, held)
	}
	if err != nil {
		return nil, err
	}
	f, err := net.NewLoss(a, train, net.Options{})
	if err != nil {
		return nil, err
	}
	unseen, err := f.On(test)
	if err != nil {
		return nil, err
	}
	// What batch-norm keeps follows the weights: it is refreshed on the training data.
	evaluate := func(w []float64) (wrong float64, softmax []float64) {
		x := f.New()
		x.Device().Upload(x, device.Of(w))
		f.Refresh(x)
		_, wrong = unseen.Evaluate(x)
		return 100 * wrong, unseen.Probabilities(x)
	}

	var weights [][]float64
	var errs []float64
	var ensemble []float64
	for i := range networks {
		x := f.New()
		net.Initialise(a, net.HeNormal, rng.Key(i).Split(1), x)
		m := optim.Nesterov(0.1, 0.9).Anneal(fallsAt(5, epochs, 0.3, 0.6, 0.9))
		r := optim.Run(set.ctx, f, x, m, optim.Options{
			Epochs: epochs, Batch: batch, Seed: uint64(i), Name: fmt.Sprintf("%s, network %d of %d", name, i+1, networks),
		})
		if set.ctx.Err() != nil {
			return nil, set.ctx.Err()
		}
		w := device.Read[float64](r.Weights)
		wrong, softmax := evaluate(w)
		weights, errs = append(weights, w), append(errs, wrong)
		if ensemble == nil {
			ensemble = make([]float64, len(softmax))
		}
		floats.Add(ensemble, softmax)
	}

	layers := make([][]optim.Layer, networks)
	for i, w := range weights {
		layers[i] = filtersOf(a, w)
	}
	// onto is network j with its filters reordered to match those of network i.
	onto := func(i, j int, match optim.Matching) []float64 {
		return weightsOf(a, weights[j], optim.Align(layers[i], layers[j], match))
	}
	toFirst := func(match optim.Matching) (ws [][]float64) {
		for j := range networks {
			ws = append(ws, onto(0, j, match))
		}
		return ws
	}
	greedy, hungarian := toFirst(optim.Greedy), toFirst(optim.Hungarian)
	// Each two of them, one aligned to the other: no third comes into it.
	pairs := make([]float64, networks*networks)
	for i := range networks {
		for j := range networks {
			pairs[i*networks+j] = optim.Overlap(weights[min(i, j)], onto(min(i, j), max(i, j), optim.Greedy))
		}
	}
	oneShot, _ := evaluate(mean(weights))
	greedyShot, _ := evaluate(mean(greedy))
	hungarianShot, _ := evaluate(mean(hungarian))

	panel := func(title string, overlaps []float64) *fig.Figure {
		at := make([]float64, networks)
		for i := range at {
			at[i] = float64(i + 1)
		}
		p := fig.New(title)
		p.X, p.Y = fig.Axis{Label: "network", Ticks: at}, fig.Axis{Label: "network", Ticks: at}
		p.Z = fig.Axis{Label: "⟨x^{a}, x^{b}⟩ / |x^{a}||x^{b}|", Min: 0, Max: 1}
		p.Heat("", at, at, overlaps)
		return p
	}
	apart := offDiagonal(pairs, networks)
	one := func(quantity, meaning, printed string, v float64) Row {
		return sampledRow(set, quantity, meaning, printed, []float64{v})
	}
	note := fmt.Sprintf("Six networks %s, %g epochs of mini-batches of %d on %d images, errors in %% on %d others; batch-norm's means follow the averaged weights.", name, epochs, batch, train.Len(), test.Len())
	if set.scale != Paper {
		note += " The thesis has allcnn on CIFAR-10, 200 epochs."
	}
	return &Result{
		Figure: fig.Grid("Overlaps of six networks that were trained apart", 2,
			panel("as they are", optim.Overlaps(weights)), panel("each two of them aligned", pairs)),
		Rows: []Row{
			sampledRow(set, "error, one network", "validation error in %, of the six", "8.04 ± 0.16", errs),
			one("error, ensemble", "of the mean of their softmax", "7.84", 100*wrongOf(ensemble, unseen)),
			one("error, one-shot average", "of the mean of their weights", "89.9", oneShot),
			one("error, aligned average", "of the mean of their weights, each aligned to the first", "18.7", greedyShot),
			one("error, average by the Hungarian method", "likewise, aligned by the matching of the largest sum", "", hungarianShot),
			sampledRow(set, "overlap, as they are", "of two of the six", "", offDiagonal(optim.Overlaps(weights), networks)),
			sampledRow(set, "overlap, aligned", "of two of the six, one aligned to the other", "", apart),
			one("its scatter", "standard deviation from pair to pair: with one step of replica symmetry breaking all pairs have one overlap", "", stat.StdDev(apart, nil)),
			sampledRow(set, "overlap, aligned to the first", "of two of the others", "", offDiagonal(optim.Overlaps(greedy[1:]), networks-1)),
			sampledRow(set, "overlap, by the Hungarian method", "likewise", "", offDiagonal(optim.Overlaps(hungarian[1:]), networks-1)),
		},
		Notes:   []string{note, "Aligned by the thesis's greedy matching, layer by layer: the largest inner product of filters first."},
		Sources: append([]string{"krizhevsky2009", "kuhn1955", "lecun1998", "springenberg2014"}, raceSources...),
	}, nil
}

// offDiagonal are the numbers above the diagonal of an n×n matrix.
func offDiagonal(m []float64, n int) (out []float64) {
	for i := range n {
		out = append(out, m[i*n+i+1:(i+1)*n]...)
	}
	return out
}

// mean is the mean of vectors.
func mean(ws [][]float64) []float64 {
	out := make([]float64, len(ws[0]))
	for _, w := range ws {
		floats.AddScaled(out, 1/float64(len(ws)), w)
	}
	return out
}

// wrongOf is the share of labels that are not the most probable class.
func wrongOf(softmax []float64, f *net.Loss) float64 {
	labels := f.Data().Y
	classes := f.Architecture().Classes
	wrong := 0
	for i, label := range labels {
		if floats.MaxIdx(softmax[i*classes:(i+1)*classes]) != int(label) {
			wrong++
		}
	}
	return float64(wrong) / float64(len(labels))
}

// filtersOf is the flat vector of a network, a chain of convolutions and dense
// layers, as layers of filters: the biases of a layer, and what the batch-norm after
// it has for each, go with the filter.
func filtersOf(a net.Architecture, w []float64) []optim.Layer {
	var out []optim.Layer
	for _, b := range a.Layout() {
		v := w[b.Offset : b.Offset+b.Len()]
		if b.Kind == net.Weight {
			out = append(out, optim.Layer{Filters: b.Shape[0], Weights: v})
		} else {
			l := &out[len(out)-1]
			l.PerFilter = append(l.PerFilter, v)
		}
	}
	return out
}

// weightsOf is the flat vector again, of a network whose vector was like.
func weightsOf(a net.Architecture, like []float64, layers []optim.Layer) []float64 {
	out := make([]float64, len(like))
	l, extra := -1, 0
	for _, b := range a.Layout() {
		var v []float64
		if b.Kind == net.Weight {
			l, extra = l+1, 0
			v = layers[l].Weights
		} else {
			v = layers[l].PerFilter[extra]
			extra++
		}
		copy(out[b.Offset:], v)
	}
	return out
}
