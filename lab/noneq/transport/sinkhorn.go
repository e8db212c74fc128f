package transport

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"glassy/lab/run"
)

// SinkhornOptions are how [Sinkhorn] goes to work; the zero value works.
type SinkhornOptions struct {
	Tolerance float64         // of the sums of rows, over all mass; 0: 1e-9
	Most      int             // iterations at the last ε; 0: 10000
	Context   context.Context // nil: that of the notebook's cell
}

// An Entropic is what Sinkhorn's iterations came to.
type Entropic struct {
	Plan
	// Plan.Mass has the right sums, whatever Error is: what was left is spread as a
	// product. So Cost is above the least cost, and with U and V, which obey
	// u_i + v_j ≤ c_ij, it is below Cost by Gap at most.

	Value      float64 // Σ P c + ε KL(P ‖ a⊗b) at the plan
	Duality    float64 // that less the dual's value: what the problem with entropy is known to
	Iterations int
	Error      float64 // of the sums of rows before they were put right, over all mass
	Converged  bool    // to the tolerance; if not, the context or Most ended it
}

// Sinkhorn is a plan of nearly least cost: that of least Σ Pc + ε KL(P ‖ a⊗b), by the
// iterations of Sinkhorn (1967) for the logarithms of the scalings, which neither over-
// nor underflow, from a large ε down to the one asked for by halves. What costs least is
// known between two bounds, [Entropic].Gap apart, which is of the order of ε. An iteration
// takes two products with a matrix of n×m, and one in ten nm exponentials. Errors are those of [Exact].
func Sinkhorn(cost *mat.Dense, a, b []float64, ε float64, options ...SinkhornOptions) (*Entropic, error) {
	if len(options) > 1 || !(ε > 0) || math.IsInf(ε, 0) {
		panic(fmt.Sprintf("transport: Sinkhorn: ε is %v, %d SinkhornOptions, expected a finite number above 0 and at most one", ε, len(options)))
	}
	var o SinkhornOptions
	if len(options) == 1 {
		o = options[0]
	}
	if o.Tolerance == 0 {
		o.Tolerance = 1e-9
	}
	if o.Most == 0 {
		o.Most = 10_000
	}
	if o.Context == nil {
		o.Context = run.Context()
	}
	n, m, err := problem(cost, a, b)
	if err != nil {
		return nil, err
	}
	total := floats.Sum(a)
	s := &scalings{
		cost: cost, turned: mat.DenseCopyOf(cost.T()), f: make([]float64, n), g: make([]float64, m),
		logA: logs(a, total), logB: logs(b, floats.Sum(b)), a: a, total: total,
	}
	s.b = slices.Clone(b)
	floats.Scale(1/floats.Sum(b), s.b)
	const together = 10 // iterations between two looks at the sums
	highest := mat.Max(cost) - mat.Min(cost)
	loop := run.Start(o.Context, "Sinkhorn", 0)
	defer loop.End()
	out := &Entropic{}
	for width := max(ε, highest); ; width = max(ε, width/2) {
		last := width == ε
		most, tolerance := 50, 1e-2
		if last {
			most, tolerance = o.Most, o.Tolerance
		}
		for k := 0; k < most && loop.Err() == nil; k += together {
			count := min(together, most-k)
			out.Error = s.iterate(width, count)
			out.Iterations += count
			loop.Add(count)
			if out.Error <= tolerance {
				out.Converged = last
				break
			}
		}
		if last || loop.Err() != nil {
			s.finish(out, width, b)
			return out, nil
		}
	}
}

// logs are the logarithms of masses that sum to 1.
func logs(w []float64, total float64) []float64 {
	out := make([]float64, len(w))
	for i, v := range w {
		out[i] = math.Log(v / total)
	}
	return out
}

// scalings are the duals: P_ij = a_i b_j exp((f_i+g_j-c_ij)/ε), a and b of sum 1.
type scalings struct {
	cost, turned *mat.Dense
	f, g         []float64
	logA, logB   []float64
	a, b         []float64 // b of sum 1
	total        float64   // of a

	kernel, turnedKernel *mat.Dense // of the duals at the last look
}

