package net

import (
	"fmt"
	"slices"

	"glassy/lab/data"
	"glassy/lab/device"
	"glassy/lab/landscape"
	"glassy/lab/rng"
)

// A Loss is the energy landscape of a network over a data set: the mean
// cross-entropy
//
//	f(x) = 1/N Σ f_k(x),  f_k = -log p(label k | sample k, x),
//
// of a text the mean over its positions too, so that exp(f) is the perplexity.
// It works in chunks of the data of a size that the architecture alone sets, in
// their order: the same bits on any number of threads.
//
// Gradient and Value evaluate: no dropout, batch-norm by the kept statistics.
// [Loss.BatchGradient] trains: with dropout, with batch-norm by the batch, whose
// running statistics follow. [Loss.Minibatch] is the energy that it descends.
//
// A Loss is for one goroutine at a time; Copy makes one for another.
type Loss struct {
	arch  Architecture
	dim   int
	index []int  // the samples of the data set that f is the mean of; nil: all
	batch bool   // as in training, all samples at once
	seed  uint64 // of the batch's dropout
	least int    // samples that batch-norm needs in a batch
	chunk int    // samples that are worked on at once

	run int // batches since Restart, counted while a plain mean of theirs weighs one more than normWeight; -1: not counted

	m    *machine
	feed feed
	head head

	at    point  // what the machine holds from the last call
	calls uint64 // so far; Gradients are void after the next

	picked []int // work space of BatchGradient
}

var _ interface {
	landscape.PerSample
	landscape.Curved
	landscape.GaussNewton
	landscape.Stateful
} = (*Loss)(nil)

// Options of a Loss. The zero value is float32 on the device in use.
type Options struct {
	Device device.Device // nil: device.For a step of training on 128 samples
	DType  device.DType  // device.Float32, the default, or device.Float64

	// Augment changes the images of each batch in training; nil: none. It is
	// drawn from the batch's seed. data.MirrorCrop is one.
	Augment Augmentation
}

// An Augmentation changes images of that shape, C×H×W, in place, one after the
// other in x, by what it draws from key.
type Augmentation interface {
	Apply(key rng.Key, shape []int, x []float32)
}

// NewLoss is the landscape of a over a data set. Errors: an architecture that
// does not fit together, data of another shape or with a NaN, an infinity, a
// label or token out of range. The set is not copied on the processor in
// float32: leave it as it is.
func NewLoss(a Architecture, set *data.Set, o Options) (*Loss, error) {
	switch o.DType {
	case 0:
		o.DType = device.Float32
	case device.Float32, device.Float64:
	default:
		return nil, fmt.Errorf("net: DType is %v, expected float32 or float64", o.DType)
	}
	if err := a.Check(); err != nil {
		return nil, fmt.Errorf("net: %w", err)
	}
	var p plan
	root, _ := p.network(a)
	if o.Device == nil {
		o.Device = device.For(p.work(o.DType, 128))
	}
	m := &machine{dev: o.Device, dtype: o.DType, root: root}
	m.statistics = o.Device.New(o.DType, p.stats)
	for _, variance := range p.ones {
		m.dev.Fill(variance.of(m.statistics), 1)
	}
	l := &Loss{arch: a.clone(), dim: p.dim, m: m, least: p.least, chunk: chunk(p.size), run: -1, feed: feed{augment: o.Augment}}
	if err := l.take(set, p.tokens); err != nil {
		return nil, err
	}
	return l, nil
}

// chunk is the number of samples to work on at once: a power of two whose
// numbers, all that the layers make of a sample counted, take tens of megabytes.
func chunk(size int) int {
	const numbers = 1 << 23
	c := 1024
	for c > 16 && c*size > numbers {
		c /= 2
	}
	return c
}

