package net

import "slices"

// Dense is y = W x + b for each sample, or for each position of a text. An
// image is taken as one row of numbers. Blocks: weight Out×In, bias Out.
type Dense struct {
	Out    int
	NoBias bool
}

// Conv is a convolution with Out filters of Kernel×Kernel over all channels;
// stride 0 is 1. Blocks: weight Out×C×Kernel×Kernel, bias Out.
type Conv struct {
	Out, Kernel, Stride, Pad int
	NoBias                   bool
}

// BatchNorm is batch normalisation (Ioffe & Szegedy 2015) of each channel of an
// image or each feature, with ε = 1e-5. Training keeps running means and
// variances with weight .1 on the last batch. Blocks: scale C, shift C.
type BatchNorm struct{}

// ReLU is max(x, 0).
type ReLU struct{}

// Tanh is the hyperbolic tangent.
type Tanh struct{}

// Sigmoid is 1/(1+exp(-x)).
type Sigmoid struct{}

// MaxPool is the largest number of each Size×Size window; stride 0 is Size.
type MaxPool struct{ Size, Stride, Pad int }

// MeanPool is the mean of each Size×Size window, a border of Pad counting as
// zeros; stride 0 is Size.
type MeanPool struct{ Size, Stride, Pad int }

// Dropout sets each number to 0 with probability P in training and divides the
// others by 1-P (Srivastava et al. 2014).
type Dropout struct{ P float64 }

// Embedding looks each token up in a table. Block: weight Vocabulary×Width.
type Embedding struct{ Vocabulary, Width int }

// OneHot makes of each token the unit vector of its number.
type OneHot struct{ Vocabulary int }

// LSTM is a long short-term memory over the positions of a text (Hochreiter &
// Schmidhuber 1997, with forget gate), each sample from its own start: zeros, or
// learned with LearnedState. Blocks: input 4·Hidden×In, recurrent
// 4·Hidden×Hidden, bias 4·Hidden, their rows by gates in the order input,
// forget, output, candidate; then cell and hidden, the learned start.
type LSTM struct {
	Hidden       int
	LearnedState bool
}

// Residual adds what its two branches make of the same input (He et al. 2016);
// an empty Shortcut is the input itself.
type Residual struct{ Body, Shortcut []Layer }

func (l Dense) lay(p *plan, in []int) []int {
	if l.Out < 1 || len(in) == 0 {
		p.fail(l, in, "Out at least 1")
		return nil
	}
	features, out := product(in), []int{l.Out}
	if len(in) == 2 {
		features, out = in[1], []int{in[0], l.Out}
	}
	name := p.layer("dense")
	p.block(name, "weight", Weight, features, l.Out, l.Out, features)
	if !l.NoBias {
		p.block(name, "bias", Bias, features, l.Out, l.Out)
	}
	return out
}

func (l Conv) stride() int { return max(l.Stride, 1) }

func (l Conv) lay(p *plan, in []int) []int {
	if len(in) != 3 || l.Out < 1 || l.Kernel < 1 || l.Stride < 0 || l.Pad < 0 ||
		in[1]+2*l.Pad < l.Kernel || in[2]+2*l.Pad < l.Kernel {
		p.fail(l, in, "an image C×H×W not smaller than the kernel")
		return nil
	}
	name := p.layer("conv")
	area := l.Kernel * l.Kernel
	p.block(name, "weight", Weight, in[0]*area, l.Out*area, l.Out, in[0], l.Kernel, l.Kernel)
	if !l.NoBias {
		p.block(name, "bias", Bias, in[0]*area, l.Out*area, l.Out)
	}
	return []int{l.Out, (in[1]+2*l.Pad-l.Kernel)/l.stride() + 1, (in[2]+2*l.Pad-l.Kernel)/l.stride() + 1}
}

func (l BatchNorm) lay(p *plan, in []int) []int {
	if len(in) == 0 {
		p.fail(l, in, "an image, features or a text")
		return nil
	}
	name := p.layer("norm")
	c := in[0]
	if len(in) == 2 {
		c = in[1]
	}
	p.block(name, "scale", Scale, 1, 1, c)
	p.block(name, "shift", Shift, 1, 1, c)
	return in
}

func (ReLU) lay(_ *plan, in []int) []int    { return in }
func (Tanh) lay(_ *plan, in []int) []int    { return in }
func (Sigmoid) lay(_ *plan, in []int) []int { return in }

func (l MaxPool) lay(p *plan, in []int) []int  { return layPool(p, l, in, l.Size, l.Stride, l.Pad) }
func (l MeanPool) lay(p *plan, in []int) []int { return layPool(p, l, in, l.Size, l.Stride, l.Pad) }

func layPool(p *plan, l Layer, in []int, size, stride, pad int) []int {
	if len(in) != 3 || size < 1 || stride < 0 || pad < 0 || 2*pad > size ||
		in[1]+2*pad < size || in[2]+2*pad < size {
		p.fail(l, in, "an image C×H×W not smaller than the window, and a border of at most half of it")
		return nil
	}
	if stride == 0 {
		stride = size
	}
	return []int{in[0], (in[1]+2*pad-size)/stride + 1, (in[2]+2*pad-size)/stride + 1}
}

func (l Dropout) lay(p *plan, in []int) []int {
	if !(l.P >= 0 && l.P < 1) {
		p.fail(l, in, "P in [0, 1)")
	}
	return in
}

func (l Embedding) lay(p *plan, in []int) []int {
	if len(in) != 1 || l.Vocabulary < 1 || l.Width < 1 {
		p.fail(l, in, "{T} tokens, and a positive Vocabulary and Width")
		return nil
	}
	p.block(p.layer("embedding"), "weight", Weight, l.Vocabulary, l.Width, l.Vocabulary, l.Width)
	return []int{in[0], l.Width}
}

func (l OneHot) lay(p *plan, in []int) []int {
	if len(in) != 1 || l.Vocabulary < 1 {
		p.fail(l, in, "{T} tokens, and a positive Vocabulary")
		return nil
	}
	return []int{in[0], l.Vocabulary}
}

func (l LSTM) lay(p *plan, in []int) []int {
	if len(in) != 2 || l.Hidden < 1 {
		p.fail(l, in, "a text T×Width (an Embedding or OneHot comes first), and a positive Hidden")
		return nil
	}
	name, h := p.layer("lstm"), l.Hidden
	p.block(name, "input", Weight, in[1], h, 4*h, in[1])
	p.block(name, "recurrent", Weight, h, h, 4*h, h)
	p.block(name, "bias", Bias, in[1], h, 4*h)
	if l.LearnedState {
		p.block(name, "cell", State, 1, 1, h)
		p.block(name, "hidden", State, 1, 1, h)
	}
	return []int{in[0], h}
}

func (l Residual) lay(p *plan, in []int) []int {
	body := p.sequence(in, l.Body)
	shortcut := p.sequence(in, l.Shortcut)
	if p.err == nil && !slices.Equal(body, shortcut) {
		p.fail(l, in, "two branches that make the same shape")
	}
	return body
}