// iterate sets f by the sums of rows, then g by those of columns, so many times, and
// returns how wrong the sums of rows are then. It goes by products with the kernel
// e^((f+g-c)/ε) of the duals as they were, whose sums are about 1, and in logarithms where
// the scalings of that leave the range in which what it has rounded to 0 is nothing
// (Schmitzer 2019).
func (s *scalings) iterate(ε float64, count int) (wrong float64) {
	n, m := s.cost.Dims()
	if s.kernel == nil {
		s.kernel, s.turnedKernel = mat.NewDense(n, m, nil), mat.NewDense(m, n, nil)
	}
	s.rows(n, func(i int) {
		row := s.kernel.RawRowView(i)
		for j, c := range s.cost.RawRowView(i) {
			row[j] = math.Exp((s.f[i] + s.g[j] - c) / ε)
		}
	})
	s.rows(m, func(j int) { mat.Col(s.turnedKernel.RawRowView(j), j, s.kernel) })
	u, v, aᵤ, bᵥ := make([]float64, n), make([]float64, m), make([]float64, n), slices.Clone(s.b)
	for range count {
		s.rows(n, func(i int) {
			u[i] = 1 / floats.Dot(s.kernel.RawRowView(i), bᵥ)
			aᵤ[i] = s.a[i] / s.total * u[i]
		})
		s.rows(m, func(j int) {
			v[j] = 1 / floats.Dot(s.turnedKernel.RawRowView(j), aᵤ)
			bᵥ[j] = s.b[j] * v[j]
		})
	}
	const most = 1e100
	for _, w := range [][]float64{u, v} {
		for _, x := range w {
			if !(x > 1/most && x < most) {
				for range count {
					s.half(s.f, s.cost, s.g, s.logB, ε)
					s.half(s.g, s.turned, s.f, s.logA, ε)
				}
				return s.wrong(ε)
			}
		}
	}
	for i := range n {
		wrong += s.a[i] / s.total * math.Abs(u[i]*floats.Dot(s.kernel.RawRowView(i), bᵥ)-1)
		s.f[i] += ε * math.Log(u[i])
	}
	for j := range m {
		s.g[j] += ε * math.Log(v[j])
	}
	return wrong
}

// rows does work for each of n rows, on all threads.
func (s *scalings) rows(n int, work func(i int)) {
	const together = 64
	run.Share(0, (n+together-1)/together, func(_, part int) {
		for i := part * together; i < min(n, (part+1)*together); i++ {
			work(i)
		}
	})
}

// half is f_i = -ε log Σ_j b_j exp((g_j-c_ij)/ε).
func (s *scalings) half(f []float64, cost *mat.Dense, g, logB []float64, ε float64) {
	own := make([][]float64, runtime.GOMAXPROCS(0))
	const together = 32
	run.Share(len(own), (len(f)+together-1)/together, func(worker, part int) {
		if own[worker] == nil {
			own[worker] = make([]float64, len(g))
		}
		terms := own[worker]
		for i := part * together; i < min(len(f), (part+1)*together); i++ {
			for j, c := range cost.RawRowView(i) {
				terms[j] = logB[j] + (g[j]-c)/ε
			}
			f[i] = -ε * floats.LogSumExp(terms)
		}
	})
}

// wrong is Σ_i |Σ_j P_ij - a_i| of masses of sum 1.
func (s *scalings) wrong(ε float64) float64 {
	next := make([]float64, len(s.f))
	s.half(next, s.cost, s.g, s.logB, ε)
	sum := 0.0
	for i, f := range s.f {
		if s.a[i] > 0 {
			sum += s.a[i] / s.total * math.Abs(math.Expm1((f-next[i])/ε))
		}
	}
	return sum
}

// finish makes a plan with the right sums (Altschuler, Weed & Rigollet 2017) and duals
// that obey all bounds.
func (s *scalings) finish(out *Entropic, ε float64, b []float64) {
	n, m := s.cost.Dims()
	P := mat.NewDense(n, m, nil)
	dual := 0.0 // Σ a f + Σ b g - ε(Σ P - 1), of masses of sum 1
	for i := range n {
		row := P.RawRowView(i)
		for j, c := range s.cost.RawRowView(i) {
			row[j] = math.Exp(s.logA[i] + s.logB[j] + (s.f[i]+s.g[j]-c)/ε)
		}
		sum := floats.Sum(row)
		dual -= ε * sum
		if most := s.a[i] / s.total; sum > most {
			floats.Scale(most/sum, row)
		}
		dual += s.a[i] / s.total * s.f[i]
	}
	dual += ε
	mass := floats.Sum(b)
	short, columns := make([]float64, m), make([]float64, m)
	for i := range n {
		floats.Add(columns, P.RawRowView(i))
	}
	for j, sum := range columns {
		want := b[j] / mass
		dual += want * s.g[j]
		if sum > want {
			for i := range n {
				P.Set(i, j, P.At(i, j)*want/sum)
			}
			sum = want
		}
		short[j] = want - sum
	}
	missing := floats.Sum(short)
	for i := range n {
		row := P.RawRowView(i)
		if left := s.a[i]/s.total - floats.Sum(row); left > 0 && missing > 0 {
			floats.AddScaled(row, left/missing, short)
		}
	}
	divergence := 0.0
	for i := range n {
		for j, v := range P.RawRowView(i) {
			if v > 0 {
				divergence += v * (math.Log(v) - s.logA[i] - s.logB[j])
			}
		}
	}
	cost := inner(P, s.cost)
	out.Value = (cost + ε*divergence) * s.total
	out.Duality = out.Value - dual*s.total

	// v as it is, u the largest that obeys, and then v too.
	out.U, out.V = make([]float64, n), make([]float64, m)
	largest := func(u []float64, cost *mat.Dense, v []float64) {
		for i := range u {
			u[i] = math.Inf(1)
			for j, c := range cost.RawRowView(i) {
				u[i] = min(u[i], c-v[j])
			}
		}
	}
	largest(out.U, s.cost, s.g)
	largest(out.V, s.turned, out.U)
	P.Scale(s.total, P)
	out.Mass, out.Cost = P, cost*s.total
	out.Gap = out.Cost - floats.Dot(s.a, out.U) - floats.Dot(b, out.V)*s.total/mass
}
