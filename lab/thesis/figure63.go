package thesis

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/stat"

	"glassy/lab/device"
	"glassy/lab/fig"
	"glassy/lab/landscape"
	"glassy/lab/net"
	"glassy/lab/rng"
	"glassy/lab/trajectory"
)

// figure63 has the trajectories of tiny-fc drawn.
func figure63(draw func(settings, *wandering, []trajectory.Series) (*Result, error)) func(settings) (*Result, error) {
	return func(set settings) (*Result, error) {
		w, err := newWandering(set)
		if err != nil {
			return nil, err
		}
		return w.drawn(set, draw)
	}
}

// figure63a is the spectrum of the increments.
func figure63a(set settings, w *wandering, all []trajectory.Series) (*Result, error) {
	var x []float64
	var runs, spreads, autos, bands [][]float64
	var low, high, weights []float64
	for _, one := range all {
		p, err := trajectory.Increments(set.ctx, one, w.burnIn)
		if err != nil {
			return nil, err
		}
		b := octaves(p.Increments)
		white := p.White()
		scaled := func(v []float64) []float64 {
			m := b.means(v)
			floats.Scale(1/white, m)
			return m
		}
		band := make([]float64, len(b)-1)
		for i := range band {
			band[i] = p.Band(0.99, b[i+1]-b[i]) / white
		}
		x = b.means(p.Frequency)
		runs, spreads, autos = append(runs, scaled(p.Amplitude)), append(spreads, scaled(p.Spread)), append(autos, scaled(p.Autoregression))
		bands = append(bands, band)
		low = append(low, runs[len(runs)-1][0])
		high = append(high, tail(runs[len(runs)-1]))
		weights = append(weights, tail(spreads[len(spreads)-1])/tail(runs[len(runs)-1]))
	}
	n := len(x)
	for _, r := range runs {
		n = min(n, len(r)) // seeds stopped at other times
	}
	cut := func(rows [][]float64) []float64 {
		mean := make([]float64, n)
		for _, r := range rows {
			floats.AddScaled(mean, 1/float64(len(rows)), r[:n])
		}
		return mean
	}
	x = x[:n]
	for i := range runs {
		runs[i] = runs[i][:n]
	}
	spread, band := cut(spreads), cut(bands)
	around := func(level, width []float64, sign float64) []float64 {
		return floats.AddScaledTo(make([]float64, n), level, sign, width)
	}
	one := make([]float64, n)
	floats.AddConst(1, one)

	f := fig.New("Spectrum of the steps of SGD between epochs")
	f.X = fig.Axis{Label: "frequency", Unit: "cycles per epoch", Scale: fig.Log}
	f.Y = fig.Axis{Label: "mean |Y_{f}| over the weights, white noise: 1", Scale: fig.Log}
	f.Fill("white noise, 99 %", x, around(one, band, -1), around(one, band, 1)).In(fig.Gray)
	f.Runs(w.network.Name, x, runs, fig.MeanStd).In(fig.Blue)
	f.Line("autoregression of each weight", x, cut(autos)).In(fig.Vermillion).As(fig.Dashed)
	f.Line("standard deviation over the weights", x, spread).In(fig.Blue).As(fig.Dotted)
	f.Legend = fig.Under

	walk, width, err := brownianSteps(set, all[0].Len()-w.burnIn, w.network.Dim())
	if err != nil {
		return nil, err
	}
	momentum := fmt.Sprintf("Momentum lasts 10 steps, an epoch has %d: what is correlated over less than about an epoch takes from the highest frequencies.", w.steps())
	return &Result{
		Figure: f,
		Rows: []Row{
			sampledRow(set, "lowest frequencies", fmt.Sprintf("mean |Y_{f}| beside that of white noise, at %.2g cycles per epoch", x[0]), "", low),
			sampledRow(set, "highest frequencies", "the same, in the last half octave", "", high),
			{Quantity: "Brownian motion", Meaning: "the same of a simulated one of as many points, 128 coordinates, over all frequencies", Ours: walk, Error: width, Theory: 1},
			sampledRow(set, "spread over the weights", "standard deviation of |Y_{f}| over its mean, highest frequencies; √(4/π−1) = 0.523 of white noise alike in all weights", "", weights),
		},
		Notes: []string{
			w.note(set),
			"Y_{f} = Σ_{k}(x_{k+1}−x_{k})e^{−2πifk/n}, no window; means over half octaves. White is E|Y_{f}| = σ√(πn)/2 for the same variances, its band for independent weights. The autoregression x ← φx + ζ has each weight's variance and that of its steps.",
			momentum,
		},
		Sources: []string{"box2015"},
	}, nil
}

// brownianSteps is the amplitude of the increments of Brownian motion beside the level of
// white noise, over all frequencies but the ends, with its standard error: the control of
// Figure 6.3a.
func brownianSteps(set settings, T, d int) (ratio, width float64, err error) {
	d = min(d, 128)
	x := make([]float64, T*d)
	rng.Key(63).Normals(0, x)
	for k := d; k < len(x); k++ {
		x[k] += x[k-d]
	}
	p, err := trajectory.Increments(set.ctx, trajectory.Of(d, x), 0)
	if err != nil {
		return 0, 0, err
	}
	inner := p.Amplitude[1 : (p.Increments+1)/2]
	return stat.Mean(inner, nil) / p.White(), math.Sqrt((4/math.Pi - 1) / float64(d*len(inner))), nil
}

