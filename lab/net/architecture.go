package net

import (
	"fmt"
	"slices"
	"strings"

	"glassy/lab/device"
)

// An Architecture is a network as data: the shape of one sample, the layers in
// their order, and the number of classes that a softmax cross-entropy over the
// last layer's numbers tells apart.
type Architecture struct {
	Name    string
	Input   []int // of one sample: {C, H, W} an image, {D} features, {T} tokens of a text
	Classes int
	Layers  []Layer
}

// A Kind says what a block of parameters does, which is what an initialiser and
// weight decay go by.
type Kind uint8

// The kinds.
const (
	Weight Kind = iota // a matrix or filters
	Bias               // added to what the weights make
	Scale              // of batch-norm: 1 leaves things as they are
	Shift              // of batch-norm: 0 leaves things as they are
	State              // the learned first cell and output of an LSTM
)

func (k Kind) String() string {
	return [...]string{"weight", "bias", "scale", "shift", "state"}[k]
}

// A Block is one tensor of parameters in the flat vector of a network.
type Block struct {
	Name          string // "conv1.weight": layer, its number among its like, part
	Layer         string // "dense", "conv", "norm", "lstm", "embedding"
	Kind          Kind
	Offset        int   // where in the flat vector it starts
	Shape         []int // row-major: Out×In of a dense layer, Out×C×R×S of a convolution
	FanIn, FanOut int   // numbers that one output is made of, that one input goes to; of a bias, those of its weights
}

// Len is how many numbers the block has.
func (b Block) Len() int { return product(b.Shape) }

// Layout is the table of the flat parameter vector, in its order. It panics where
// layers do not fit together: [Architecture.Check] says so as an error.
func (a Architecture) Layout() []Block {
	var p plan
	p.network(a)
	if p.err != nil {
		panic("net: Layout: " + p.err.Error())
	}
	return p.blocks
}

// Filters are where the weights that make one output stand in the flat vector, from
// each one's first to before its last: filters of a convolution, rows of a dense
// layer's or an LSTM's matrices, words of an embedding. Biases and batch-norm's
// numbers are in none. Filter normalisation goes by them (Li et al. 2018).
func (a Architecture) Filters() (filters [][2]int) {
	for _, b := range a.Layout() {
		if b.Kind != Weight {
			continue
		}
		each := b.Len() / b.Shape[0]
		for i := range b.Shape[0] {
			filters = append(filters, [2]int{b.Offset + i*each, b.Offset + (i+1)*each})
		}
	}
	return filters
}

// Dim is d, the number of parameters.
func (a Architecture) Dim() int {
	d := 0
	for _, b := range a.Layout() {
		d += b.Len()
	}
	return d
}

// Check says what does not fit together: the first layer whose input has the
// wrong shape, or a last layer that does not make one number per class.
func (a Architecture) Check() error {
	var p plan
	_, out := p.network(a)
	switch {
	case p.err != nil:
		return fmt.Errorf("network %s: %w", a.Name, p.err)
	case len(a.Input) == 0 || len(a.Input) == 2 || len(a.Input) > 3 || slices.Min(a.Input) < 1:
		return fmt.Errorf("network %s: Input is %v, expected the positive sizes {C, H, W}, {D} or {T}", a.Name, a.Input)
	case a.Classes < 2:
		return fmt.Errorf("network %s: Classes is %d, expected at least 2", a.Name, a.Classes)
	case len(out) == 2 && out[1] != a.Classes, len(out) != 2 && product(out) != a.Classes:
		return fmt.Errorf("network %s: the last layer makes %v, expected %d numbers, one a class", a.Name, out, a.Classes)
	}
	return nil
}

// String is the table of layers, shapes and parameters.
func (a Architecture) String() string {
	var p plan
	p.network(a)
	if p.err != nil {
		return fmt.Sprintf("%s: %v", a.Name, p.err)
	}
	var s strings.Builder
	fmt.Fprintf(&s, "%s: %v → %d classes, %d parameters\n", a.Name, a.Input, a.Classes, a.Dim())
	for _, b := range p.blocks {
		fmt.Fprintf(&s, "%9d  %-20s %v\n", b.Offset, b.Name, b.Shape)
	}
	return s.String()
}

// A Layer is one of the layer types of this package.
type Layer interface {
	// lay adds the layer's blocks to the plan and returns what computes the
	// layer, and the shape that it makes of in; or it reports to the plan why it
	// cannot.
	lay(p *plan, in []int) (s stage, out []int)
}

// A plan is a network in the making.
type plan struct {
	blocks []Block
	dim    int
	drops  int            // dropout layers
	kept   bool           // what made the input needs it unchanged
	stats  int            // numbers that batch-norm keeps
	ones   []span         // those of them that are variances
	least  int            // samples that batch-norm needs in a batch
	tokens int            // different tokens that the first layer takes; 0: it takes numbers
	size   int            // numbers that all layers make of one sample
	times  int            // multiplications in products with weights, for one sample
	calls  int            // operations of a device in a pass forward
	count  map[string]int // of layers so far, by name
	err    error          // the first
}

// sequence lays layers one after the other.
func (p *plan) sequence(in []int, layers []Layer) (sequence, []int) {
	var stages sequence
	for _, l := range layers {
		if p.err != nil {
			break
		}
		s, out := l.lay(p, in)
		if p.err == nil && (len(out) == 0 || slices.Min(out) < 1) {
			p.fail(l, in, "an input big enough to leave something")
		}
		stages, in = append(stages, s), out
		p.size += product(out)
		p.calls += 2
	}
	return stages, in
}

// network lays the whole of a.
func (p *plan) network(a Architecture) (sequence, []int) {
	p.kept = true // the data
	return p.sequence(a.Input, a.Layers)
}

// work is a step of training on a batch: back takes twice what forward does.
func (p *plan) work(t device.DType, batch int) device.Work {
	return device.Work{
		Type:  t,
		Calls: 3 * p.calls,
		Flops: 3 * 2 * float64(p.times) * float64(batch),
		Bytes: 3 * 2 * float64(t.Size()) * (float64(p.size)*float64(batch) + float64(p.dim)),
	}
}

func (p *plan) fail(l Layer, in []int, expected string) {
	if p.err == nil {
		p.err = fmt.Errorf("layer %T%+v: input has shape %v, expected %s", l, l, in, expected)
	}
}

// layer counts a layer and returns its name with its number.
func (p *plan) layer(name string) string {
	if p.count == nil {
		p.count = map[string]int{}
	}
	p.count[name]++
	return fmt.Sprint(name, p.count[name])
}

// block adds a tensor and tells where it stands.
func (p *plan) block(layer, part string, k Kind, fanIn, fanOut int, shape ...int) span {
	p.blocks = append(p.blocks, Block{
		Name: layer + "." + part, Layer: strings.TrimRight(layer, "0123456789"), Kind: k,
		Offset: p.dim, Shape: shape, FanIn: fanIn, FanOut: fanOut,
	})
	s := span{p.dim, product(shape)}
	p.dim += s.n
	return s
}

// takes says that tokens go into a layer that knows so many; of several such
// layers, in branches, the least decides.
func (p *plan) takes(vocabulary int) {
	if p.tokens == 0 || vocabulary < p.tokens {
		p.tokens = vocabulary
	}
}

// A span is where a block stands in the flat vector.
type span struct{ offset, n int }

func (s span) of(v device.Vector) device.Vector { return v.Slice(s.offset, s.offset+s.n) }

func product(shape []int) int {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return n
}
