package spectrum

import (
	"fmt"
	"math"

	"glassy/lab/device"
	"glassy/lab/rng"
)

// Direction is a random direction at x with each filter as long as it is in x, and
// 0 outside of all: filter normalisation (Li, Xu, Taylor, Studer & Goldstein 2018,
// section 4), which makes surfaces of networks comparable whose layers can be scaled
// against each other. A filter is the numbers from..to-1 of x that make one output;
// biases and batch-norm's parameters are in none (a network's Filters). Without filters the direction has
// the length of x as a whole.
func Direction(x device.Vector, filters [][2]int, key rng.Key) device.Vector {
	dev := x.Device()
	draw, u := x.New(), x.New()
	defer free(draw)
	dev.Normal(uint64(key), 0, 0, 1, draw)
	if filters == nil {
		filters = [][2]int{{0, x.Len()}}
	}
	for _, f := range filters {
		if f[0] < 0 || f[1] <= f[0] || f[1] > x.Len() {
			panic(fmt.Sprintf("spectrum: Direction: a filter is %d..%d, expected some of 0..%d", f[0], f[1], x.Len()))
		}
		xf, df := x.Slice(f[0], f[1]), draw.Slice(f[0], f[1])
		dev.Axpby(math.Sqrt(dev.Dot(xf, xf)/dev.Dot(df, df)), df, 0, u.Slice(f[0], f[1]))
	}
	return u
}

// Axes are two directions of a trajectory, see [TrajectoryAxes].
type Axes struct {
	U, V   device.Vector // orthonormal
	A, B   []float64     // coordinates of the points, the last of them 0
	Shares [2]float64    // of what the points scatter about the last, in squares, along U and V
}

// TrajectoryAxes are the two directions along which points scatter most about the
// last one, the principal components of a trajectory (Li et al. 2018, section 7).
// Panics with fewer than three points.
func TrajectoryAxes(points []device.Vector) (*Axes, error) {
	n := len(points)
	if n < 3 {
		panic(fmt.Sprintf("spectrum: TrajectoryAxes: %d points, expected at least 3", n))
	}
	last := points[n-1]
	dev, d, t := last.Device(), last.Len(), last.DType()
	x := dev.New(t, (n-1)*d)
	defer dev.Free(x)
	for i, p := range points[:n-1] {
		if p.Len() != d || p.DType() != t || p.Device() != dev {
			panic(fmt.Sprintf("spectrum: TrajectoryAxes: point %d is %d numbers of %v, expected %d of %v like the last", i, p.Len(), p.DType(), d, t))
		}
		row := x.Slice(i*d, (i+1)*d)
		dev.Copy(row, p)
		dev.Axpy(-1, last, row)
	}
	gram := dev.New(t, (n-1)*(n-1))
	defer dev.Free(gram)
	dev.Gemm(false, true, n-1, n-1, d, 1, x, d, x, d, 0, gram, n-1)
	c, λ := device.Read[float64](gram), make([]float64, n-1)
	total := 0.0
	for i := range n - 1 {
		total += c[i*(n-1)+i]
	}
	if err := device.CPU().SymEigen(n-1, device.Of(c), device.Of(λ), true); err != nil {
		return nil, fmt.Errorf("spectrum: axes of a trajectory: %w", err)
	}
	axes := &Axes{U: dev.New(t, d), V: dev.New(t, d)}
	for k, axis := range []device.Vector{axes.U, axes.V} {
		i := n - 2 - k
		if i < 0 || !(λ[i] > 1e3*epsilon(t)*λ[n-2]) {
			return nil, fmt.Errorf("spectrum: axes of a trajectory: its %d points do not span a plane", n)
		}
		// u = Xᵀ c / √λ, and the coordinates X u = √λ c.
		along := c[i*(n-1) : (i+1)*(n-1)]
		w := device.Put(dev, t, along)
		dev.Gemm(true, false, d, 1, n-1, 1/math.Sqrt(λ[i]), x, d, w, 1, 0, axis, 1)
		dev.Free(w)
		at := make([]float64, n)
		for j, v := range along {
			at[j] = math.Sqrt(λ[i]) * v
		}
		if k == 0 {
			axes.A = at
		} else {
			axes.B = at
		}
		axes.Shares[k] = λ[i] / total
	}
	return axes, nil
}
