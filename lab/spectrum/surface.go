package spectrum

import (
	"context"
	"fmt"
	"math"

	"glassy/lab/device"
	"glassy/lab/landscape"
	"glassy/lab/run"
)

// A Surface is an energy on a line or on a lattice in a plane of R^d.
type Surface struct {
	Name   string
	A, B   []float64 // coordinates along the first and the second axis; B is empty on a line
	Values []float64 // Values[j*len(A)+i] is f(x + A[i] u + B[j] v); NaN where it was stopped before
	Status Status
}

// Line is f(x + a u) at each a: the energy along a direction, or, with u = x₁-x,
// between two points (Goodfellow, Vinyals & Saxe 2015). What a Stateful landscape
// keeps, batch-norm's statistics, is worked out anew at each point on a copy of it.
// When it is stopped it keeps what it has.
func Line(ctx context.Context, f landscape.Landscape, x, u device.Vector, a []float64) *Surface {
	return surface(ctx, f, x, []device.Vector{u}, a, nil)
}

// Plane is f(x + a u + b v) on the lattice of a and b (Li, Xu, Taylor, Studer &
// Goldstein 2018); otherwise it is as [Line]. For axes see [Direction] and
// [TrajectoryAxes].
func Plane(ctx context.Context, f landscape.Landscape, x, u, v device.Vector, a, b []float64) *Surface {
	if len(b) == 0 {
		panic("spectrum: Plane: b is empty, expected coordinates")
	}
	return surface(ctx, f, x, []device.Vector{u, v}, a, b)
}

func surface(ctx context.Context, f landscape.Landscape, x device.Vector, axes []device.Vector, a, b []float64) *Surface {
	d := f.Dim()
	for _, v := range append([]device.Vector{x}, axes...) {
		if v.Len() != d || v.DType() != x.DType() || v.Device() != x.Device() {
			panic(fmt.Sprintf("spectrum: surface: a vector of %d numbers of %v, expected %d of %v like x", v.Len(), v.DType(), d, x.DType()))
		}
	}
	if len(a) == 0 {
		panic("spectrum: surface: a is empty, expected coordinates")
	}
	run.Cite("li2018")
	f = f.Copy()
	state, stateful := f.(landscape.Stateful)
	s := &Surface{Name: "energy", A: a, B: b, Values: make([]float64, len(a)*max(1, len(b))), Status: Finished}
	if name, ok := f.(fmt.Stringer); ok {
		s.Name = name.String()
	}
	for i := range s.Values {
		s.Values[i] = math.NaN()
	}
	w := x.New()
	defer free(w)
	dev := w.Device()
	loop := run.Start(ctx, "surface of "+s.Name, len(s.Values))
	for i := range loop.Steps() {
		dev.Copy(w, x)
		dev.Axpy(a[i%len(a)], axes[0], w)
		if len(b) > 0 {
			dev.Axpy(b[i/len(a)], axes[1], w)
		}
		if stateful {
			state.Refresh(w)
		}
		s.Values[i] = f.Value(w)
	}
	if loop.Err() != nil {
		s.Status = Stopped
	}
	return s
}

// String is one line: the lattice and the lowest value on it.
func (s *Surface) String() string {
	low, at := math.Inf(1), 0
	for i, v := range s.Values {
		if v < low {
			low, at = v, i
		}
	}
	if math.IsInf(low, 1) {
		return fmt.Sprintf("%s: no values, %v", s.Name, s.Status)
	}
	if len(s.B) == 0 {
		return fmt.Sprintf("%s at %d points of a line, lowest %.4g at %.4g, %v", s.Name, len(s.A), low, s.A[at], s.Status)
	}
	return fmt.Sprintf("%s at %d×%d points of a plane, lowest %.4g at (%.4g, %.4g), %v", s.Name, len(s.A), len(s.B), low, s.A[at%len(s.A)], s.B[at/len(s.A)], s.Status)
}