// edges of bins of frequencies, half an octave each.
type binned []int

func octaves(n int) binned {
	b := binned{1}
	for e := 2.0; int(e) < (n+1)/2; e *= math.Sqrt2 {
		if int(e) > b[len(b)-1] {
			b = append(b, int(e))
		}
	}
	return append(b, (n+1)/2)
}

// means are those of the values in each bin.
func (b binned) means(values []float64) []float64 {
	out := make([]float64, len(b)-1)
	for i := range out {
		out[i] = stat.Mean(values[b[i]:b[i+1]], nil)
	}
	return out
}

// figure63b is the correlation of the weights in time.
func figure63b(set settings, w *wandering, all []trajectory.Series) (*Result, error) {
	const K = 100
	var runs, spreads, autos [][]float64
	var last, first []float64
	var c *trajectory.Correlation
	for _, one := range all {
		var err error
		if c, err = trajectory.Autocorrelation(set.ctx, one, w.burnIn, K); err != nil {
			return nil, err
		}
		runs, spreads, autos = append(runs, c.Mean), append(spreads, c.Spread), append(autos, c.Autoregression)
		first, last = append(first, c.Mean[1]), append(last, c.Mean[K])
	}
	lags := floats.Span(make([]float64, K+1), 0, K)
	mean := func(rows [][]float64) []float64 {
		out := make([]float64, K+1)
		for _, r := range rows {
			floats.AddScaled(out, 1/float64(len(rows)), r)
		}
		return out
	}
	r, sd := mean(runs), mean(spreads)
	null := trajectory.Brownian(c.Points, K, 400, 0.99, 63)

	f := fig.New("The weights of SGD are correlated over epochs")
	f.X = fig.Axis{Label: "lag", Unit: "epochs"}
	f.Y = fig.Axis{Label: "autocorrelation", Min: -0.4, Max: 1.05}
	f.Fill("± standard deviation over the weights", lags, floats.SubTo(make([]float64, K+1), r, sd), floats.AddTo(make([]float64, K+1), r, sd)).In(fig.SkyBlue)
	f.Runs(w.network.Name, lags, runs, fig.MeanStd).In(fig.Blue)
	f.Line("autoregression of each weight", lags, mean(autos)).In(fig.Vermillion).As(fig.Dashed)
	f.Line("Brownian motion, mean", lags, null.Mean).In(fig.Black)
	f.Line("99 % of Brownian motions", lags, null.Low).In(fig.Black).As(fig.Dotted)
	f.Line("", lags, null.High).In(fig.Black).As(fig.Dotted)
	f.Level(c.Band(0.99), "white noise, 99 %").In(fig.Orange).As(fig.Dotted).Foot()
	f.Level(-c.Band(0.99), "").In(fig.Orange).As(fig.Dotted)
	f.Legend = fig.Under

	control, width, err := autoregressive(set, c.Points)
	if err != nil {
		return nil, err
	}
	return &Result{
		Figure: f,
		Rows: []Row{
			sampledRow(set, "r_{1}", "mean over the weights", "", first),
			sampledRow(set, fmt.Sprintf("r_{%d}", K), "mean over the weights", "", last),
			measured("band of white noise", "2.576/√T: the red band of the thesis", c.Band(0.99)),
			measured("Brownian motion", fmt.Sprintf("mean of r_{%d} of %d points, by simulation", K, c.Points), null.Mean[K]),
			{Quantity: "φ^{10} of x ← φx + ζ", Meaning: "φ = 0.9, simulated and analysed in the same way", Ours: control, Error: width, Theory: math.Pow(0.9, 10)},
		},
		Notes: []string{
			w.note(set),
			"The thesis compares with Brownian motion and draws the band of white noise. Samples of Brownian motion are correlated over all of the trajectory: r_{k} falls with k/T, and stays far outside of that band. To lie outside of it does not tell SGD from Brownian motion.",
			fmt.Sprintf("%d of the %d weights do not move: they are left out.", c.Constant, w.network.Dim()),
		},
		Sources: []string{"box2015"},
	}, nil
}

// autoregressive is r_10 of simulated x ← 0.9x + ζ with its standard error, after its bias
// of order 1/T: the control of Figure 6.3b.
func autoregressive(set settings, T int) (r, width float64, err error) {
	const d, φ = 64, 0.9
	x := make([]float64, T*d)
	rng.Key(64).Normals(0, x)
	for i := range x {
		if i < d {
			x[i] /= math.Sqrt(1 - φ*φ)
		} else {
			x[i] += φ * x[i-d]
		}
	}
	c, err := trajectory.Autocorrelation(set.ctx, trajectory.Of(d, x), 0, 10)
	if err != nil {
		return 0, 0, err
	}
	// The mean that is taken away has the variance (1+φ)/(1-φ)/T of that of the points.
	bias := (1 + φ) / (1 - φ) / float64(T)
	return c.Mean[10] + bias*(1-c.Mean[10]), c.Spread[10] / math.Sqrt(d), nil
}

