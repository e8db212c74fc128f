package thesis

import (
	"math"

	"glassy/lab/net"
	"glassy/lab/optim"
)

// figure31 is the Hessian of a convolutional network where Adam ends. It is worked
// out whole on a network of the same layers on 14×14 pixels, and at the scale of the
// thesis.
func figure31(set settings) (*Result, error) {
	const near = 1e-4
	e := &ending{
		start: net.HeNormal, method: optim.Adam(3e-3), runs: 2,
		options: optim.Options{Epochs: 40, Batch: 32}, exact: true, measured: 160,
	}
	images, held := 320, 400
	switch set.scale {
	case Desktop:
		images, held, e.exact, e.products = math.MaxInt, math.MaxInt, false, 600
	case Paper:
		images, held = math.MaxInt, math.MaxInt
	}
	if set.scale != Quick {
		e.method = optim.Adam(1e-3)
		e.options.Epochs, e.options.Batch, e.measured = 5, 128, 4096
	}
	e.method = e.method.Anneal(optim.Drops(10, 0.7*e.options.Epochs))
	var err error
	if e.train, e.test, err = mnist(images, held); err != nil {
		return nil, err
	}
	if set.scale == Quick {
		e.train, e.test = e.train.Pool(2), e.test.Pool(2)
		e.network = net.Architecture{Name: "a smaller small-LeNet", Input: e.train.Shape, Classes: 10, Layers: []net.Layer{
			net.Conv{Out: 3, Kernel: 5}, net.MaxPool{Size: 2}, net.ReLU{},
			net.Conv{Out: 6, Kernel: 5}, net.ReLU{},
			net.Dense{Out: 12}, net.ReLU{}, net.Dense{Out: 10},
		}}
	} else if e.network, err = net.Named("small-lenet-ch3"); err != nil {
		return nil, err
	}
	all, stopped, err := e.each(set)
	if err != nil {
		return nil, err
	}
	rows := e.rows(set, all, near, 1, "94")
	for i, printed := range map[string]string{"λ_{max}": "40", "λ_{min}": "−0.46", "tr/d": "0.0029", "error": "2.4"} {
		for k := range rows {
			if rows[k].Quantity == i {
				rows[k].Thesis = printed
				rows[k].Smaller = true // Adam's path there is not printed: sizes of eigenvalues go with how far it went
			}
		}
	}
	return &Result{
		Figure: e.histogram(all, 1e-5, near), Rows: rows, Stopped: stopped,
		Notes: []string{
			e.sized(set, "2 runs of small-LeNet, 47,658 weights, to an error of 2.4 %, over 4,096 images"),
			"The place is a saddle, as the thesis says, and no critical point: the gradient there is not 0. How long Adam went, and at which rate, is not printed; the sizes of the outermost eigenvalues hang on it.",
		},
		Sources: []string{"chaudhari2018", "kingma2015", "lecun1998", "he2015", "epperly2024"},
	}, nil
}
