package net

import (
	"fmt"
	"slices"
	"strings"
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

// Layout is the table of the flat parameter vector, in its order. It panics on
// an architecture that [Architecture.Check] refuses.
func (a Architecture) Layout() []Block {
	var p plan
	p.sequence(a.Input, a.Layers)
	if p.err != nil {
		panic("net: Layout: " + p.err.Error())
	}
	return p.blocks
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
	out := p.sequence(a.Input, a.Layers)
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
	p.sequence(a.Input, a.Layers)
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
	// lay returns the shape that the layer makes of in and adds its blocks to
	// the plan, or reports there why it cannot.
	lay(p *plan, in []int) (out []int)
}

// A plan is a layout in the making.
type plan struct {
	blocks []Block
	dim    int
	count  map[string]int // of layers so far, by name
	err    error          // the first
}

// sequence lays layers one after the other.
func (p *plan) sequence(in []int, layers []Layer) []int {
	for _, l := range layers {
		if p.err != nil {
			return in
		}
		out := l.lay(p, in)
		if p.err == nil && (len(out) == 0 || slices.Min(out) < 1) {
			p.fail(l, in, "an input big enough to leave something")
		}
		in = out
	}
	return in
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

// block adds a tensor and returns where it starts.
func (p *plan) block(layer, part string, k Kind, fanIn, fanOut int, shape ...int) {
	p.blocks = append(p.blocks, Block{
		Name: layer + "." + part, Layer: strings.TrimRight(layer, "0123456789"), Kind: k,
		Offset: p.dim, Shape: shape, FanIn: fanIn, FanOut: fanOut,
	})
	p.dim += product(shape)
}

func product(shape []int) int {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return n
}
