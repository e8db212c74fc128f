package thesis

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/gonum/stat"

	"glassy/lab/data"
	"glassy/lab/fig"
	"glassy/lab/net"
	"glassy/lab/optim"
	"glassy/lab/rng"
	"glassy/lab/spectrum"
)

// An ending is where trainings of a network end, whose Hessians are looked at.
type ending struct {
	network     net.Architecture
	start       net.Initialiser
	train, test *data.Set
	method      optim.Method
	options     optim.Options // but for Seed, Name and Evaluate
	runs        int

	// measured is how many samples the Hessian is the mean over, 0 for all; products
	// is how many of it a probe is allowed where not all eigenvalues are worked out:
	// in so many dimensions one is enough, and what it tells apart near zero grows
	// with its length.
	measured int
	exact    bool // all eigenvalues, of d products and LAPACK
	products int
}

// An ended is one run of it.
type ended struct {
	law       spectrum.Law
	trace     *spectrum.Traces
	low, high float64 // the extreme eigenvalues
	gradient  float64 // |∇f|, of the same samples as the Hessian
	error     float64 // on test, in %
}

// each trains and measures. It is stopped when not all runs were made or the last
// was measured in part; with nothing measured that is an error, the context's.
func (e *ending) each(set settings) (all []ended, stopped bool, err error) {
	f, err := net.NewLoss(e.network, e.train, net.Options{})
	if err != nil {
		return nil, false, err
	}
	unseen, err := f.On(e.test)
	if err != nil {
		return nil, false, err
	}
	for i := range e.runs {
		one, err := e.once(set, f, unseen, i)
		if stopped = set.ctx.Err() != nil; err != nil && !(stopped && len(all) > 0) {
			return nil, false, err
		}
		if err == nil {
			all = append(all, one)
		}
		if stopped {
			break
		}
	}
	return all, stopped, nil
}

func (e *ending) once(set settings, f, unseen *net.Loss, run int) (r ended, err error) {
	x := f.New()
	net.Initialise(e.network, e.start, rng.Key(run).Split(1), x)
	o := e.options
	o.Seed, o.Evaluate, o.EvaluateEvery = uint64(run), unseen.Evaluate, max(1, o.Epochs)
	o.Name = fmt.Sprintf("%s by %s, run %d of %d", e.network.Name, e.method.Name, run+1, e.runs)
	end := optim.Run(set.ctx, f, x, e.method, o)
	if end.Status == optim.Diverged {
		return r, fmt.Errorf("%s diverged: %v", o.Name, end)
	}
	if set.ctx.Err() != nil {
		return r, set.ctx.Err()
	}
	r.error = 100 * tail(end.History.Evaluated.Error)
	at := f
	if n := e.measured; n > 0 && n < f.Samples() {
		at = f.Subset(upTo(n))
	}
	g := at.New()
	at.Gradient(end.Weights, g)
	r.gradient = math.Sqrt(g.Device().Dot(g, g))
	op := spectrum.Hessian(at, end.Weights)
	op.Name = "Hessian of " + e.network.Name
	if r.trace, err = spectrum.Trace(set.ctx, op, spectrum.Probes{Count: 10, Seed: uint64(run)}); err != nil {
		return r, err
	}
	if set.ctx.Err() != nil {
		return r, set.ctx.Err()
	}
	if e.exact {
		if set.folder != "" {
			if op, err = kept(set, op, run); err != nil {
				return r, err
			}
		}
		all, err := spectrum.Exact(set.ctx, op, false)
		if err != nil {
			return r, err
		}
		r.law = all.Law
		r.low, r.high = all.Range()
		return r, nil
	}
	sampled, err := spectrum.Quadrature(set.ctx, op, spectrum.Probes{Count: 1, Steps: e.products, Seed: uint64(run)})
	if err != nil {
		return r, err
	}
	if len(sampled.Rules) == 0 {
		return r, set.ctx.Err()
	}
	r.law = sampled.Law
	r.low, r.high = r.law.Range()
	ends, err := spectrum.Lanczos(set.ctx, op, spectrum.Ends{Low: 1, High: 1, MaxSteps: e.products})
	if err != nil {
		return r, err
	}
	for _, p := range slices.Concat(ends.Low, ends.High) { // all of these lie within the spectrum
		r.low, r.high = min(r.low, p.Value), max(r.high, p.Value)
	}
	return r, nil
}

