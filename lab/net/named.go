package net

import (
	"fmt"
	"slices"
	"strings"
)

// Named is one of the networks of Chaudhari (2018). An unknown name is an error
// that lists the known ones.
//
//	name                     d  data        layers, chapter
//	mnistfc          1,867,786  MNIST       784-1024-1024-10, batch-norm, dropout .2; 3, 4
//	mnistfc-16x128     349,450  MNIST       784, 16 times 128, 10; 2
//	smallfc             50,890  MNIST       784-64-10; 3 (the text says 32 hidden units, its count 64)
//	lenet              131,220  MNIST       5×5 convolutions 20, 50, dense 500, batch-norm on the convolutions, dropout .25; 3, 4, 5
//	lenet-block         90,698  MNIST       5×5 convolutions 32, 64, dense 512, batch-norm after the pooling, dropout .1; 2
//	small-lenet-ch3     47,658  MNIST       5×5 convolutions 10, 20, dense 128, plain; 3
//	small-lenet         13,338  MNIST       5×5 convolutions 8, 16, dense 128, batch-norm on all, dropout .1 on the convolutions; 6
//	small-fc             3,978  MNIST 7×7   49-64-10, batch-norm; 6
//	tiny-fc                917  MNIST 7×7   49-16-5, batch-norm, digits 0 to 4; 6
//	allcnn           1,667,166  CIFAR-10    nine convolutions of 96 and 192, batch-norm, dropout .2, .5, .5; 2 to 5
//	small-allcnn        26,982  CIFAR-10    the same of 12 and 24, dropout .2 on the input; 6
//	wrn-28-10       36,479,194  CIFAR-10    wide residual network, 28 layers, 10 times as wide, dropout .3; 5
//	wrn-16-4         2,748,890  SVHN        the same, 16 layers, 4 times as wide, dropout .4; 5
//	char-lstm           32,640  text, 96    one-hot, LSTM of 48 with a learned start, 32 steps; 3
//	warpeace-lstm      253,399  text, 87    one-hot, two LSTM of 128, 50 steps; 3
//	ptb-lstm        66,022,000  text, 10000 embedding, two LSTM of 1500, 35 steps, dropout .65; 3
//
// The text of the thesis leaves layers out; they are chosen so that its counts
// come out exactly, and in the order of its author's published code:
// convolution, batch-norm, ReLU, pooling, dropout. ReLU and max-pooling stand
// the other way round here, which is the same function for less work. Of
// mnistfc-16x128, lenet-block and warpeace-lstm it gives no count: they have the
// layers that it names and no others, no padding, and one bias a gate. Dropout
// differs between its experiments, see [Architecture.WithDropout], and so do
// classes (CIFAR-100), see [Architecture.WithClasses].
func Named(name string) (Architecture, error) {
	i := slices.IndexFunc(named, func(a Architecture) bool { return a.Name == name })
	if i < 0 {
		return Architecture{}, fmt.Errorf("net: no network is called %q; known: %s", name, strings.Join(Names(), ", "))
	}
	return named[i].clone(), nil
}

// Names lists the named networks, as in the table of [Named].
func Names() []string {
	names := make([]string, len(named))
	for i, a := range named {
		names[i] = a.Name
	}
	return names
}

var (
	mnist = []int{1, 28, 28}
	mini  = []int{49} // MNIST averaged to 7×7
	cifar = []int{3, 32, 32}
)

