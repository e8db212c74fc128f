package pde

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"

	"glassy/lab/device"
)

// FokkerPlanck moves densities by
//
//	ρ_t = ∇·(∇f ρ) + D Δρ,
//
// the law of dX = -∇f dt + √(2D) dB, on reflecting and periodic axes. It is the
// scheme of Scharfetter & Gummel (1969) and Chang & Cooper (1970): a walk between
// neighbouring nodes with the rates
//
//	i → i+1: D/h² B(δ),  i+1 → i: D/h² B(-δ),  δ = (f_{i+1}-f_i)/D,  B(z) = z/(e^z-1),
//
// whose stationary density is e^(-f/D) at the nodes, exactly, and whose error is of
// second order in the step. Steps in time are implicit, along one axis after the
// other, and of first order: whatever their length, densities stay positive, mass
// is kept to rounding and e^(-f/D) is not changed.
type FokkerPlanck struct {
	f *Field
	D float64
	// Of each axis, for each node: the rates to the next node and to the one before.
	next, before []*Field
}

// NewFokkerPlanck is the equation in the potential f with the diffusion constant
// D > 0. It panics on open axes and where f is infinite.
func NewFokkerPlanck(f *Field, D float64) *FokkerPlanck {
	if !(D > 0) || math.IsInf(D, 0) {
		panic(fmt.Sprintf("pde: NewFokkerPlanck: D is %v, expected a finite number above 0", D))
	}
	if i := notFinite(f.Values); i >= 0 {
		panic(fmt.Sprintf("pde: NewFokkerPlanck: the potential is %v at %v, expected finite values", f.Values[i], f.Grid.place(i)))
	}
	e := &FokkerPlanck{f: f, D: D}
	for axis, a := range f.Grid {
		if a.Boundary == Open {
			panic("pde: NewFokkerPlanck: axis is open, expected reflecting or periodic")
		}
		next, before := f.like(), f.like()
		unit := D / (a.Step() * a.Step())
		eachLine(f.Grid, axis, nothing, func(_ struct{}, first, stride int) {
			for i := range a.Nodes {
				j, ok := a.neighbour(i + 1)
				if !ok || j == i {
					continue
				}
				δ := (f.Values[first+j*stride] - f.Values[first+i*stride]) / D
				next.Values[first+i*stride] = unit * Bernoulli(δ)
				before.Values[first+j*stride] = unit * Bernoulli(-δ)
			}
		})
		e.next, e.before = append(e.next, next), append(e.before, before)
	}
	return e
}

// Bernoulli is B(z) = z/(e^z-1).
func Bernoulli(z float64) float64 {
	switch {
	case math.Abs(z) < 1e-5:
		return 1 - z/2 + z*z/12
	case z > 700: // e^z overflows
		return z * math.Exp(-z)
	}
	return z / math.Expm1(z)
}

// Stationary is the density e^(-f/D) of integral 1.
func (e *FokkerPlanck) Stationary() *Field {
	ρ := e.f.like()
	_, least := e.f.Minimum()
	for i, v := range e.f.Values {
		ρ.Values[i] = math.Exp(-(v - least) / e.D)
	}
	floats.Scale(1/ρ.Integral(), ρ.Values)
	return ρ
}

// Evolve is the density ρ after a time, in that many equal steps. Its integral
// need not be 1.
func (e *FokkerPlanck) Evolve(ρ *Field, time float64, steps int) *Field {
	return e.march("Evolve", ρ, time, steps, false)
}

// Backward is E w(X_time | X_0 = x), the solution of Kolmogorov's backward
// equation -w_t = -∇f·∇w + D Δw, by the transpose of [FokkerPlanck.Evolve].
func (e *FokkerPlanck) Backward(w *Field, time float64, steps int) *Field {
	return e.march("Backward", w, time, steps, true)
}