// kept is the Hessian of a run as a matrix in a file of the folder, made or read
// as far as it is there.
func kept(set settings, op spectrum.Operator, run int) (spectrum.Operator, error) {
	if err := os.MkdirAll(set.folder, 0o755); err != nil {
		return op, fmt.Errorf("folder for %s: %w", op.Name, err)
	}
	name := fmt.Sprintf("%s, scale %s, run %d.matrix", op.Name, set.scale, run+1)
	m, err := spectrum.Assemble(set.ctx, op, filepath.Join(set.folder, strings.ReplaceAll(name, " ", "-")))
	if err != nil {
		return op, err
	}
	return m.Operator(op.New().Device()), nil
}

func upTo(n int) []int {
	index := make([]int, n)
	for i := range index {
		index[i] = i
	}
	return index
}

// histogram draws the eigenvalues of all runs, in share, on an axis that is
// logarithmic on both sides beyond the knee, and ± near. Of a probe it shows how far
// apart its large nodes are too.
func (e *ending) histogram(all []ended, knee, near float64) *fig.Figure {
	f := fig.New(fmt.Sprintf("%s, d = %d", e.network.Name, e.network.Dim()))
	f.X = fig.Axis{Label: "eigenvalue λ", Scale: fig.SymLog, Knee: knee}
	f.Y = fig.Axis{Label: "share of the eigenvalues in a bin", Scale: fig.Log}
	low, high := math.Inf(1), math.Inf(-1)
	for _, r := range all {
		low, high = min(low, r.low), max(high, r.high)
	}
	// Bins as wide on that axis as a sixth of a decade, with an edge at 0.
	place := func(v float64) float64 { return math.Asinh(v/(2*knee)) / math.Ln10 }
	const width = 1.0 / 6
	from, to := int(math.Floor(place(low)/width)), int(math.Ceil(place(high)/width))+1
	var x []float64
	shares := make([][]float64, len(all))
	for i := from; i < to; i++ {
		edge := func(i int) float64 { return 2 * knee * math.Sinh(float64(i)*width*math.Ln10) }
		x = append(x, (edge(i)+edge(i+1))/2)
		for k, r := range all {
			// Half open: no eigenvalue counts twice.
			shares[k] = append(shares[k], r.law.Share(edge(i), math.Nextafter(edge(i+1), edge(i))).Value)
		}
	}
	least := 1 / float64(e.network.Dim())
	for k, y := range shares {
		// A bin with nothing in it has no place on the axis.
		var at, share []float64
		for i, v := range y {
			if v >= least/2 {
				at, share = append(at, x[i]), append(share, v)
			}
		}
		color := []fig.Color{fig.Blue, fig.Vermillion, fig.Green, fig.Orange, fig.Purple}[k%5]
		f.Points(fmt.Sprintf("run %d", k+1), at, share).In(color)
		if rule := all[k].law.Rules[0]; !rule.Exact {
			// The eigenvalues that a node stands for reach to those beside it.
			for i, w := range rule.Weights {
				if w >= 0.01 && i > 0 && i+1 < len(rule.Nodes) {
					f.Line("", []float64{rule.Nodes[i-1], rule.Nodes[i+1]}, []float64{w, w}).In(color)
				}
			}
		}
	}
	f.Y.Min, f.Y.Max = least/2, 1.5
	f.Mark(-near, "")
	f.Mark(near, fmt.Sprintf("±10^{%s}", number(math.Log10(near))))
	return f
}