var named = []Architecture{
	{"mnistfc", mnist, 10, fullyConnected(10, true, []float64{.2, .2, .2}, 1024, 1024)},
	{"mnistfc-16x128", mnist, 10, fullyConnected(10, false, nil, slices.Repeat([]int{128}, 16)...)},
	{"smallfc", mnist, 10, fullyConnected(10, false, nil, 64)},
	{"lenet", mnist, 10, leNet(20, 50, 500, 10, false, []float64{.25, .25, .25})},
	{"lenet-block", mnist, 10, blockLeNet(32, 64, 512, 10)},
	{"small-lenet-ch3", mnist, 10, plainLeNet(10, 20, 128, 10)},
	{"small-lenet", mnist, 10, leNet(8, 16, 128, 10, true, []float64{.1, .1})},
	{"small-fc", mini, 10, fullyConnected(10, true, nil, 64)},
	{"tiny-fc", mini, 5, fullyConnected(5, true, nil, 16)},
	{"allcnn", cifar, 10, allCNN(96, 192, 10, [3]float64{.2, .5, .5})},
	{"small-allcnn", cifar, 10, allCNN(12, 24, 10, [3]float64{.2, 0, 0})},
	{"wrn-28-10", cifar, 10, wideResNet(4, [4]int{16, 160, 320, 640}, 10, .3)},
	{"wrn-16-4", cifar, 10, wideResNet(2, [4]int{16, 64, 128, 256}, 10, .4)},
	{"char-lstm", []int{32}, 96, text(OneHot{96}, 96, 0, true, 48)},
	{"warpeace-lstm", []int{50}, 87, text(OneHot{87}, 87, 0, false, 128, 128)},
	{"ptb-lstm", []int{35}, 10000, text(Embedding{10000, 1500}, 10000, .65, false, 1500, 1500)},
}

// fullyConnected is hidden layers with ReLU and a linear one. dropout is of the
// input and after each hidden layer, as far as it goes.
func fullyConnected(classes int, norm bool, dropout []float64, hidden ...int) []Layer {
	var layers []Layer
	drop := func() {
		if len(dropout) > 0 {
			layers, dropout = append(layers, Dropout{dropout[0]}), dropout[1:]
		}
	}
	drop()
	for _, h := range hidden {
		layers = append(layers, Dense{Out: h})
		if norm {
			layers = append(layers, BatchNorm{})
		}
		layers = append(layers, ReLU{})
		drop()
	}
	return append(layers, Dense{Out: classes})
}

// leNet is LeCun et al. (1998) with batch-norm. dropout is after each
// convolution and the hidden layer, as far as it goes.
func leNet(c1, c2, hidden, classes int, normHidden bool, dropout []float64) []Layer {
	layers := []Layer{
		Conv{Out: c1, Kernel: 5}, BatchNorm{}, MaxPool{Size: 3}, ReLU{}, Dropout{dropout[0]},
		Conv{Out: c2, Kernel: 5}, BatchNorm{}, MaxPool{Size: 2}, ReLU{}, Dropout{dropout[1]},
		Dense{Out: hidden},
	}
	if normHidden {
		layers = append(layers, BatchNorm{})
	}
	layers = append(layers, ReLU{})
	if len(dropout) > 2 {
		layers = append(layers, Dropout{dropout[2]})
	}
	return append(layers, Dense{Out: classes})
}

// plainLeNet is the one whose Hessian is figure 3.1.
func plainLeNet(c1, c2, hidden, classes int) []Layer {
	return []Layer{
		Conv{Out: c1, Kernel: 5}, MaxPool{Size: 2}, ReLU{},
		Conv{Out: c2, Kernel: 5}, MaxPool{Size: 2}, ReLU{},
		Dense{Out: hidden}, ReLU{}, Dense{Out: classes},
	}
}

// blockLeNet is block-block-linear-drop of section 2.4.3; a block is a
// convolution, 3×3 max-pooling and batch-norm.
func blockLeNet(c1, c2, hidden, classes int) []Layer {
	return []Layer{
		Conv{Out: c1, Kernel: 5}, MaxPool{Size: 3}, ReLU{}, BatchNorm{},
		Conv{Out: c2, Kernel: 5}, MaxPool{Size: 3}, ReLU{}, BatchNorm{},
		Dense{Out: hidden}, ReLU{}, Dropout{.1}, Dense{Out: classes},
	}
}

// allCNN is All-CNN-C of Springenberg et al. (2014) with batch-norm, also on the
// last convolution. dropout is of the input and after each strided convolution.
func allCNN(c1, c2, classes int, dropout [3]float64) []Layer {
	block := func(out, kernel, stride int) []Layer {
		return []Layer{Conv{Out: out, Kernel: kernel, Stride: stride, Pad: kernel / 2}, BatchNorm{}, ReLU{}}
	}
	return slices.Concat(
		[]Layer{Dropout{dropout[0]}}, block(c1, 3, 1), block(c1, 3, 1), block(c1, 3, 2),
		[]Layer{Dropout{dropout[1]}}, block(c2, 3, 1), block(c2, 3, 1), block(c2, 3, 2),
		[]Layer{Dropout{dropout[2]}}, block(c2, 3, 1), block(c2, 3, 1), block(classes, 1, 1),
		[]Layer{MeanPool{Size: 8}})
}