func (e *FokkerPlanck) march(what string, v *Field, time float64, steps int, backward bool) *Field {
	checkTime(what, time)
	if steps < 1 {
		panic(fmt.Sprintf("pde: %s: %d steps, expected at least 1", what, steps))
	}
	if len(v.Values) != len(e.f.Values) {
		panic(fmt.Sprintf("pde: %s: a function on %d nodes, expected the potential's %d", what, len(v.Values), len(e.f.Values)))
	}
	// One step along one axis after the other, with the factors of all lines.
	dev := deviceFor(len(v.Values))
	factors := make([]*factors, len(e.f.Grid))
	for axis := range factors {
		factors[axis] = e.factor(axis, time/float64(steps)).on(dev)
		defer factors[axis].free(dev)
	}
	b := device.Put(dev, device.Float64, v.Values)
	for range steps {
		for _, s := range factors {
			if backward {
				dev.SolveLines(s.lines, s.left, s.inverse, s.right, s.from, s.to, b)
			} else {
				dev.SolveLines(s.lines, s.right, s.inverse, s.left, s.to, s.from, b)
			}
		}
	}
	return &Field{v.Grid, take(dev, b)}
}

// factors are those of A = I - dt L on the lines along an axis, L the generator of the
// walk, A = (I - right)(pivots - left). All of them are sums and products of positive
// numbers, as the columns of A have the sum 1: nothing cancels, however long the
// step, so that solutions are positive and mass is kept. The transpose has the same
// factors in the other order: what stands for right and left, and to and from, changes
// places.
type factors struct {
	lines       device.Lines
	right, left device.Vector // dt times the rates, divided by the pivots: i → i+1 of node i, i+1 → i of node i
	inverse     device.Vector // of the pivots
	// On a periodic axis the last node is a neighbour of each that is eliminated:
	// what goes there, and what comes from there, by the pivots.
	to, from device.Vector
}

// all is the numbers.
func (s *factors) all() []*device.Vector {
	return []*device.Vector{&s.right, &s.left, &s.inverse, &s.to, &s.from}
}

// on is s on a device.
func (s *factors) on(dev device.Device) *factors {
	if dev.Name() != "cpu" {
		for _, v := range s.all() {
			*v = device.Put(dev, device.Float64, device.Host[float64](*v))
		}
	}
	return s
}

func (s *factors) free(dev device.Device) {
	for _, v := range s.all() {
		dev.Free(*v)
	}
}

func (e *FokkerPlanck) factor(axis int, dt float64) *factors {
	a := e.f.Grid[axis]
	n, size := a.Nodes, len(e.f.Values)
	right, left, inverse := make([]float64, size), make([]float64, size), make([]float64, size)
	var to, from []float64
	if a.Boundary == Periodic {
		to, from = make([]float64, size), make([]float64, size)
	}
	eachLine(e.f.Grid, axis, nothing, func(_ struct{}, first, stride int) {
		at := func(i int) int { return first + i*stride }
		next := func(i int) float64 { return dt * e.next[axis].Values[at(i)] }
		before := func(i int) float64 { return dt * e.before[axis].Values[at(i)] }
		excess := 1.0 // of the pivot over what goes on to the next node
		if a.Boundary != Periodic {
			for i := range n {
				pivot := excess + next(i)
				inverse[at(i)] = 1 / pivot
				right[at(i)] = next(i) / pivot
				if i+1 < n {
					left[at(i)] = before(i+1) / pivot
					excess = 1 + before(i+1)*excess/pivot
				}
			}
			return
		}
		last := 1.0
		goes, comes := before(0), next(n-1) // node 0 to the last, and the last to node 0
		for i := range n - 1 {
			onward, back := next(i), before(i+1)
			if i == n-2 {
				goes, comes = goes+onward, comes+back
				onward, back = 0, 0
			}
			pivot := excess + onward + goes
			inverse[at(i)] = 1 / pivot
			right[at(i)], left[at(i)], to[at(i)], from[at(i)] = onward/pivot, back/pivot, goes/pivot, comes/pivot
			last += comes * excess / pivot
			excess = 1 + back*excess/pivot
			goes, comes = goes*back/pivot, comes*onward/pivot
		}
		inverse[at(n-1)] = 1 / last
	})
	lines := device.Lines{Nodes: n, Count: size / n, Rows: axis == len(e.f.Grid)-1}
	return &factors{lines, device.Of(right), device.Of(left), device.Of(inverse), device.Of(to), device.Of(from)}
}