// figure63c is the norm of the gradient along the trajectory.
func figure63c(set settings, w *wandering, all []trajectory.Series) (*Result, error) {
	f, err := net.NewLoss(w.network, w.images, net.Options{})
	if err != nil {
		return nil, err
	}
	whole := f.Minibatch(landscape.Batch{Index: upTo(f.Samples())}) // the energy that training descends
	root := math.Sqrt(float64(f.Dim()))
	var x []float64
	var full, noisy, lemma [][]float64
	var drop, ratio []float64
	for _, one := range all {
		T := one.Len()
		var points []int
		for e := 1.0; int(e) <= T; e *= 1.3 {
			if k := int(e) - 1; len(points) == 0 || k > points[len(points)-1] {
				points = append(points, k)
			}
		}
		g, err := trajectory.GradientNorms(set.ctx, whole, one, points)
		if err != nil {
			return nil, err
		}
		at := make([]float64, len(points))
		batch, expected := make([]float64, len(points)), make([]float64, len(points))
		for i, k := range points {
			at[i] = float64(k + 1)
			squared, noise, err := gradientNoise(f, one, k)
			if err != nil {
				return nil, err
			}
			batch[i], expected[i] = math.Sqrt(squared)/root, math.Sqrt(g[i]*g[i]+noise)/root
			g[i] /= root
		}
		x = at
		full, noisy, lemma = append(full, g), append(noisy, batch), append(lemma, expected)
		after := 0
		for points[after] < w.burnIn {
			after++
		}
		drop = append(drop, stat.Mean(full[len(full)-1][after:after+2], nil)/stat.Mean(g[len(g)-2:], nil))
		ratio = append(ratio, tail(batch)/tail(g))
	}
	n := len(x)
	for _, r := range full {
		n = min(n, len(r))
	}
	cut := func(rows [][]float64) [][]float64 {
		for i := range rows {
			rows[i] = rows[i][:n]
		}
		return rows
	}
	p := fig.New("The gradient along the trajectory")
	p.X = fig.Axis{Label: "epoch", Scale: fig.Log}
	p.Y = fig.Axis{Label: "‖∇f‖/√d", Scale: fig.Log}
	p.Runs("of all data", x[:n], cut(full), fig.MeanStd).In(fig.Blue)
	p.Runs("of a mini-batch", x[:n], cut(noisy), fig.MeanStd).In(fig.Orange)
	p.Runs("of a mini-batch by Lemma 6.3", x[:n], cut(lemma), fig.MeanStd).In(fig.Black).As(fig.Dashed)
	p.Mark(float64(w.burnIn), "rate 0.001 from here").In(fig.Gray)
	p.Legend = fig.Under
	return &Result{
		Figure: p,
		Rows: []Row{
			sampledRow(set, "fall of ‖∇f‖", "over the epochs after the burn-in, of all data", "3", drop),
			sampledRow(set, "‖∇f_{b}‖/‖∇f‖", "of a mini-batch over that of all data, at the end", "", ratio),
		},
		Notes: []string{
			w.note(set),
			"∇f is that of the energy which training descends, with batch-norm by all the data. The author's published code draws the gradient of the last mini-batch, which is mostly noise. By Lemma 6.3, E‖∇f_{b}‖² = ‖∇f‖² + (tr D/b)(N−b)/(N−1), D that of the gradients of single images, which have batch-norm's statistics fixed; in training every mini-batch has its own, and the lemma does not hold.",
		},
		Sources: []string{"ioffe2015"},
	}, nil
}

// gradientNoise is E|∇f_b|² at a point, of 16 mini-batches as training has them, and
// E|∇f_b - ∇f|² = tr D/b (N-b)/(N-1) by Lemma 6.3, of the gradients of single images.
func gradientNoise(f *net.Loss, path trajectory.Series, k int) (squared, lemma float64, err error) {
	const batches, singles = 16, 1024
	at := make([]float64, f.Dim())
	if err := path.Point(k, at); err != nil {
		return 0, 0, err
	}
	x, g := f.New(), f.New()
	dev := x.Device()
	dev.Upload(x, device.Of(at))
	N := f.Samples()
	order := rng.Key(63).Split(uint64(k)).Stream().Perm(N)
	for i := range batches {
		from := i * wanderBatch % (N - wanderBatch + 1)
		f.BatchGradient(x, landscape.Batch{Index: order[from : from+wanderBatch]}, g)
		squared += dev.Dot(g, g) / batches
	}
	f.Refresh(x)
	f.Gradient(x, g)
	squares := make([]float64, min(N, singles))
	f.SampleGradients(x, order[:len(squares)]).SquaredNorms(squares)
	trace := stat.Mean(squares, nil) - dev.Dot(g, g)
	return squared, trace / wanderBatch * float64(N-wanderBatch) / float64(N-1), nil
}
