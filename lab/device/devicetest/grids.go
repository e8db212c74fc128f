package devicetest

import (
	"math"
	"testing"

	"glassy/lab/device"
)

func testExponentials(t *testing.T, dev device.Device) {
	for _, dt := range floats {
		least := 0x1p-1022 // the smallest normal number
		if dt == device.Float32 {
			least = 0x1p-126
		}
		x := append(random(dt, 301, 1), math.Inf(1), math.Inf(-1), math.NaN(), 0, -800, 3000)
		for _, c := range []struct{ scale, shift float64 }{{1, 0}, {-3.5, 0.25}, {700, 1}, {0.5, -2}} {
			want, bound := make([]float64, len(x)), make([]float64, len(x))
			positive, logs, logBound := make([]float64, len(x)), make([]float64, len(x)), make([]float64, len(x))
			for i, v := range x {
				z := c.scale * (v - c.shift)
				want[i] = math.Exp(z)
				bound[i] = want[i] * (2*epsilon(dt) + (4+math.Abs(z))*0x1p-53)
				if want[i] < least { // which has fewer digits, or none
					bound[i] = least
				}
				if dt == device.Float32 && want[i] > math.MaxFloat32 {
					want[i] = math.Inf(1)
				}
				positive[i] = math.Abs(v)
				logs[i] = c.scale*math.Log(positive[i]) + c.shift
				logBound[i] = 2*epsilon(dt)*math.Abs(logs[i]) + 0x1p-51*(math.Abs(c.scale*math.Log(positive[i]))+math.Abs(c.shift))
			}
			y := dst(dev, dt, len(x))
			dev.Exp(c.scale, c.shift, put(dev, dt, x), y)
			same(t, name("Exp %v %v", dt, c), y, want, bound...)
			dev.Log(c.scale, c.shift, put(dev, dt, positive), y)
			same(t, name("Log %v %v", dt, c), y, logs, logBound...)
			v := put(dev, dt, positive)
			dev.Log(c.scale, c.shift, v, v)
			same(t, name("Log in place %v %v", dt, c), v, device.Read[float64](y), 0)
		}
		v := dev.New(dt, 4)
		panics(t, "Exp", func() { dev.Exp(1, 0, v, v.Slice(0, 3)) })
		panics(t, "Log", func() { dev.Log(1, 0, dev.New(device.Int32, 4), v) })
		dev.Exp(1, 0, v.Slice(0, 0), v.Slice(0, 0))
	}
}

// plainHamiltonJacobi is HamiltonJacobi by its definition, with a bound of its rounding in
// units of roundoff.
func plainHamiltonJacobi(s device.Stencil, u []float64) (next, size []float64) {
	beside := func(i, n int, wraps bool) int {
		if wraps {
			return (i + n) % n
		}
		return min(max(i, 0), n-1)
	}
	next, size = make([]float64, len(u)), make([]float64, len(u))
	for i := range s.Rows {
		for j := range s.Columns {
			v, sum, total := u[i*s.Columns+j], 0.0, 0.0
			axis := func(l, r, h float64) {
				back, forth := max((v-l)/h, 0), min((r-v)/h, 0)
				sum += s.Viscosity*(l-2*v+r)/(h*h) - s.Slope/2*(back*back+forth*forth)
				total += s.Viscosity*(math.Abs(l)+2*math.Abs(v)+math.Abs(r))/(h*h) + s.Slope/2*(back*back+forth*forth)
			}
			axis(u[beside(i-1, s.Rows, s.RowsWrap)*s.Columns+j], u[beside(i+1, s.Rows, s.RowsWrap)*s.Columns+j], s.RowStep)
			axis(u[i*s.Columns+beside(j-1, s.Columns, s.Wrap)], u[i*s.Columns+beside(j+1, s.Columns, s.Wrap)], s.Step)
			next[i*s.Columns+j] = v + s.Delta*sum
			size[i*s.Columns+j] = math.Abs(v) + s.Delta*total
		}
	}
	return next, size
}

func testHamiltonJacobi(t *testing.T, dev device.Device) {
	for _, dt := range floats {
		for _, s := range []device.Stencil{
			{Rows: 1, Columns: 1}, {Rows: 1, Columns: 300}, {Rows: 1, Columns: 2, Wrap: true}, {Rows: 70, Columns: 1, RowsWrap: true},
			{Rows: 17, Columns: 40}, {Rows: 9, Columns: 530, RowsWrap: true, Wrap: true}, {Rows: 3, Columns: 33, Wrap: true}, {Rows: 33, Columns: 3, RowsWrap: true},
		} {
			s.RowStep, s.Step, s.Delta = 0.7, 0.3, 0.01
			for _, s.Slope = range []float64{0, 1} {
				s.Viscosity = 1.3 - s.Slope
				u := random(dt, s.Rows*s.Columns, uint64(s.Rows))
				want, size := plainHamiltonJacobi(s, u)
				next := dst(dev, dt, len(u))
				dev.HamiltonJacobi(s, put(dev, dt, u), next)
				same(t, name("HamiltonJacobi %v %+v", dt, s), next, want, scaled(size, 8*epsilon(dt))...)
			}
		}
		u := dev.New(dt, 12)
		s := device.Stencil{Rows: 3, Columns: 4, RowStep: 1, Step: 1}
		panics(t, "HamiltonJacobi", func() { dev.HamiltonJacobi(s, u, u.Slice(0, 11)) })
		panics(t, "HamiltonJacobi", func() { dev.HamiltonJacobi(s, dev.New(device.Int32, 12), u) })
		s.Step = 0
		panics(t, "HamiltonJacobi", func() { dev.HamiltonJacobi(s, u, u.New()) })
		dev.HamiltonJacobi(device.Stencil{RowStep: 1, Step: 1}, u.Slice(0, 0), u.Slice(0, 0))
	}
}

