package embed

import (
	"context"
	"fmt"
	"math"
	"slices"

	"glassy/lab/device"
	"glassy/lab/rng"
	"glassy/lab/run"
)

// Options are what a map can be made with; of all the zero value works.
type Options struct {
	// Perplexity is how many neighbours a point has, about: each is drawn to 3 times
	// as many. 0: 30. It is lowered to a third of the other points where they are
	// fewer.
	Perplexity float64

	Early             int     // iterations with early exaggeration; 0: 250, negative: none
	Iterations        int     // iterations after them; 0: 500, negative: none
	EarlyExaggeration float64 // attraction is so many times what it should be; 0: 12
	Exaggeration      float64 // after the early iterations; 0: 1
	Rate              float64 // of the descent; 0: n/exaggeration (Belkina et al. 2019)

	Start  []float64 // n×2: where the points start; nil: on their principal axes
	Random bool      // or at normal numbers
	Seed   uint64

	// Device is where the forces are; nil: the processor. There points repel each
	// other by way of a grid, and on a GPU pair by pair. Up to 500 points do the
	// latter anywhere, more than 100,000 the former, on the processor.
	Device device.Device
	Exact  bool // pair by pair in any case
}

// A Status says how the making of a map ended.
type Status int

// How it ends.
const (
	Finished Status = iota // all iterations made
	Stopped                // the context was done
)

func (s Status) String() string {
	if s == Stopped {
		return "stopped"
	}
	return "finished"
}

// An Embedding is a map of n points in the plane. KL is by the same sums as the
// forces: exact by pairs, by a grid to 1e-3 as its Z is off by that.
type Embedding struct {
	Points     []float64 // n×2, with mean 0
	KL         float64   // KL(P‖Q) of the points, in nats, without exaggeration; NaN where P was not reached
	History    []Point   // of KL
	Perplexity float64   // that was asked of each point
	Missed     int       // points that have another perplexity, as their nearest neighbours are equally far
	Iterations int
	Status     Status
}

// A Point of the history of KL.
type Point struct {
	Iteration int // 0 is the start
	KL        float64
}

func (e *Embedding) String() string {
	s := fmt.Sprintf("t-SNE of %d points, perplexity %.4g: %v after %d iterations, KL %.4g", len(e.Points)/2, e.Perplexity, e.Status, e.Iterations, e.KL)
	if e.Missed > 0 {
		s += fmt.Sprintf(", %d points with copies", e.Missed)
	}
	return s
}

// TSNE makes a map of n points x, n×d, in the plane, in which neighbours are
// neighbours. A stopped one is returned as far as it is. It is an error when x is
// not finite.
func TSNE(ctx context.Context, x device.Vector, n int, o Options) (*Embedding, error) {
	points := check(x, n, &o)
	if err := finite(points, len(points)/n); err != nil {
		return nil, fmt.Errorf("embed: TSNE: %w", err)
	}
	run.Cite("maaten2008", "linderman2019", "belkina2019", "policar2024")
	e := &Embedding{Perplexity: o.Perplexity}
	key := rng.Key(o.Seed)
	var err error
	switch {
	case o.Start != nil:
		e.Points = slices.Clone(o.Start)
	case o.Random:
		e.Points = random(n, spread, key)
	default:
		if e.Points, err = principal(o.host(), points, n, key); err != nil {
			return nil, fmt.Errorf("embed: TSNE: principal axes: %w", err)
		}
	}
	if n == 1 {
		clear(e.Points)
		return e, nil
	}
	k := min(n-1, int(math.Ceil(3*o.Perplexity)))
	index, squared, err := neighbours(ctx, o.host(), nil, points, n, k)
	if err != nil {
		e.Status, e.KL = Stopped, math.NaN()
		return e, nil
	}
	p, missed := affinities(index, squared, n, k, o.Perplexity)
	e.Missed = missed
	e.descend(ctx, p, o)
	return e, nil
}

// check fills in what o leaves open, and returns x on the host.
func check(x device.Vector, n int, o *Options) []float64 {
	if n < 1 || x.Len() == 0 || x.Len()%n != 0 {
		panic(fmt.Sprintf("embed: TSNE: %d points in %d numbers, expected n×d of them", n, x.Len()))
	}
	if o.Start != nil && len(o.Start) != 2*n {
		panic(fmt.Sprintf("embed: TSNE: length of Start is %d, expected %d", len(o.Start), 2*n))
	}
	preset(&o.Perplexity, "Perplexity", 30)
	preset(&o.EarlyExaggeration, "EarlyExaggeration", 12)
	preset(&o.Exaggeration, "Exaggeration", 1)
	o.Perplexity = math.Max(1, math.Min(o.Perplexity, float64(n-1)/3))
	if o.Early == 0 {
		o.Early = 250
	}
	if o.Iterations == 0 {
		o.Iterations = 500
	}
	o.Early, o.Iterations = max(0, o.Early), max(0, o.Iterations)
	if o.Device == nil {
		o.Device = device.CPU()
	}
	return device.Read[float64](x)
}

// finite is an error that names the first coordinate that is not.
func finite(x []float64, d int) error {
	for i, v := range x {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return fmt.Errorf("coordinate %d of point %d is %v: leave such points out", i%d, i/d, v)
		}
	}
	return nil
}

// host is the processor that works on what is not on a device.
func (o *Options) host() device.Device {
	if o.Device.Name() == "cpu" {
		return o.Device
	}
	return device.CPU()
}

func preset(option *float64, name string, value float64) {
	if *option < 0 || math.IsNaN(*option) || math.IsInf(*option, 0) {
		panic(fmt.Sprintf("embed: TSNE: %s is %v, expected a number above 0, or 0 for %v", name, *option, value))
	}
	if *option == 0 {
		*option = value
	}
}
