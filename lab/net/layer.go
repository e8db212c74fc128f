package net

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