// wideResNet is Zagoruyko & Komodakis (2016) with blocks of two 3×3
// convolutions, batch-norm and ReLU before each and dropout between them. Of
// depth n it has (n-4)/6 blocks a group.
func wideResNet(blocks int, widths [4]int, classes int, dropout float64) []Layer {
	layers := []Layer{Conv{Out: widths[0], Kernel: 3, Pad: 1, NoBias: true}}
	for group, width := range widths[1:] {
		for b := range blocks {
			stride := 1
			if group > 0 && b == 0 {
				stride = 2
			}
			block := Residual{Body: []Layer{
				BatchNorm{}, ReLU{}, Conv{Out: width, Kernel: 3, Stride: stride, Pad: 1, NoBias: true},
				BatchNorm{}, ReLU{}, Dropout{dropout}, Conv{Out: width, Kernel: 3, Pad: 1, NoBias: true},
			}}
			if b == 0 && width != widths[group] {
				block.Shortcut = []Layer{Conv{Out: width, Kernel: 1, Stride: stride, NoBias: true}}
			}
			layers = append(layers, block)
		}
	}
	return append(layers, BatchNorm{}, ReLU{}, MeanPool{Size: 8}, Dense{Out: classes})
}

// text is LSTM layers between a coding of the tokens and a linear layer, with
// dropout on all connections but the recurrent ones (Zaremba et al. 2014).
func text(first Layer, vocabulary int, dropout float64, learned bool, hidden ...int) []Layer {
	layers := []Layer{first}
	drop := func() {
		if dropout > 0 {
			layers = append(layers, Dropout{dropout})
		}
	}
	drop()
	for _, h := range hidden {
		layers = append(layers, LSTM{Hidden: h, LearnedState: learned})
		drop()
	}
	return append(layers, Dense{Out: vocabulary})
}

// WithDropout is the network with other dropout probabilities: one for each of
// its dropout layers in their order, or one for all. It panics on another number.
func (a Architecture) WithDropout(p ...float64) Architecture {
	a = a.clone()
	var drops []*Layer
	eachLayer(a.Layers, func(l *Layer) {
		if _, ok := (*l).(Dropout); ok {
			drops = append(drops, l)
		}
	})
	if len(p) != 1 && len(p) != len(drops) {
		panic(fmt.Sprintf("net: WithDropout: %d probabilities, expected 1 or %d, the dropout layers of %s", len(p), len(drops), a.Name))
	}
	for i, l := range drops {
		*l = Dropout{p[min(i, len(p)-1)]}
	}
	return a
}

// WithClasses is the network for another number of classes: its last dense layer
// or convolution gets as many outputs. It panics where there is none.
func (a Architecture) WithClasses(n int) Architecture {
	a = a.clone()
	a.Classes = n
	for i := range slices.Backward(a.Layers) {
		switch l := a.Layers[i].(type) {
		case Dense:
			l.Out = n
			a.Layers[i] = l
			return a
		case Conv:
			l.Out = n
			a.Layers[i] = l
			return a
		}
	}
	panic(fmt.Sprintf("net: WithClasses: %s has no dense layer and no convolution, expected one", a.Name))
}

// eachLayer calls f for each layer, also those inside of residual ones.
func eachLayer(layers []Layer, f func(*Layer)) {
	for i := range layers {
		if r, ok := layers[i].(Residual); ok {
			eachLayer(r.Body, f)
			eachLayer(r.Shortcut, f)
		}
		f(&layers[i])
	}
}

// clone shares nothing with a.
func (a Architecture) clone() Architecture {
	a.Input, a.Layers = slices.Clone(a.Input), cloneLayers(a.Layers)
	return a
}

func cloneLayers(layers []Layer) []Layer {
	layers = slices.Clone(layers)
	for i, l := range layers {
		if r, ok := l.(Residual); ok {
			layers[i] = Residual{Body: cloneLayers(r.Body), Shortcut: cloneLayers(r.Shortcut)}
		}
	}
	return layers
}
