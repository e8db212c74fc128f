package trajectory

import (
	"context"
	"math"

	"glassy/lab/device"
	"glassy/lab/landscape"
	"glassy/lab/run"
)

// GradientNorms is |∇f| at points of a trajectory, by their numbers: over all data, not
// over the last mini-batch (Figure 6.3c). For a network it is that of the energy which
// Gradient evaluates: with batch-norm, one with fixed statistics; give it a mini-batch of
// all the data for the one that training descends. Errors: a file that cannot be read.
// When ctx is done it returns the norms so far.
func GradientNorms(ctx context.Context, f landscape.Landscape, s Series, points []int) ([]float64, error) {
	x, g, at := f.New(), f.New(), make([]float64, s.Dim())
	norms := make([]float64, 0, len(points))
	loop := run.Start(ctx, "gradient norms", len(points))
	for i := range loop.Steps() {
		if err := s.Point(points[i], at); err != nil {
			return norms, err
		}
		x.Device().Upload(x, device.Of(at))
		f.Gradient(x, g)
		norms = append(norms, math.Sqrt(g.Device().Dot(g, g)))
	}
	return norms, nil
}