// take gives the loss its data. tokens is how many its first layer knows.
func (l *Loss) take(set *data.Set, tokens int) error {
	if set == nil {
		return fmt.Errorf("net: %s: no data set, expected one", l.arch.Name)
	}
	fail := func(format string, args ...any) error {
		return fmt.Errorf("net: %s over %s: %s", l.arch.Name, set.Name, fmt.Sprintf(format, args...))
	}
	if err := set.Validate(); err != nil {
		return fmt.Errorf("net: %s: %w", l.arch.Name, err)
	}
	switch {
	case tokens == 0 && set.Tokens != nil:
		return fail("the samples are tokens, expected numbers: begin the network with Embedding or OneHot")
	case tokens > 0 && set.Tokens == nil:
		return fail("the samples are numbers, expected tokens: Embedding and OneHot take no numbers")
	case l.feed.augment != nil && len(set.Shape) != 3:
		return fail("samples have shape %v, expected images C×H×W: give no Augment for others", set.Shape)
	case product(l.arch.Input) != set.Size():
		return fail("samples have shape %v, expected %v: give a network for such samples", set.Shape, l.arch.Input)
	case set.Classes > l.arch.Classes:
		return fail("%d classes, expected at most %d: see Architecture.WithClasses", set.Classes, l.arch.Classes)
	case tokens > 0 && int(slices.Max(set.Tokens)) >= tokens:
		return fail("a token is %d, expected at most %d: give the first layer a larger vocabulary", slices.Max(set.Tokens), tokens-1)
	}
	l.feed = feed{set: set, samples: set.Len(), augment: l.feed.augment}
	switch {
	case set.Tokens != nil:
	case l.m.dev == device.CPU() && l.m.dtype == device.Float32:
		l.feed.all = device.Of(set.X)
	default:
		l.feed.all = device.Put(l.m.dev, l.m.dtype, set.X)
	}
	return nil
}

// clone is another loss with the same network: data, statistics and samples are
// l's, work space is its own.
func (l *Loss) clone() *Loss {
	var p plan
	root, _ := p.network(l.arch)
	return &Loss{
		arch: l.arch, dim: l.dim, index: l.index, batch: l.batch, seed: l.seed, least: l.least, chunk: l.chunk, run: -1,
		m:    &machine{dev: l.m.dev, dtype: l.m.dtype, root: root, statistics: l.m.statistics},
		feed: l.feed.open(),
	}
}

// Copy is a loss for another goroutine, with statistics of its own.
func (l *Loss) Copy() landscape.Landscape {
	c := l.clone()
	c.m.statistics = l.m.statistics.Clone()
	return c
}

// On is the same network over other data, with errors as of NewLoss: the loss
// over a test set. The two share the kept statistics, so that what training
// learns of them, the test sees; they are for one goroutine together.
func (l *Loss) On(set *data.Set) (*Loss, error) {
	c := l.clone()
	c.index, c.batch = nil, false
	var p plan
	p.network(l.arch)
	if err := c.take(set, p.tokens); err != nil {
		return nil, err
	}
	return c, nil
}

// Subset is the mean over those samples alone, evaluated like l's, with l's kept
// statistics. It panics when index is empty or leaves 0..Samples()-1.
func (l *Loss) Subset(index []int) *Loss {
	c := l.clone()
	c.index, c.batch = l.pick("Subset", index, nil), false
	return c
}

// Minibatch is the energy whose gradient BatchGradient takes, for curvature and
// gradients in training: batch-norm by the batch, dropout and augmentation by the
// batch's seed, always the same. The kept statistics stay as they are.
func (l *Loss) Minibatch(b landscape.Batch) *Loss {
	c := l.clone()
	c.index, c.batch, c.seed = l.pick("Minibatch", b.Index, nil), true, b.Seed
	l.needBatch("Minibatch", len(b.Index))
	return c
}

