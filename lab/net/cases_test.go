package net

// The networks of fixtures/make.py, by the same names: each layer by itself,
// and the named networks cut down by their widths. Dropout is 0.

func layers(l ...Layer) []Layer { return l }

// A text has one number as its shape and tokens as its data.
var cases = []Architecture{
	{"dense", []int{4}, 3, layers(Dense{Out: 3})},
	{"dense-nobias", []int{4}, 3, layers(Dense{Out: 6, NoBias: true}, Tanh{}, Dense{Out: 3})},
	{"tanh", []int{4}, 3, layers(Dense{Out: 5}, Tanh{}, Dense{Out: 3})},
	{"sigmoid", []int{4}, 3, layers(Dense{Out: 5}, Sigmoid{}, Dense{Out: 3})},
	{"relu", []int{4}, 3, layers(Dense{Out: 6}, ReLU{}, Dense{Out: 3})},
	{"conv", []int{2, 5, 6}, 3, layers(Conv{Out: 3, Kernel: 3}, Tanh{}, Dense{Out: 3})},
	{"conv-stride-pad", []int{2, 5, 6}, 3, layers(Conv{Out: 3, Kernel: 3, Stride: 2, Pad: 1}, Tanh{}, Dense{Out: 3})},
	{"conv-nobias", []int{2, 5, 6}, 3, layers(Conv{Out: 3, Kernel: 3, Pad: 2, NoBias: true}, Tanh{}, Dense{Out: 3})},
	{"maxpool", []int{1, 6, 7}, 3, layers(Conv{Out: 2, Kernel: 2}, Tanh{}, MaxPool{Size: 2}, Dense{Out: 3})},
	{"maxpool-overlap", []int{1, 6, 7}, 3, layers(Conv{Out: 2, Kernel: 2}, Tanh{}, MaxPool{Size: 3, Stride: 2, Pad: 1}, Dense{Out: 3})},
	{"meanpool", []int{1, 6, 7}, 3, layers(Conv{Out: 2, Kernel: 2}, Tanh{}, MeanPool{Size: 2}, Dense{Out: 3})},
	{"meanpool-overlap", []int{1, 6, 7}, 3, layers(Conv{Out: 2, Kernel: 2}, Tanh{}, MeanPool{Size: 3, Stride: 2, Pad: 1}, Dense{Out: 3})},
	{"norm", []int{4}, 3, layers(Dense{Out: 5}, BatchNorm{}, Tanh{}, Dense{Out: 3})},
	{"norm-image", []int{2, 4, 5}, 3, layers(Conv{Out: 3, Kernel: 3}, BatchNorm{}, Tanh{}, Dense{Out: 3})},
	{"residual", []int{3}, 3, layers(Residual{Body: layers(Dense{Out: 3}, Tanh{})}, Dense{Out: 3})},
	{"residual-shortcut", []int{2, 4, 4}, 3, layers(Residual{
		Body:     layers(Conv{Out: 3, Kernel: 3, Stride: 2, Pad: 1}, BatchNorm{}, Tanh{}),
		Shortcut: layers(Conv{Out: 3, Kernel: 1, Stride: 2}),
	}, Dense{Out: 3})},
	{"embedding", []int{3}, 5, layers(Embedding{5, 4}, Tanh{}, Dense{Out: 5})},
	{"onehot", []int{3}, 5, layers(OneHot{5}, Dense{Out: 5})},
	{"lstm", []int{5}, 4, text(OneHot{4}, 4, 0, false, 3)},
	{"lstm-learned", []int{5}, 4, text(OneHot{4}, 4, 0, true, 3)},
	{"lstm-two", []int{5}, 5, text(Embedding{5, 3}, 5, 0, false, 3, 2)},

	{"mnistfc", []int{12}, 4, fullyConnected(4, true, []float64{0, 0, 0}, 6, 5)},
	{"mnistfc-deep", []int{8}, 3, fullyConnected(3, false, nil, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4)},
	{"smallfc", []int{9}, 4, fullyConnected(4, false, nil, 6)},
	{"smallfc-norm", []int{9}, 4, fullyConnected(4, true, nil, 6)},
	{"lenet", mnist, 3, leNet(2, 3, 5, 3, false, []float64{0, 0, 0})},
	{"lenet-norm", mnist, 3, leNet(2, 3, 5, 3, true, []float64{0, 0})},
	{"lenet-plain", mnist, 3, plainLeNet(1, 2, 3, 3)},
	{"lenet-block", mnist, 3, Architecture{Layers: blockLeNet(2, 3, 4, 3)}.WithDropout(0).Layers},
	{"allcnn", cifar, 3, allCNN(2, 3, 3, [3]float64{})},
	{"wrn", cifar, 3, wideResNet(2, [4]int{2, 2, 3, 4}, 3, 0)},
	{"char-lstm", []int{5}, 6, text(OneHot{6}, 6, 0, true, 4)},
	{"warpeace-lstm", []int{5}, 5, text(OneHot{5}, 5, 0, false, 3, 3)},
	{"ptb-lstm", []int{5}, 6, text(Embedding{6, 4}, 6, 0, false, 4, 4)},
}
