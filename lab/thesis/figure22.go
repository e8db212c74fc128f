package thesis

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/stat"

	"glassy/lab/device"
	"glassy/lab/embed"
	"glassy/lab/fig"
	"glassy/lab/glass"
	"glassy/lab/optim"
)

// A regime is a panel of Figure 2.2: a 3-spin glass of 100 spins in a field.
type regime struct {
	title    string
	ν        float64
	distance string // mean cosine distance that the thesis prints
	erratum  string // why it is not that
}

var (
	exponential = regime{"Exponential regime, ν = 1/N", 1.0 / 100, "1.16",
		"no set of n points has a mean of more than n/(n−1)"}
	polynomial = regime{"Polynomial regime, ν = √3(1 − 1/N)^{½}", math.Sqrt(3 * (1 - 1.0/100)), "", ""}
	trivial    = regime{"Trivial regime, ν = 3", 3, "0.02",
		"all descents end in one minimum, each within 10⁻⁴ radii of it"}
)

// figure22 is a panel of Figure 2.2: where descents end, as a map.
func figure22(r regime) func(settings) (*Result, error) {
	return func(set settings) (*Result, error) {
		const p, n = 3, 100
		descents := 400
		switch set.scale {
		case Desktop:
			descents = 5000
		case Paper:
			descents = 20000
		}
		// The way down is in single precision, in half the time; what it leads to is made exact in double.
		runs, err := descend(set, glassOf{p, n, 1, r.ν}, descents)
		if err != nil {
			return nil, err
		}
		if runs.Len() < 2 {
			return nil, set.ctx.Err()
		}
		g := glass.New(p, n, glass.Seed(1), glass.Field(r.ν))
		points := optim.Critical(g, runs.Points, optim.CriticalOptions{Context: set.ctx})
		plane, err := embed.TSNE(set.ctx, device.Of(runs.Points), runs.Len(), embed.Options{Device: g.New().Device()})
		if err != nil {
			return nil, err
		}
		u := make([]float64, runs.Len())
		floats.ScaleTo(u, 1.0/n, runs.Energies)
		rows := r.descentRows(runs, u)
		threads := "t-SNE spreads out what lies together: the many ends of one minimum, apart by less than the tolerance of the stop, become a disc or a thread as wide as its neighbours."
		if len(points.Of) == runs.Len() { // else it was stopped before all were told apart
			rows = append(r.minimaRows(g, points, runs.Len()), rows...)
			if len(points.Minima()) == len(points.Points) {
				threads += " Newton's method tells that every thread is one minimum, and none a saddle's canyon."
			}
		}
		return &Result{
			Figure: r.draw(plane.Points, u), Rows: rows,
			Stopped: set.ctx.Err() != nil && (runs.Len() < descents || len(points.Of) < descents || plane.Status == embed.Stopped),
			Notes: []string{
				fmt.Sprintf("%d descents of one glass, each from its own start, η = 0.1. Colours: H/N of the ends, averaged with the weights of a Gaussian about them.", runs.Len()),
				threads,
			},
			Sources: []string{"chaudhari2018", "fyodorov2013", "maaten2008", "linderman2019", "belkina2019", "policar2024"},
		}, nil
	}
}

// descentRows are what the descents of a glass say, u their energies per spin.
func (r regime) descentRows(runs *optim.Descents, u []float64) []Row {
	return []Row{{
		Quantity: "mean H/N", Meaning: "over the descents",
		Ours: stat.Mean(u, nil), Theory: math.NaN(),
	}, {
		Quantity: "least H/N", Meaning: "the deepest end of a descent",
		Ours: floats.Min(u), Theory: math.NaN(),
	}, {
		Quantity: "mean cosine distance", Meaning: "1 − cos over pairs of ends", Thesis: r.distance, Erratum: r.erratum,
		Ours: runs.CosineDistance(), Theory: math.NaN(),
	}, {
		Quantity: "median steps", Meaning: "to |∇H| ≤ 10⁻⁴ on the sphere", Ours: float64(runs.MedianSteps()), Theory: math.NaN(),
	}}
}

// minimaRows are the critical points that so many descents have led to.
func (r regime) minimaRows(g *glass.Glass, points *optim.CriticalPoints, descents int) []Row {
	minima := len(points.Minima())
	expected := math.Exp(glass.LogMinima(g.Dim(), glass.OrderParameter(3, 1, r.ν)))
	spread := 0.0
	for _, c := range points.Points {
		spread = max(spread, c.Spread/g.Radius())
	}
	return []Row{{
		Quantity: "distinct minima", Meaning: fmt.Sprintf("that %d descents lead to; %.4g minima are expected of such a glass", descents, expected),
		Ours: float64(minima), Theory: math.NaN(),
	}, {
		Quantity: "saddles", Meaning: "critical points of index 1 and more that descents end at",
		Ours: float64(len(points.Points) - minima), Theory: 0,
	}, {
		Quantity: "largest spread", Meaning: "of the ends of descents about their minimum, in units of √N: the tolerance of their stop",
		Ours: spread, Theory: math.NaN(),
	}}
}

// draw is the map: each end a dot, over the energies around it.
func (r regime) draw(points, u []float64) *fig.Figure {
	x, y := make([]float64, len(u)), make([]float64, len(u))
	for i := range u {
		x[i], y[i] = points[2*i], points[2*i+1]
	}
	f := fig.New(r.title)
	f.X, f.Y = fig.Axis{Ticks: []float64{}}, fig.Axis{Ticks: []float64{}} // a map has no axes
	f.Z = fig.Axis{Label: "energy per spin, H/N"}
	if low, high := floats.Min(u), floats.Max(u); high-low < 0.02 { // one minimum: its rounding is no landscape
		f.Z.Min, f.Z.Max = low-0.01, low+0.01
	}
	f.Height = 110
	f.Legend = fig.NoLegend
	width := max(floats.Max(x)-floats.Min(x), floats.Max(y)-floats.Min(y))
	average := embed.NewAverage(points, u, width/40)
	f.Heat("H/N, averaged", average.U, average.V, average.Values)
	f.Points("ends of descents", x, y).In(fig.Black).Wide(0.5)
	return f
}