// rows are what the thesis says of a spectrum, and what it does not: printed is its
// number for the share in % of |λ| ≤ near; factor is what the author's program
// multiplies eigenvalues by before it draws them.
func (e *ending) rows(set settings, all []ended, near, factor float64, printed string) []Row {
	of := func(f func(r ended) float64) (v []float64) {
		for _, r := range all {
			v = append(v, f(r))
		}
		return v
	}
	row := func(quantity, meaning, printed string, f func(r ended) float64) Row {
		return sampledRow(set, quantity, meaning, printed, of(f))
	}
	share := func(quantity, meaning, printed string, of func(r ended) (low, high float64)) Row {
		var value, least, most []float64
		for _, r := range all {
			e := r.law.Share(of(r))
			value, least, most = append(value, 100*e.Value), append(least, 100*e.Low), append(most, 100*e.High)
		}
		row := sampledRow(set, quantity, meaning+", in %", printed, value)
		if !e.exact { // the bounds' middle: where nodes come to lie between them is chance
			low, high := stat.Mean(least, nil), stat.Mean(most, nil)
			row.Ours, row.Error = (low+high)/2, max(row.Error, (high-low)/4)
			row.Meaning += fmt.Sprintf(": between %.3g and %.3g", low, high)
		}
		return row
	}
	within := func(size float64) func(ended) (low, high float64) {
		return func(ended) (low, high float64) { return -size, size }
	}
	negative := share("index/d", "share of negative eigenvalues, below −10^{−6} of the largest", "", func(r ended) (low, high float64) {
		return math.Inf(-1), -1e-6 * max(r.high, -r.low)
	})
	mean := row("tr/d", "mean eigenvalue, by 20 products; theory: of all eigenvalues", "", func(r ended) float64 { return r.trace.Trace.Value / float64(r.trace.Dim) })
	if e.exact {
		mean.Theory = stat.Mean(of(func(r ended) float64 { return r.law.Moment(1).Value }), nil)
		var bar float64
		for _, r := range all {
			bar += r.trace.Trace.Error * r.trace.Trace.Error
		}
		// The error is that of the estimates, not what the runs differ by.
		mean.Error = math.Sqrt(bar) / float64(len(all)*all[0].trace.Dim)
	}
	var drawn []Row
	if factor != 1 {
		drawn = []Row{share("near zero, as drawn", fmt.Sprintf("share of |λ| ≤ 10^{%s}/%g, which the author's program draws there", number(math.Log10(near)), factor), printed, within(near/factor))}
	}
	if !e.exact { // what the bounds leave of the printed share
		most, err := strconv.ParseFloat(printed, 64)
		if err != nil {
			panic("thesis: " + err.Error())
		}
		drawn = append(drawn, row("|λ| of "+printed+" %", "so large are so many of the eigenvalues at most", "", func(r ended) float64 {
			_, high := r.law.Radius(most / 100)
			return min(high, max(r.high, -r.low))
		}))
	}
	return append(drawn,
		share("near zero", fmt.Sprintf("share of |λ| ≤ 10^{%s}", number(math.Log10(near))), printed, within(near)),
		row("λ_{max}", "largest eigenvalue", "", func(r ended) float64 { return r.high }),
		row("λ_{min}", "smallest eigenvalue", "", func(r ended) float64 { return r.low }),
		negative,
		mean,
		row("|∇f|", "the gradient where it ended", "", func(r ended) float64 { return r.gradient }),
		row("error", "on images or text not trained on, in %", "", func(r ended) float64 { return r.error }),
	)
}

// sized says how large it was made.
func (e *ending) sized(set settings, thesis string) string {
	n := e.train.Len()
	if e.measured > 0 {
		n = min(n, e.measured)
	}
	how := "all eigenvalues"
	if !e.exact {
		how = fmt.Sprintf("the law of the eigenvalues by a probe of %d products, the extremes by Lanczos's iteration. Shares have errors that reach as far as the quadrature's bounds do: what is near zero it tells apart only as far as the bars in the figure reach, from one node to the next but one", e.products)
	}
	small := ""
	if set.scale == Quick {
		small = " A network with so few weights has fewer flat directions."
	}
	return fmt.Sprintf("Scale %s: %d runs of %.4g epochs of mini-batches of %d on %d samples, Hessian of %d of them: %s. The thesis has %s.%s",
		set.scale, e.runs, e.options.Epochs, e.options.Batch, e.train.Len(), n, how, thesis, small)
}