// pick appends index, in numbers of the data set, to dst.
func (l *Loss) pick(what string, index, dst []int) []int {
	if len(index) == 0 {
		panic(fmt.Sprintf("net: %s: the batch is empty, expected at least one sample", what))
	}
	n := l.Samples()
	for _, k := range index {
		if k < 0 || k >= n {
			panic(fmt.Sprintf("net: %s: sample is %d, expected 0..%d", what, k, n-1))
		}
		if l.index != nil {
			k = l.index[k]
		}
		dst = append(dst, k)
	}
	return dst
}

func (l *Loss) needBatch(what string, n int) {
	if n < l.least {
		panic(fmt.Sprintf("net: %s: batch of %d, expected at least %d: batch-norm takes a variance over it", what, n, l.least))
	}
}

func (l *Loss) need(what, name string, v device.Vector) {
	if v.Len() != l.Dim() || v.DType() != l.m.dtype {
		panic(fmt.Sprintf("net: %s: %s is %d numbers of %v, expected %d of %v, the parameters of %s",
			what, name, v.Len(), v.DType(), l.Dim(), l.m.dtype, l.arch.Name))
	}
}

// needApart panics where a result would be written over what it is made of.
func needApart(what, name string, result device.Vector, from ...device.Vector) {
	if slices.Contains(from, result) {
		panic(fmt.Sprintf("net: %s: %s is one of the vectors that it is worked out from, expected one of its own", what, name))
	}
}

// String says what the landscape is and how large.
func (l *Loss) String() string {
	return fmt.Sprintf("%s over %d samples of %s, d = %d, %v on %s",
		l.arch.Name, l.Samples(), l.feed.set.Name, l.dim, l.m.dtype, l.m.dev.Name())
}

// Architecture is the network.
func (l *Loss) Architecture() Architecture { return l.arch.clone() }

// Data is the data set; it is shared.
func (l *Loss) Data() *data.Set { return l.feed.set }

// Dim is d, the number of parameters.
func (l *Loss) Dim() int { return l.dim }

// Samples is N.
func (l *Loss) Samples() int {
	if l.index != nil {
		return len(l.index)
	}
	return l.feed.samples
}

// New is a vector of parameters, zero.
func (l *Loss) New() device.Vector { return l.m.dev.New(l.m.dtype, l.Dim()) }

// Statistics is what batch-norm keeps, shared: of each layer the running means,
// then the running variances; empty without batch-norm. They start as 0 and 1.
func (l *Loss) Statistics() device.Vector { return l.m.statistics }

// begin readies the machine for passes at x that want no gradient.
func (l *Loss) begin(what string, x device.Vector) {
	l.need(what, "x", x)
	l.calls++
	m := l.m
	m.weights, m.grad = x, device.Vector{}
	m.batchNorm, m.dropout, m.track = l.batch, l.batch, 0
	m.keep, m.add, m.key, m.turn = false, false, rng.Key(l.seed), 0
}

// chunks loads size samples after the other, in training all at once, and calls f
// for each such chunk; after the first, what f makes is added.
func (l *Loss) chunks(size int, f func()) {
	if l.batch {
		size = l.Samples()
	}
	for from := 0; from < l.Samples(); from += size {
		to := min(from+size, l.Samples())
		l.m.add = from > 0
		if l.index != nil {
			l.feed.load(l.m, l.index[from:to])
		} else {
			l.feed.loadRange(l.m, from, to)
		}
		f()
	}
}

// scale is 1/(N T), the weight of one label in f.
func (l *Loss) scale() float64 { return 1 / float64(l.Samples()*l.feed.positions()) }

// Value is f(x), evaluated.
func (l *Loss) Value(x device.Vector) float64 {
	l.begin("Value", x)
	l.at.forget()
	sum := 0.
	l.chunks(l.chunk, func() { sum += l.forward() })
	return sum * l.scale()
}

