package thesis

import (
	"fmt"
	"math"

	"glassy/lab/data"
	"glassy/lab/device"
	"glassy/lab/fig"
	"glassy/lab/net"
	"glassy/lab/optim"
)

// The networks of section 2.4.3.1: nine blocks of a convolution and batch-norm.
const (
	cifarLayers = 9
	cifarJ      = 1e-4
)

// cifarContest is the contest of Table 2.1 and Figure 2.4. On two cores a step of
// All-CNN takes seconds: below the scale of the thesis its twin of an eighth of
// the channels stands for it, and the annealings of rate and field are shortened
// as the training is.
func cifarContest(set settings) (*contest, []string, error) {
	name, epochs, runs, batch := "allcnn", 200.0, 2, 128
	images, held := math.MaxInt, math.MaxInt
	drop, τ0 := 60.0, 1000.0
	switch set.scale {
	case Quick:
		name, images, held, epochs, batch = "small-allcnn", 480, 400, 3, 32 // more steps in the time
	case Desktop:
		name, epochs = "small-allcnn", 8
	}
	train, test, whitened, err := cifar(set, images, held)
	if err != nil {
		return nil, nil, err
	}
	network, err := net.Named(name)
	if err != nil {
		return nil, nil, err
	}
	c := &contest{
		network: network, start: net.HeNormal, train: train, test: test, runs: runs,
		options: optim.Options{Epochs: epochs, Batch: batch, EvaluateEvery: max(0.5, epochs/25)},
	}
	notes := []string{sizeNote(set, c, "2 runs of 200 epochs of mini-batches of 128 on 44,000")}
	if set.scale != Paper {
		drop *= epochs / 200
		τ0 = epochs * float64(train.Len()/batch) / 5
		notes = append(notes, fmt.Sprintf("The network is small-allcnn, All-CNN-BN with an eighth of its channels; the learning rate falls every %.2g epochs instead of 60, and τ_{0} is %.3g steps, a fifth of the training, instead of 1000.", drop, τ0))
	}
	if whitened {
		notes = append(notes, "Images: global contrast normalisation, then ZCA, fitted on all training images. 12 % of them are held out, as in the thesis.")
	} else {
		notes = append(notes, "Images: global contrast normalisation alone; ZCA, an eigenproblem of size 3072, comes with the larger scales.")
	}
	base := optim.Nesterov(0.1, 0.9).Anneal(optim.DropsEvery(5, drop))
	base.Inner.Decay = 1e-3
	c.methods = []optim.Method{base, optim.ResampledField(base, cifarJ, cifarLayers, τ0), optim.Trivialized(base, cifarJ, cifarLayers, τ0)}
	return c, notes, nil
}

// cifar is so many of CIFAR-10's training images that are not held out, and so
// many of its test images, prepared as in section 2.4.2; all where there are no
// more. Some alone are not whitened.
func cifar(set settings, images, tested int) (train, test *data.Set, whitened bool, err error) {
	return photographs(set, "cifar10", true, images, tested)
}

// photographs are those of the set of that name; zca says that all of them are
// whitened.
func photographs(set settings, name string, zca bool, images, tested int) (train, test *data.Set, whitened bool, err error) {
	train, test, err = data.Load(name)
	if err != nil {
		return nil, nil, false, err
	}
	all := images >= train.Len()
	if !all {
		train = some(train, images)
	}
	test = some(test, tested)
	train.GlobalContrast()
	test.GlobalContrast()
	if all && !zca {
		train, _ = train.Split(heldOut, 1)
	}
	if whitened = all && zca; !whitened {
		return train, test, false, nil
	}
	dev := device.CPU()
	z, err := data.FitZCA(set.ctx, dev, train, 1e-5)
	if err != nil {
		return nil, nil, false, err
	}
	train, _ = train.Split(heldOut, 1)
	if train, err = z.Apply(set.ctx, dev, train); err != nil {
		return nil, nil, false, err
	}
	test, err = z.Apply(set.ctx, dev, test)
	return train, test, true, err
}

// table21 is the errors of All-CNN-BN on CIFAR-10.
func table21(set settings) (*Result, error) {
	c, notes, err := cifarContest(set)
	if err != nil {
		return nil, err
	}
	got, stopped, err := c.hold(set)
	if err != nil {
		return nil, err
	}
	f := fig.New(c.network.Name + " on CIFAR-10")
	f.X.Label, f.Y.Label, f.Y.Unit = "epochs", "test error", "%"
	for k, name := range []string{"base", "resampled field", "fixed field"} {
		x, runs := got.curves(k, evaluatedPasses, percentWrong)
		f.Runs(name, x, runs, fig.MeanStd).In([]fig.Color{fig.Blue, fig.Green, fig.Vermillion}[k])
	}
	return &Result{
		Figure: f, Stopped: stopped,
		Rows: []Row{
			sampledRow(set, "base", "test error in %, All-CNN-BN", "8.42 ± 0.08", got.errors(0)),
			sampledRow(set, "resampled", "with the field drawn anew at every step", "8.16 ± 0.07", got.errors(1)),
			sampledRow(set, "trivialized", "with the field, drawn once", "7.95 ± 0.04", got.errors(2)),
			sampledRow(set, "gain, resampled", "over the base, run by run", "", got.gain(0, 1)),
			sampledRow(set, "gain, trivialized", "over the base, run by run", "", got.gain(0, 2)),
		},
		Notes: append(notes,
			"The thesis sets beside them NiN 10.41, All-CNN-C 9.04 (its text: 9.08), P4-All-CNN 8.84, ELU 6.55, all without augmentation.",
			"The weights' start is not printed: it is He's normal law here. Bands: the standard deviation over runs."),
		Sources: []string{"chaudhari2018", "springenberg2014", "neelakantan2015", "krizhevsky2009", "he2015"},
	}, nil
}
