package thesis

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"

	"glassy/lab/fig"
	"glassy/lab/noneq/transport"
	"glassy/lab/pde"
	"glassy/lab/wells"
)

// remark618 is the Fokker-Planck equation as the limit of steps of Jordan, Kinderlehrer and
// Otto in a double well.
func remark618(set settings) (*Result, error) {
	const β, end = 3.0, 0.8
	quantiles := 300
	if set.scale != Quick {
		quantiles = 3000
	}
	well := wells.DoubleWell(0)
	start := distuv.Normal{Mu: 0.3, Sigma: 0.3}
	law := func(steps int) ([]float64, []float64, error) {
		s := transport.JKO{Potential: well.At, Beta: β, Step: end / float64(steps)}
		q := transport.Quantiles(start.Quantile, quantiles)
		F := []float64{s.FreeEnergy(q)}
		for range steps {
			if err := set.ctx.Err(); err != nil {
				return nil, nil, err
			}
			var err error
			if q, err = s.Next(q); err != nil {
				return nil, nil, err
			}
			F = append(F, s.FreeEnergy(q))
		}
		return q, F, nil
	}
	axis := pde.Line(-3, 3, 1201)
	f := profileOn(axis, well)
	ρ, err := f.Grid.Sample(func(x []float64) float64 { return start.Prob(x[0]) })
	if err != nil {
		return nil, err
	}
	ρ = pde.NewFokkerPlanck(f, 1/β).Evolve(ρ, end, 1600)

	density := fig.New(fmt.Sprintf("Densities at time %g", end))
	density.X, density.Y = fig.Axis{Label: "x", Min: -2, Max: 2}, fig.Axis{Label: "ρ"}
	density.Line("Fokker-Planck", axis.Points(), ρ.Values).In(fig.Black)
	energy := fig.New("Free energy")
	energy.X, energy.Y = fig.Axis{Label: "time"}, fig.Axis{Label: "F(ρ) = E V − β^{−1}H(ρ)"}
	var rows []Row
	laws := map[int][]float64{}
	counts := []int{2, 4, 8, 16, 32, 64}
	for _, n := range counts {
		q, F, err := law(n)
		if err != nil {
			return nil, err
		}
		laws[n] = q
		rise := 0.0
		for i := 1; i < len(F); i++ {
			rise = max(rise, F[i]-F[i-1])
		}
		if n <= 8 || n == 64 {
			time := floats.Span(make([]float64, n+1), 0, end)
			ink := map[int]fig.Color{2: fig.Vermillion, 4: fig.Orange, 8: fig.Green, 64: fig.Blue}[n]
			name := fmt.Sprintf("τ = %.3g", end/float64(n))
			energy.Line(name, time, F).In(ink)
			if n != 4 {
				x, y := make([]float64, 0, quantiles), make([]float64, 0, quantiles)
				const wide = 6 // neighbours a density is taken from
				for i := wide; i < len(q); i += wide {
					x, y = append(x, (q[i]+q[i-wide])/2), append(y, wide/float64(len(q))/(q[i]-q[i-wide]))
				}
				density.Line(name, x, y).In(ink).As(fig.Dashed)
			}
		}
		rows = append(rows, Row{Quantity: fmt.Sprintf("rises of F, τ = %g", end/float64(n)), Meaning: "the largest of a step", Ours: rise, Theory: 0})
	}
	last, before := laws[64], laws[32]
	limit := make([]float64, quantiles) // to second order in τ
	for i := range limit {
		limit[i] = 2*last[i] - before[i]
	}
	var off, τ []float64
	for _, n := range counts[:5] {
		d, err := transport.SampleDistance(laws[n], nil, limit, nil)
		if err != nil {
			return nil, err
		}
		off, τ = append(off, math.Sqrt(d)), append(τ, end/float64(n))
	}
	distances := fig.New("Distance from the limit")
	distances.X, distances.Y = fig.Axis{Label: "step τ", Scale: fig.Log}, fig.Axis{Label: "W_{2} from τ → 0", Scale: fig.Log}
	distances.Line("W_{2}", τ, off).In(fig.Blue)
	distances.Points("", τ, off).In(fig.Blue)
	distances.Func("order 1", func(t float64) float64 { return off[4] * t / τ[4] }, τ[4], τ[0]).In(fig.Gray).As(fig.Dashed)
	mean, second := 0.0, 0.0
	for i, v := range ρ.Values {
		x := axis.At(i)
		mean += x * v * axis.Step()
		second += x * x * v * axis.Step()
	}
	rows = append(rows,
		Row{Quantity: "order in τ", Meaning: "slope of log W_{2} between τ = 0.05 and 0.1", Ours: math.Log2(off[2] / off[3]), Theory: 1, Tolerance: 0.1},
		Row{Quantity: "E x, τ → 0", Meaning: "beside the Fokker-Planck equation on 1201 nodes", Ours: stat.Mean(limit, nil), Theory: mean, Tolerance: 1 / float64(quantiles)},
		Row{Quantity: "E x², τ → 0", Meaning: "the same; quantiles have no tails", Ours: floats.Dot(limit, limit) / float64(quantiles), Theory: second, Tolerance: 3 / float64(quantiles)})

	// Gaussian laws in a bowl: closed forms, Remark 6.19.
	m, s := 1.5, 0.4
	for range 5 {
		m, s = transport.GaussianStep(m, s, 1, 2, 0.1)
	}
	q := transport.Quantiles(distuv.Normal{Mu: 1.5, Sigma: 0.4}.Quantile, quantiles)
	bowl := transport.JKO{Potential: wells.Polynomial{0, 0, 0.5}.At, Beta: 2, Step: 0.1}
	for range 5 {
		if q, err = bowl.Next(q); err != nil {
			return nil, err
		}
	}
	rows = append(rows,
		Row{Quantity: "mean in a bowl", Meaning: "five steps of τ = 0.1, beside m/(1+κτ)^{5}", Ours: stat.Mean(q, nil), Theory: m, Tolerance: 1e-9},
		Row{Quantity: "deviation in a bowl", Meaning: "beside the closed form; quantiles have no tails", Ours: stat.PopStdDev(q, nil), Theory: s, Tolerance: 3 / float64(quantiles)})
	return &Result{
		Figure: fig.Grid("Fokker-Planck by steps of the least free energy", 3, density, energy, distances), Rows: rows,
		Notes: []string{
			fmt.Sprintf("V = ¼(x²−1)², β = %g, from N(0.3, 0.3²). Each step makes F(ρ) + W_{2}²(ρ, ρ_{k})/2τ least, over %d quantiles by Newton's method.", β, quantiles),
		},
		Sources: []string{"chaudhari2018", "jordan1998", "scharfetter1969"},
	}, nil
}
