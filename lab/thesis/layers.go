package thesis

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat"

	"glassy/lab/fig"
	"glassy/lab/glass"
	"glassy/lab/optim"
)

// layers is Figure 2.1 in one glass: critical points of every index, where they
// lie, over the theory of N → ∞.
func layers(set settings) (*Result, error) {
	n, starts := 50, 600
	switch set.scale {
	case Desktop:
		n, starts = 100, 20000
	case Paper:
		n, starts = 200, 100000
	}
	// Where the exact number of each index passes 1: below it, as a rule, are none.
	edges, err := layerEdges(set, n)
	if err != nil {
		return nil, err
	}
	g := glass.New(layersP, n, glass.Seed(1))
	found := optim.Saddles(g, starts, optim.SaddleOptions{Descend: optim.DescendOptions{Context: set.ctx}})
	if err := set.ctx.Err(); err != nil && len(found.Points) < 10 {
		return nil, err
	}
	f, rows := drawLayers(found, edges)
	return &Result{
		Figure: f, Rows: append(rows, belowEdges(found, edges), besideSemicircle(found)), Stopped: set.ctx.Err() != nil,
		Notes: []string{
			fmt.Sprintf("Newton's method from the points of %d descents that were stopped after 10 to 160 steps; each critical point once. They are those that are found in this way, not all, nor an even sample.", starts),
			"At finite N minima reach above −E_{∞} and the layers overlap: −E_{k} separates them only as N → ∞, where neighbours are closer than 0.3 % of their energy.",
		},
		Sources: []string{"chaudhari2018", "auffinger2013"},
	}, nil
}

const (
	layersP    = 3
	layersMost = 8 // the largest index in the figure
)

// drawLayers is the figure of the points by energy and index, with the rows of
// their means.
func drawLayers(found *optim.CriticalPoints, edges []float64) (*fig.Figure, []Row) {
	n := float64(found.Dim)
	f := fig.New(fmt.Sprintf("Critical points of one glass of %d spins", found.Dim))
	f.X = fig.Axis{Label: "energy per spin, u = H/N", Min: -1.75, Max: -0.95}
	f.Y = fig.Axis{Label: "index k", Min: -0.7, Max: layersMost + 0.7}
	f.Mark(-glass.GroundEnergy(layersP), "")
	f.Mark(-glass.ThresholdEnergy(layersP), "−E_{0}, −E_{∞}")
	f.Func("(N−1) × the semicircle's share below 0", func(u float64) float64 { return (n - 1) * glass.IndexFraction(layersP, u) }, f.X.Min, f.X.Max).In(fig.Black)

	var at, index, means, spreads, ks []float64
	var rows []Row
	last, ordered := math.Inf(-1), 0
	for k := range min(len(found.Counts()), layersMost+1) {
		var u []float64
		for _, c := range found.OfIndex(k) {
			u = append(u, c.Energy/n)
			at, index = append(at, c.Energy/n), append(index, float64(k))
		}
		if len(u) < 2 {
			continue
		}
		mean, std := stat.MeanStdDev(u, nil)
		means, spreads, ks = append(means, mean), append(spreads, std), append(ks, float64(k))
		if mean > last {
			ordered++
		}
		last = mean
		if k <= 4 {
			rows = append(rows, Row{
				Quantity: fmt.Sprintf("mean u, index %d", k), Meaning: fmt.Sprintf("of %d critical points", len(u)),
				Ours: mean, Error: stat.StdErr(std, float64(len(u))), Theory: math.NaN(),
			})
		}
	}
	if len(at) > 0 {
		f.Points("one critical point", at, index).In(fig.SkyBlue).Wide(0.7)
	}
	all := make([]float64, len(edges))
	for k := range all {
		all[k] = float64(k)
	}
	f.Line(fmt.Sprintf("one expected below, N = %d", found.Dim), edges, all).In(fig.Green)
	if len(means) > 0 {
		f.Points("mean ± standard deviation", means, ks).XError(spreads).In(fig.Vermillion)
	}
	return f, append(rows, Row{
		Quantity: "indices in the order of their energies", Meaning: fmt.Sprintf("of the %d layers in the figure, whose mean lies above that of the layer below", len(means)),
		Ours: float64(ordered), Theory: float64(len(means)),
	})
}

// belowEdges is how many points lie where none is expected, as a rule.
func belowEdges(found *optim.CriticalPoints, edges []float64) Row {
	below, counted := 0.0, 0
	for _, c := range found.Points {
		if c.Index < len(edges) {
			counted++
			if c.Energy/float64(found.Dim) < edges[c.Index] {
				below++
			}
		}
	}
	return Row{
		Quantity: "below the edge of their layer", Meaning: fmt.Sprintf("of %d points; one in each layer of a glass is expected, if all its points were found", counted),
		Ours: below, Error: math.Sqrt(max(1, below)), Theory: 0, Tolerance: float64(len(edges)),
	}
}

// besideSemicircle is how far the points' indices are from those of a large glass.
func besideSemicircle(found *optim.CriticalPoints) Row {
	directions, square := float64(found.Dim-1), 0.0
	for _, c := range found.Points {
		d := float64(c.Index)/directions - glass.IndexFraction(layersP, c.Energy/float64(found.Dim))
		square += d * d / float64(len(found.Points))
	}
	return Row{
		Quantity: "k/(N−1) beside the semicircle", Meaning: "root mean square of the difference over all points found",
		Ours: math.Sqrt(square), Theory: 0, Tolerance: 5 / directions, // an edge of N eigenvalues is sharp to a few of them
	}
}

// layerEdges is the energy per spin below which one critical point of index k is
// expected in a glass of n spins, for k = 0 … layersMost.
func layerEdges(set settings, n int) ([]float64, error) {
	counts, err := glass.CountIndices(set.ctx, n, layersMost)
	if err != nil {
		return nil, err
	}
	edges := make([]float64, layersMost+1)
	for k := range edges {
		edges[k] = bisect(func(u float64) float64 { return counts.LogCriticalBelow(layersP, u)[k] }, -3, 0)
	}
	return edges, nil
}
