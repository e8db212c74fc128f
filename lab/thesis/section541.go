package thesis

import (
	"fmt"
	"math"
	"slices"
	"time"

	"gonum.org/v1/gonum/floats"

	"glassy/lab/cluster"
	"glassy/lab/device"
	"glassy/lab/fig"
	"glassy/lab/landscape"
	"glassy/lab/net"
	"glassy/lab/optim"
)

// raceMeetings is Parle with three L: how often replicas meet.
var raceMeetings = race{
	name: "WRN-28-10 on CIFAR-10", network: "wrn-28-10", images: images{set: "cifar10", classes: 10, zca: true, mirror: true},
	decay: 5e-4, rate: 0.1, factor: 5, drops: cifarDrops, epochs: 1,
	smaller: [Paper]reduced{
		Quick:   {network: halfLeNet(), pool: 2, images: 640, held: 100, batch: 128, runs: 1, epochs: 5},
		Desktop: {network: named("allcnn"), images: 1280, held: 100, batch: 128, runs: 1, epochs: 5},
	},
	racers: meetings(1, 5, 25),
}

func meetings(Ls ...int) (racers []racer) {
	for _, L := range Ls {
		racers = append(racers, racer{name: fmt.Sprintf("L = %d", L), replicas: 3, method: func(rate float64, n int) optim.Method {
			m := optim.Parle(rate, n)
			m.Steps = L
			return m
		}})
	}
	return racers
}

// flat is the energy 0 of as many variables as f has: a step on it is what Parle does
// beside taking gradients.
type flat struct{ f *net.Loss }

func (z flat) Dim() int                            { return z.f.Dim() }
func (z flat) New() device.Vector                  { return z.f.New() }
func (z flat) Value(device.Vector) float64         { return 0 }
func (z flat) Gradient(_, g device.Vector) float64 { return 0 } // g has been 0 from the start
func (z flat) Copy() landscape.Landscape           { return z }

// section541 is what it costs that replicas meet.
func section541(set settings) (*Result, error) {
	r := &raceMeetings
	c, err := r.course(set)
	if err != nil {
		return nil, err
	}
	f, err := net.NewLoss(c.network, c.train, c.options)
	if err != nil {
		return nil, err
	}
	x, g := f.New(), f.New()
	net.Initialise(c.network, net.HeNormal, 1, x)
	batch := landscape.Batch{Index: upTo(min(c.batch, f.Samples()))}
	gradient := least(5, func() { f.BatchGradient(x, batch, g) })

	// A step with the update, less one without.
	step := func(L int) float64 {
		const steps = 50
		p := optim.New(flat{f}, x, r.racers[0].at(r.rate, L), optim.Options{Steps: steps})
		return least(5, func() {
			for range steps {
				p.Step()
			}
		}) / steps
	}
	update := max(1e-9, step(1)-step(50)) * 50 / 49 // on a busy machine the second may take longer

	// Over workers: here, where no cluster is given.
	workers := set.cluster
	if workers == nil {
		if workers, err = cluster.Local(set.ctx, 1, cluster.Options{}, Tasks()...); err != nil {
			return nil, err
		}
		defer workers.Close()
	}
	n := float64(r.racers[0].replicas)
	result := &Result{Sources: slices.Concat([]string{"krizhevsky2009", "lecun1998", "zagoruyko2016"}, raceSources)}
	ms := func(s float64) []float64 { return []float64{1000 * s} }
	result.Rows = []Row{
		sampledRow(set, "a mini-batch of 128", "milliseconds for its gradient; the thesis: 528", "", ms(gradient)),
		sampledRow(set, "an update", "milliseconds for (5.8c) and (5.8d) in one process, n = 3; the thesis: 2.8", "", ms(update)),
		sampledRow(set, "their ratio", "in %; the thesis: 0.52", "", []float64{100 * update / gradient}),
		sampledRow(set, "share at L = 25", "of the time, in %, of the updates, by these", "", []float64{100 * update / (25*gradient + update)}),
	}
	var Ls, shares, numbers []float64
	for k := range r.racers {
		t, err := cluster.Train(set.ctx, workers, training, entrant{Race: r.key(), Scale: set.scale, Racer: k}, cluster.TrainOptions{})
		if set.ctx.Err() != nil && k > 0 {
			result.Stopped = true
			break
		}
		if err != nil {
			return nil, err
		}
		L := float64(t.Steps) / float64(t.Updates)
		perStep := float64(t.Traffic.Bytes) / 4 / float64(f.Dim()) / float64(t.Steps)
		Ls, shares, numbers = append(Ls, L), append(shares, 100*t.Traffic.Share), append(numbers, perStep)
		result.Rows = append(result.Rows,
			sampledRow(set, fmt.Sprintf("share over workers, L = %g", L), "of the workers' time, in %, to store and fetch weights", "", []float64{100 * t.Traffic.Share}),
			sampledRow(set, fmt.Sprintf("traffic over workers, L = %g", L), fmt.Sprintf("numbers a step, in units of d = %d; 2n/L = %.3g is the least", f.Dim(), 2*n/L), "", []float64{perStep}))
	}
	share := fig.New("Share of the time")
	share.X, share.Y = fig.Axis{Label: "steps between two updates L", Scale: fig.Log}, fig.Axis{Label: "to meet", Unit: "% of the time", Scale: fig.Log}
	all := floats.LogSpan(make([]float64, 40), 1, 50)
	model := make([]float64, len(all))
	for i, L := range all {
		model[i] = 100 * update / (L*gradient + update)
	}
	share.Line("in one process", all, model).In(fig.Blue)
	share.Points("over workers", Ls, shares).In(fig.Vermillion)
	share.Points("the thesis", []float64{1}, []float64{0.52}).In(fig.Black)
	traffic := fig.New("Traffic")
	traffic.X, traffic.Y = fig.Axis{Label: "steps between two updates L", Scale: fig.Log}, fig.Axis{Label: "numbers exchanged a step", Unit: "d", Scale: fig.Log}
	for i, L := range all {
		model[i] = 2 * n / L
	}
	traffic.Line("2n/L", all, slices.Clone(model)).In(fig.Blue)
	traffic.Points("over workers", Ls, numbers).In(fig.Vermillion)
	result.Figure = fig.Grid("What it costs that replicas meet", 2, share, traffic)
	result.Notes = []string{
		fmt.Sprintf("%s, mini-batches of %d, d = %d, n = 3. Times are this machine's, the least of five. In one process an update's share is its time over that of L gradients and of itself; the thesis has its time over that of one gradient.", c.network.Name, c.batch, f.Dim()),
		"Erratum: the traffic of (5.9) is O(n^{2}d) a step, of Parle O(2nd/L); print has n^{2}d^{2} for the first. Over workers, weights and the replicas' momenta lie in the object store, so that a dead worker's replica goes on elsewhere: that is more than the least.",
	}
	return result, nil
}

// at is the racer's method with another L.
func (q racer) at(rate float64, L int) optim.Method {
	m := q.method(rate, q.replicas)
	m.Steps = L
	return m
}

// least is the least of so many times in seconds that f takes.
func least(times int, f func()) float64 {
	shortest := math.Inf(1)
	for range times {
		begun := time.Now()
		f()
		shortest = min(shortest, time.Since(begun).Seconds())
	}
	return shortest
}