// FreeEnergy is ∫ ρf + D ∫ ρ log ρ, which falls as ρ evolves and is least, -D log ∫
// e^(-f/D), at the stationary density.
func (e *FokkerPlanck) FreeEnergy(ρ *Field) float64 {
	sum := 0.0
	for i, v := range ρ.Values {
		if v > 0 {
			sum += v * (e.f.Values[i] + e.D*math.Log(v))
		}
	}
	return sum * ρ.Grid.Cell()
}

// Dissipation is how fast FreeEnergy falls, ∫ ρ |∇(f + D log ρ)|², ρ above 0: for each two
// neighbours the flow between them times the difference of f + D log ρ, no term below 0.
func (e *FokkerPlanck) Dissipation(ρ *Field) float64 {
	μ, lost := e.f.like(), 0.0
	for i, v := range ρ.Values {
		μ.Values[i] = e.f.Values[i] + e.D*math.Log(v)
	}
	for axis, a := range e.f.Grid {
		terms := e.f.like()
		eachLine(e.f.Grid, axis, nothing, func(_ struct{}, first, stride int) {
			for i := range a.Nodes {
				j, _ := a.neighbour(i + 1)
				here, there := first+i*stride, first+j*stride
				if here != there {
					flow := e.next[axis].Values[here]*ρ.Values[here] - e.before[axis].Values[there]*ρ.Values[there]
					terms.Values[here] = flow * (μ.Values[here] - μ.Values[there])
				}
			}
		})
		lost += terms.Integral()
	}
	return lost
}

// Rates are the count smallest rates at which densities relax on a reflecting
// line: the eigenvalues of minus the generator above 0, the first of which is the
// spectral gap. Each is found by bisection to a relative error of 1e-13 however
// small it is, from the fluxes between nodes (Fernando & Parlett 1994): beside
// the rates of the walk, which are of the order of D/h², a gap of a deep well would
// be lost in rounding. Beside the equation their error is of the order of h².
func (e *FokkerPlanck) Rates(count int) []float64 {
	if len(e.f.Grid) != 1 || e.f.Grid[0].Boundary != Reflecting {
		panic("pde: Rates: expected one reflecting axis")
	}
	n := len(e.f.Values)
	if count < 1 || count > n-1 {
		panic(fmt.Sprintf("pde: Rates: count is %d, expected 1 to %d", count, n-1))
	}
	next, before := e.next[0].Values, e.before[0].Values
	// The rates are the squares of the singular values of G, (n-1)×n, which takes a
	// symmetrised density to its fluxes: row i is -√next(i) at node i and
	// √before(i+1) at node i+1. Without its first column G is LD^½, L unit lower
	// bidiagonal, and GGᵀ - λ = LDLᵀ + next(0) e₀e₀ᵀ - λ = L₊D₊L₊ᵀ.
	below := func(λ float64) (negative int) {
		s := next[0] - λ
		for i := range n - 1 {
			d := before[i+1]
			pivot := d + s
			if pivot < 0 {
				negative++
			}
			if i+1 < n-1 {
				// l² = next(i+1)/d; s ← l² d s/pivot - λ
				ratio := s / pivot
				if math.IsInf(s, 0) || pivot == 0 {
					ratio = 1
				}
				s = next[i+1]*ratio - λ
			}
		}
		return negative
	}
	highest := 0.0
	for i := range n {
		highest = max(highest, 2*(next[i]+before[i]))
	}
	rates := make([]float64, count)
	for k := range rates {
		low, high := 0.0, highest
		for high-low > 1e-14*high && high > math.SmallestNonzeroFloat64 {
			middle := (low + high) / 2
			if low > 0 && high/low > 4 || low == 0 {
				middle = math.Sqrt(max(low, 1e-300) * high)
			}
			if middle <= low || middle >= high {
				break
			}
			if below(middle) > k {
				high = middle
			} else {
				low = middle
			}
		}
		rates[k] = (low + high) / 2
	}
	return rates
}