// Gradient is g = ∇f(x), evaluated; it returns f(x).
func (l *Loss) Gradient(x, g device.Vector) float64 {
	l.begin("Gradient", x)
	l.need("Gradient", "g", g)
	needApart("Gradient", "g", g, x)
	l.at.forget()
	l.m.grad = g
	sum := 0.
	l.chunks(l.chunk, func() {
		sum += l.forward()
		l.backward(l.scale())
	})
	return sum * l.scale()
}

// BatchGradient is the gradient of the mean over a batch in training: with
// dropout and augmentation drawn from the batch's seed, with batch-norm by the
// batch; the kept statistics move a tenth of the way to the batch's, see
// [Loss.Restart]. It returns that mean. It panics on an empty batch, and on one
// of a single sample where batch-norm would take its variance.
func (l *Loss) BatchGradient(x device.Vector, b landscape.Batch, g device.Vector) float64 {
	l.begin("BatchGradient", x)
	l.need("BatchGradient", "g", g)
	needApart("BatchGradient", "g", g, x)
	l.at.forget()
	l.picked = l.pick("BatchGradient", b.Index, l.picked[:0])
	l.needBatch("BatchGradient", len(b.Index))
	m := l.m
	m.grad, m.batchNorm, m.dropout, m.track, m.key = g, true, true, l.weight(), rng.Key(b.Seed)
	l.feed.load(m, l.picked)
	scale := 1 / float64(len(b.Index)*l.feed.positions())
	f := l.forward() * scale
	l.backward(scale)
	return f
}

// Restart says that the next batch begins another run: its statistics replace the
// kept ones, the next ones are averaged with them, and from the tenth on they move
// a tenth of the way. Without it a run's evaluations would depend on the one before.
func (l *Loss) Restart() { l.run = 0 }

// weight is what the next batch weighs in the kept statistics.
func (l *Loss) weight() float64 {
	if l.run < 0 {
		return normWeight
	}
	if l.run == 0 {
		l.m.dev.Fill(l.m.statistics, 0) // a NaN would stay, whatever its weight
	}
	l.run++
	w := 1 / float64(l.run)
	if w <= normWeight {
		l.run = -1
	}
	return max(w, normWeight)
}

// Evaluate is f(x) and the fraction of labels that are not the most probable one.
func (l *Loss) Evaluate(x device.Vector) (loss, errors float64) {
	l.begin("Evaluate", x)
	l.at.forget()
	wrong := 0
	l.chunks(l.chunk, func() {
		loss += l.forward()
		wrong += l.wrong()
	})
	return loss * l.scale(), float64(wrong) * l.scale()
}

// Probabilities is what the network at x makes of every sample, as Evaluate does:
// the softmax of its logits, labels × Classes, row-major.
func (l *Loss) Probabilities(x device.Vector) []float64 {
	l.begin("Probabilities", x)
	l.at.forget()
	var out []float64
	l.chunks(l.chunk, func() {
		l.forward()
		out = append(out, device.Read[float64](l.perRow(&l.head.prob, l.arch.Classes))...)
	})
	return out
}

const refreshBatch = 128 // what the thesis trains with

// Refresh sets the kept statistics to the means over the samples of the
// batch-norm statistics at x, with no dropout: for weights that no batch has
// gone through, as averaged ones. The samples go in batches of 128, each
// normalised by itself.
func (l *Loss) Refresh(x device.Vector) {
	l.begin("Refresh", x)
	l.at.forget()
	if l.m.statistics.Len() == 0 {
		return
	}
	l.needBatch("Refresh", l.Samples())
	l.m.batchNorm, l.m.dropout = true, false
	l.m.dev.Fill(l.m.statistics, 0) // a NaN of a run that diverged would stay, whatever its weight
	seen := 0
	l.chunks(refreshBatch, func() {
		if l.m.n < l.least {
			return // a last one of one sample
		}
		seen += l.m.n
		l.m.track = float64(l.m.n) / float64(seen)
		l.m.root.forward(l.m, l.feed.x)
	})
}