// plainLines is SolveLines by its definition.
func plainLines(l device.Lines, lower, inverse, upper, to, from, b []float64) []float64 {
	out := append([]float64(nil), b...)
	n := l.Nodes
	for k := range l.Count {
		at := func(i int) int {
			if l.Rows {
				return k*n + i
			}
			return i*l.Count + k
		}
		for i := range n - 1 {
			out[at(i+1)] += lower[at(i)] * out[at(i)]
			if to != nil {
				out[at(n-1)] += to[at(i)] * out[at(i)]
			}
		}
		out[at(n-1)] *= inverse[at(n-1)]
		for i := n - 2; i >= 0; i-- {
			out[at(i)] = inverse[at(i)]*out[at(i)] + upper[at(i)]*out[at(i+1)]
			if from != nil {
				out[at(i)] += from[at(i)] * out[at(n-1)]
			}
		}
	}
	return out
}

func testSolveLines(t *testing.T, dev device.Device) {
	for _, dt := range floats {
		for _, l := range []device.Lines{{Nodes: 1, Count: 5}, {Nodes: 2, Count: 3}, {Nodes: 40, Count: 300}, {Nodes: 150, Count: 1}} {
			for _, l.Rows = range []bool{false, true} {
				n := l.Nodes * l.Count
				// Factors and numbers of one sign: all that a walk has, and nothing cancels.
				number := func(seed uint64, size float64) []float64 {
					x := random(dt, n, seed)
					for i, v := range x {
						x[i] = size * math.Abs(v)
						if dt == device.Float32 {
							x[i] = float64(float32(x[i]))
						}
					}
					return x
				}
				lower, inverse, upper, b := number(1, 0.5), number(2, 1), number(3, 0.5), number(4, 1)
				for _, closed := range []bool{false, true} {
					var to, from []float64
					var toV, fromV device.Vector
					if closed {
						to, from = number(5, 0.5), number(6, 0.5)
						toV, fromV = put(dev, dt, to), put(dev, dt, from)
					}
					want := plainLines(l, lower, inverse, upper, to, from, b)
					v := put(dev, dt, b)
					dev.SolveLines(l, put(dev, dt, lower), put(dev, dt, inverse), put(dev, dt, upper), toV, fromV, v)
					same(t, name("SolveLines %v %+v closed %v", dt, l, closed), v, want, relative(want, float64(6*l.Nodes+10)*epsilon(dt))...)
				}
			}
		}
		v := dev.New(dt, 12)
		l := device.Lines{Nodes: 4, Count: 3}
		panics(t, "SolveLines", func() { dev.SolveLines(l, v, v, v.Slice(0, 11), device.Vector{}, device.Vector{}, v.New()) })
		panics(t, "SolveLines", func() { dev.SolveLines(l, v, v, v, v, device.Vector{}, v.New()) })
		panics(t, "SolveLines", func() { dev.SolveLines(device.Lines{Nodes: -1}, v, v, v, device.Vector{}, device.Vector{}, v.New()) })
		dev.SolveLines(device.Lines{Nodes: 4}, v.Slice(0, 0), v.Slice(0, 0), v.Slice(0, 0), device.Vector{}, device.Vector{}, v.Slice(0, 0))
	}
}

func testSparseProduct(t *testing.T, dev device.Device) {
	for _, dt := range floats {
		for _, c := range []struct{ rows, columns, width int }{{1, 1, 1}, {5, 3, 0}, {300, 40, 1}, {2100, 1000, 7}, {33, 5000, 12}} {
			n := c.rows * c.width
			place := make([]int32, n)
			for i, v := range random(dt, n, 1) {
				place[i] = int32(math.Floor((v + 1) / 2 * float64(c.columns)))
			}
			values, x := random(dt, n, 2), random(dt, c.columns, 3)
			want, bound := make([]float64, c.rows), make([]float64, c.rows)
			for i := range want {
				for k := range c.width {
					term := values[k*c.rows+i] * x[place[k*c.rows+i]]
					want[i] += term
					bound[i] += math.Abs(term) * float64(c.width+1) * epsilon(dt)
				}
			}
			y, index := dst(dev, dt, c.rows), device.Put(dev, device.Int32, place)
			dev.SparseProduct(c.width, index, put(dev, dt, values), put(dev, dt, x), y)
			same(t, name("SparseProduct %v %+v", dt, c), y, want, bound...)
		}
		v, two := dev.New(dt, 2), dev.New(device.Int32, 2)
		panics(t, "SparseProduct", func() { dev.SparseProduct(2, two, v, v, dev.New(dt, 2)) })
		panics(t, "SparseProduct", func() { dev.SparseProduct(1, v, v, v, dev.New(dt, 2)) })
		panics(t, "SparseProduct", func() { dev.SparseProduct(-1, two, v, v, dev.New(dt, 2)) })
		for _, bad := range []int32{-1, 2} {
			y := dev.New(dt, 1) // the device may find out only when the result is read
			panics(t, "SparseProduct", func() { dev.SparseProduct(2, indices(dev, 0, bad), v, v, y); device.Read[float64](y) })
		}
		dev.SparseProduct(3, two.Slice(0, 0), v.Slice(0, 0), v, v.Slice(0, 0))
	}
}
