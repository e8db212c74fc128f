package transport

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// A Plan says what mass goes from each source to each sink.
type Plan struct {
	Mass *mat.Dense // n×m, of row sums a and column sums b
	Cost float64    // Σ mass·cost
	// The dual, u_i + v_j ≤ c_ij, whose value Σ a u + Σ b v is a lower bound of every
	// plan's cost: Kantorovich's (6.15).
	U, V []float64
	Gap  float64 // Cost less that bound
}

// Exact is a plan of least cost for the masses a, len n, at the sources and b, len m, at
// the sinks, whose sums are equal. It goes by shortest augmenting paths, with a number of
// operations of the order of (n+m)³: for some thousand points at most. Its Gap, 0 but for
// rounding, proves it. It is an error when masses are negative or no numbers, or their
// sums differ, or a cost is not finite.
func Exact(cost *mat.Dense, a, b []float64) (*Plan, error) {
	n, m, err := problem(cost, a, b)
	if err != nil {
		return nil, err
	}
	p := &Plan{Mass: mat.NewDense(n, m, nil), U: make([]float64, n), V: make([]float64, m)}
	supply, demand := slices.Clone(a), slices.Clone(b)
	floats.Scale(floats.Sum(a)/floats.Sum(b), demand)
	nothing := 1e-15 * floats.Sum(a)
	for j := range m { // feasible at the start
		p.V[j] = math.Inf(1)
		for i := range n {
			p.V[j] = min(p.V[j], cost.At(i, j))
		}
	}
	s := &search{cost: cost, plan: p, toSink: make([]float64, m), toSource: make([]float64, n), from: make([]int, m), via: make([]int, n), done: make([]bool, m)}
	for i := range n {
		for supply[i] > nothing {
			end := s.path(i, demand, nothing)
			if end < 0 { // all demand is met, but for rounding
				break
			}
			// What fits through the path: back from the sink, by the sinks before.
			amount := min(supply[i], demand[end])
			for j := end; s.from[j] != i; j = s.via[s.from[j]] {
				amount = min(amount, p.Mass.At(s.from[j], s.via[s.from[j]]))
			}
			for j := end; ; j = s.via[s.from[j]] {
				k := s.from[j]
				p.Mass.Set(k, j, p.Mass.At(k, j)+amount)
				if k == i {
					break
				}
				left := p.Mass.At(k, s.via[k]) - amount
				if left <= nothing {
					left = 0
				}
				p.Mass.Set(k, s.via[k], left)
			}
			supply[i] -= amount
			demand[end] -= amount
		}
	}
	p.Cost = inner(p.Mass, cost)
	p.Gap = p.Cost - floats.Dot(a, p.U) - floats.Dot(b, p.V)
	return p, nil
}

// problem checks what a plan is asked for.
func problem(cost *mat.Dense, a, b []float64) (n, m int, err error) {
	n, m = cost.Dims()
	if len(a) != n || len(b) != m {
		panic(fmt.Sprintf("transport: %d and %d masses with costs %d×%d, expected as many", len(a), len(b), n, m))
	}
	for i := range n {
		for j, c := range cost.RawRowView(i) {
			if math.IsNaN(c) || math.IsInf(c, 0) {
				return 0, 0, fmt.Errorf("transport: the cost from %d to %d is %v, expected a finite number", i+1, j+1, c)
			}
		}
	}
	if err := masses("sources", a); err != nil {
		return 0, 0, err
	}
	if err := masses("sinks", b); err != nil {
		return 0, 0, err
	}
	return n, m, balanced(a, b)
}

func inner(A, B *mat.Dense) float64 {
	sum := 0.0
	n, _ := A.Dims()
	for i := range n {
		sum += floats.Dot(A.RawRowView(i), B.RawRowView(i))
	}
	return sum
}

// A search finds a shortest path with Dijkstra's method, by the costs less the duals.
type search struct {
	cost             *mat.Dense
	plan             *Plan
	toSink, toSource []float64 // distances; of a source +Inf where it was not come to
	from             []int     // the source before a sink
	via              []int     // the sink before a source
	done             []bool
}

// path is the nearest sink from source i that has demand left, -1 where none has. It
// changes the duals so that all steps of the path cost 0.
func (s *search) path(i int, demand []float64, nothing float64) int {
	for j := range s.toSink {
		s.toSink[j], s.done[j] = math.Inf(1), false
	}
	for k := range s.toSource {
		s.toSource[k] = math.Inf(1)
	}
	s.toSource[i] = 0
	reach := func(k int) {
		row := s.cost.RawRowView(k)
		for j, c := range row {
			if d := s.toSource[k] + c - s.plan.U[k] - s.plan.V[j]; !s.done[j] && d < s.toSink[j] {
				s.toSink[j], s.from[j] = d, k
			}
		}
	}
	reach(i)
	end := -1
	for {
		next := -1
		for j, d := range s.toSink {
			if !s.done[j] && (next < 0 || d < s.toSink[next]) {
				next = j
			}
		}
		if next < 0 || math.IsInf(s.toSink[next], 1) {
			return -1
		}
		s.done[next] = true
		if demand[next] > nothing {
			end = next
			break
		}
		for k := range s.toSource {
			if s.plan.Mass.At(k, next) > 0 && math.IsInf(s.toSource[k], 1) {
				s.toSource[k], s.via[k] = s.toSink[next], next
				reach(k)
			}
		}
	}
	length := s.toSink[end]
	for k, d := range s.toSource {
		if d < length {
			s.plan.U[k] += length - d
		}
	}
	for j, d := range s.toSink {
		if s.done[j] && d < length {
			s.plan.V[j] -= length - d
		}
	}
	return end
}

// SquaredCosts is |x_i - y_j|² of points in d dimensions, x being n×d and y m×d.
func SquaredCosts(d int, x, y []float64) *mat.Dense {
	if d < 1 || len(x)%d != 0 || len(y)%d != 0 || len(x) == 0 || len(y) == 0 {
		panic(fmt.Sprintf("transport: SquaredCosts: %d and %d numbers, expected multiples of d = %d", len(x), len(y), d))
	}
	C := mat.NewDense(len(x)/d, len(y)/d, nil)
	for i := range len(x) / d {
		row := C.RawRowView(i)
		for j := range row {
			for k := range d {
				δ := x[i*d+k] - y[j*d+k]
				row[j] += δ * δ
			}
		}
	}
	return C
}
