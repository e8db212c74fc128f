package thesis

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"

	"glassy/lab/data"
	"glassy/lab/landscape"
	"glassy/lab/net"
	"glassy/lab/optim"
	"glassy/lab/rng"
	"glassy/lab/run"
	"glassy/lab/trajectory"
)

// A wandering is tiny-fc trained on and on at a low rate, its weights recorded after each
// epoch: several trainings side by side, from other weights and with other mini-batches.
type wandering struct {
	network net.Architecture
	images  *data.Set
	epochs  int // recorded, the burn-in with them
	burnIn  int
	seeds   int
}

const wanderBatch = 128

func newWandering(set settings) (*wandering, error) {
	w := &wandering{epochs: 1401, burnIn: 300, seeds: 2}
	images := 1300
	switch set.scale {
	case Desktop:
		images, w.epochs, w.burnIn = math.MaxInt, 20_001, 500
	case Paper:
		images, w.epochs, w.burnIn = math.MaxInt, 100_000, 1000
	}
	var err error
	if w.network, err = net.Named("tiny-fc"); err != nil {
		return nil, err
	}
	all, _, err := data.MNIST()
	if err != nil {
		return nil, err
	}
	w.images = some(all.Select(0, 1, 2, 3, 4), images).Pool(4)
	w.images.Rescale(-1, 1)
	return w, nil
}

// method is that of the thesis, with its rate of 1e-3 from the burn-in on.
func (w *wandering) method() optim.Method {
	return optim.Nesterov(0.1, 0.9).Anneal(optim.Drops(100, float64(w.burnIn)))
}

// steps is how many an epoch has.
func (w *wandering) steps() int { return w.images.Len() / wanderBatch }

// drawn trains, and has draw draw what was recorded: of each seed the weights.
func (w *wandering) drawn(set settings, draw func(settings, *wandering, []trajectory.Series) (*Result, error)) (*Result, error) {
	if set.folder == "" {
		dir, err := os.MkdirTemp("", "trajectories")
		if err != nil {
			return nil, err
		}
		defer os.RemoveAll(dir)
		set.folder = dir
	} else if err := os.MkdirAll(set.folder, 0o755); err != nil {
		return nil, err
	}
	files, err := w.train(set)
	for _, f := range files {
		defer f.Close()
	}
	if err != nil {
		return nil, err
	}
	var weights []trajectory.Series
	for _, f := range files {
		weights = append(weights, trajectory.Part(f, 0, w.network.Dim()))
	}
	stopped := set.ctx.Err() != nil
	set.ctx = context.WithoutCancel(set.ctx) // what is there is drawn
	r, err := draw(set, w, weights)
	if err != nil {
		return nil, err
	}
	r.Stopped = stopped
	r.Sources = append(r.Sources, "chaudhari2018", "lecun1998")
	return r, nil
}

// train trains all seeds side by side, each on a copy of the landscape. It is an error
// when it was stopped before the longest had twice its burn-in; shorter ones are left out.
func (w *wandering) train(set settings) (files []*trajectory.File, err error) {
	f, err := net.NewLoss(w.network, w.images, net.Options{})
	if err != nil {
		return nil, err
	}
	copies := make([]landscape.Landscape, w.seeds)
	for i := range copies {
		copies[i] = f.Copy()
	}
	paths, errs := make([]string, w.seeds), make([]error, w.seeds)
	concurrently(set, w.seeds, func(i int) {
		paths[i] = filepath.Join(set.folder, fmt.Sprintf("%s-%s-seed-%d.trajectory", w.network.Name, set.scale, i))
		errs[i] = w.record(set, copies[i], uint64(i), paths[i])
	})
	for i, path := range paths {
		if errs[i] != nil {
			return files, errs[i]
		}
		if path == "" {
			continue // stopped before it began
		}
		file, err := trajectory.Open(path)
		if err != nil {
			return files, err
		}
		if file.Len() < 2*w.burnIn {
			file.Close()
			continue
		}
		files = append(files, file)
	}
	if len(files) == 0 {
		return nil, set.ctx.Err()
	}
	return files, nil
}

// record trains one seed and records the weights and their velocities, which is all that
// a training that was stopped needs to go on to the same bits.
func (w *wandering) record(set settings, f landscape.Landscape, seed uint64, path string) error {
	x := f.New()
	net.Initialise(w.network, net.PyTorch, rng.Key(seed).Split(1), x)
	steps := w.steps()
	part := optim.NewPart(f, x, w.method(), optim.Options{Steps: w.epochs * steps, Batch: wanderBatch, Seed: seed}, 0)
	state := part.State()
	d, dev := x.Len(), x.Device()
	all := dev.New(x.DType(), d*len(state))
	rec, err := trajectory.Record(path, fmt.Sprintf("%s by %s, rate 0.001 after %d epochs, %d images, seed %d", w.network.Name, w.method().Name, w.burnIn, w.images.Len(), seed), all)
	if err != nil {
		return err
	}
	if ok, err := rec.Last(all); err != nil {
		return errors.Join(err, rec.Close())
	} else if ok {
		for i, v := range state {
			dev.Copy(v, all.Slice(i*d, (i+1)*d))
		}
		part.Restore(rec.Len() * steps)
	}
	loop := run.Start(set.ctx, fmt.Sprintf("%s, seed %d of %d", w.network.Name, seed+1, w.seeds), w.epochs)
	loop.Add(min(rec.Len(), w.epochs))
	for e := rec.Len(); e < w.epochs && loop.Err() == nil; e++ {
		for k := range steps {
			if _, loss := part.Round(e*steps+k, x); math.IsNaN(loss) || math.IsInf(loss, 0) {
				return errors.Join(fmt.Errorf("%s diverged in epoch %d: its loss is %v", w.network.Name, e, loss), rec.Close())
			}
		}
		for i, v := range state {
			dev.Copy(all.Slice(i*d, (i+1)*d), v)
		}
		rec.Append(all)
		loop.Add(1)
	}
	loop.End()
	return rec.Close()
}

// note says what is smaller than in the thesis.
func (w *wandering) note(set settings) string {
	s := fmt.Sprintf("%s, %d weights, by %s in mini-batches of %d: %d epochs at the rate 0.1 are discarded, then the rate is 0.001. The rate of the burn-in is not in print.",
		w.network.Name, w.network.Dim(), w.method().Name, wanderBatch, w.burnIn)
	if set.scale != Paper {
		s += fmt.Sprintf(" Scale %s: %d epochs on %d images, %d seeds; the thesis has 10^{5} epochs on 30,000.", set.scale, w.epochs, w.images.Len(), w.seeds)
	}
	return s
}
