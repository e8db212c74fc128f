package thesis

import (
	"fmt"
	"math"
	"math/cmplx"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/stat"

	"glassy/lab/fig"
	"glassy/lab/noneq/transport"
	"glassy/lab/pde"
	"glassy/lab/sde"
	"glassy/lab/wells"
)

// section41a is how densities go to Gibbs's law: in Wasserstein's distance, at the rate
// λ of convexity at least, and in the norm of L²(1/π), at the spectral gap in the end.
func section41a(set settings) (*Result, error) {
	const D, dt, end = 0.25, 0.02, 8.0
	walkers := 500
	if set.scale != Quick {
		walkers = 20_000
	}
	distance := fig.New("Distance to Gibbs's law")
	distance.X, distance.Y = fig.Axis{Label: "time t"}, fig.Axis{Label: "W_{2}(ρ_{t}, π) / W_{2}(ρ_{0}, π)", Scale: fig.Log, Min: 1e-3, Max: 1.5}
	norm := fig.New("Norm of what is left")
	norm.X, norm.Y = fig.Axis{Label: "time t"}, fig.Axis{Label: "‖ρ_{t}/π − 1‖ in L²(π)", Scale: fig.Log, Min: 1e-4, Max: 100}
	r := &Result{Figure: fig.Grid("How densities relax", 2, distance, norm), Sources: []string{"chaudhari2018", "carrillo2006", "bakry1985"}}
	axis := pde.Line(-3.5, 3.5, 701)
	start := profileOn(axis, wells.Polynomial{0})
	for i := range start.Values {
		start.Values[i] = math.Exp(-sq(axis.At(i)-1.5)/(2*0.05)) / math.Sqrt(2*math.Pi*0.05)
	}
	for k, c := range []struct {
		name  string
		f     wells.Polynomial
		color fig.Color
	}{
		{"½x²", wells.Polynomial{0, 0, 0.5}, fig.Blue},
		{"¼x⁴ + 0.1 x²", wells.Polynomial{0, 0, 0.1, 0, 0.25}, fig.Green},
		{"¼(x²−1)²", wells.DoubleWell(0), fig.Vermillion},
	} {
		if err := set.ctx.Err(); err != nil && k == 0 {
			return nil, err
		} else if r.Stopped = err != nil; r.Stopped {
			break
		}
		λ := -pde.LargestCurvature(func(x float64) (float64, float64, float64) { v, s, c := c.f.At(x); return -v, -s, -c }, -3.5, 3.5)
		e := pde.NewFokkerPlanck(profileOn(axis, c.f), D)
		π, ρ := e.Stationary(), start
		goal := quantile(π)
		var ts, w2, left []float64
		for t := 0.0; ; t += 10 * dt {
			ts, w2, left = append(ts, t), append(w2, math.Sqrt(transport.LineDistance(quantile(ρ), goal))), append(left, chiNorm(ρ, π))
			if t >= end {
				break
			}
			ρ = e.Evolve(ρ, 10*dt, 10)
		}
		floats.Scale(1/w2[0], w2)
		distance.Line(c.name, ts, w2).In(c.color)
		norm.Line(c.name, ts, left).In(c.color)
		if λ > 0 {
			distance.Func(fmt.Sprintf("e^{−λt}, λ = %.2g", λ), func(t float64) float64 { return math.Exp(-λ * t) }, 0, end).In(c.color).As(fig.Dashed)
		}

		// Two walkers of the same noise come as near to each other as λ makes them.
		x := make([]float64, 2*walkers)
		pair := sde.Equation{Dim: 2,
			Drift: func(_ float64, x, b []float64) {
				for a := range b {
					_, slope, _ := c.f.At(x[a])
					b[a] = -slope
				}
			},
		}
		noise := sde.Paths(1, walkers, 1, 3.2, 6)
		for i := range walkers {
			x[2*i], x[2*i+1] = 1.5, -0.5
		}
		pair.Noise = func(_ float64, _, s []float64) { s[0], s[1] = math.Sqrt(2*D), math.Sqrt(2*D) }
		var apartAt, apart, errors []float64
		_, status := pair.Run(x, sde.Options{Step: 0.05, Steps: 64, Method: sde.Heun, Context: set.ctx, Name: "pairs in " + c.name, Every: 8,
			Paths: func(walker, step int, dB []float64) {
				noise(walker, step, dB[:1])
				dB[1] = dB[0]
			},
			Observe: func(_ int, t float64, x []float64) {
				squares := make([]float64, walkers)
				for i := range squares {
					squares[i] = sq(x[2*i]-x[2*i+1]) / 4
				}
				mean, deviation := stat.MeanStdDev(squares, nil)
				apartAt, apart = append(apartAt, t), append(apart, math.Sqrt(mean))
				errors = append(errors, stat.StdErr(deviation, float64(walkers))/(2*math.Sqrt(mean)))
			}})
		if status != sde.Finished {
			if r.Stopped = k > 0; r.Stopped {
				break
			}
			return nil, set.ctx.Err()
		}
		distance.Points("", apartAt, apart).YError(errors).In(c.color)

		gap := e.Rates(1)[0]
		norm.Func(fmt.Sprintf("at the gap, %.4g", gap), func(t float64) float64 { return left[len(left)-1] * math.Exp(gap*(end-t)) }, 0, end).In(c.color).As(fig.Dashed)
		n := len(ts) - 1
		r.Rows = append(r.Rows,
			Row{Quantity: "rate of the norm, " + c.name, Meaning: "at the end, beside the spectral gap, as implicit steps show it", Ours: math.Log(left[n-5]/left[n]) / (ts[n] - ts[n-5]),
				Theory: math.Log1p(gap*dt) / dt, Tolerance: 2e-3 * gap}, // what the second rate leaves
			measured("spectral gap, "+c.name, fmt.Sprintf("D = %g; least f″ is %.3g", D, λ), gap))
		if λ > 0 {
			r.Rows = append(r.Rows,
				Row{Quantity: "times beyond e^{−λt}, " + c.name, Meaning: fmt.Sprintf("of %d; W₂ contracts at the rate λ at least", n+1), Ours: faster(ts, w2, λ, dt), Theory: 0},
				Row{Quantity: "gap below λ, " + c.name, Meaning: "max(0, λ − λ_{1}); Bakry and Émery: none", Ours: max(0, λ-gap), Theory: 0, Tolerance: 1e-3}) // of the grid
		}
		if k == 0 {
			last := len(apart) - 1
			r.Rows = append(r.Rows, Row{Quantity: "pairs in ½x²", Meaning: fmt.Sprintf("distance at t = %g of that at 0, beside e^{−t}", apartAt[last]), Ours: apart[last], Theory: math.Exp(-apartAt[last]), Tolerance: 2e-4 * math.Exp(-apartAt[last]) * apartAt[last] / 0.05})
		}
	}
	r.Notes = []string{
		"From a normal law at 1.5 of variance 0.05, D = 0.25. Left: lines by the Fokker-Planck equation; points: root mean square distance of two walkers of the same noise that start 2 apart, which bounds W_{2} of their laws.",
		"λ-convexity is ∇²f − λI ⪰ 0: the thesis prints a plus sign. In the double well λ = −1 says nothing, and the gap everything.",
	}
	return r, nil
}

// quantile is that of a density on a line, which is constant around each node.
func quantile(ρ *pde.Field) transport.Quantile {
	a := ρ.Grid[0]
	edges, mass := []float64{a.Low - a.Step()/2}, []float64{0}
	for i, p := range ρ.Values {
		edges, mass = append(edges, edges[0]+float64(i+1)*a.Step()), append(mass, mass[i]+p*a.Step())
	}
	return func(u float64) float64 { return along(mass, edges, min(u, mass[len(mass)-1])) }
}

// chiNorm is the square root of ∫ (ρ/π - 1)² π.
func chiNorm(ρ, π *pde.Field) float64 {
	sum := 0.0
	for i, p := range ρ.Values {
		if π.Values[i] > 0 {
			sum += sq(p-π.Values[i]) / π.Values[i]
		}
	}
	return math.Sqrt(sum * π.Grid.Cell())
}

// faster is at how many times y is above e^{-λt}, as far as implicit steps and the
// grid can tell.
func faster(ts, y []float64, λ, dt float64) (times float64) {
	for i, t := range ts {
		if y[i] > math.Exp(-math.Log1p(λ*dt)/dt*t)*(1+1e-3)+1e-4 {
			times++
		}
	}
	return times
}

// section41b is Langevin dynamics with inertia: how it goes over into the overdamped one
// as friction grows, within a well and over a barrier.
func section41b(set settings) (*Result, error) {
	const D, t = 0.25, 0.5
	bowlWalkers, escapes := 2000, 150
	if set.scale != Quick {
		bowlWalkers, escapes = 100_000, 5000
	}
	within := fig.New("From rest in a bowl")
	within.X, within.Y = fig.Axis{Label: "friction c", Scale: fig.Log}, fig.Axis{Label: "E X² at time c/2"}
	limit := D * -math.Expm1(-2*t)
	within.Level(limit, "overdamped").As(fig.Dashed).Foot()
	within.Func("exact", func(c float64) float64 { return fromRest(c, D, c*t) }, 0.5, 40).In(fig.Black)
	r := &Result{Sources: []string{"chaudhari2018", "kramers1940", "leimkuhler2013"}}
	var at, squares, errors []float64
	for i, c := range []float64{0.5, 1, 2, 4, 8, 16, 32} {
		steps := int(math.Ceil(c * t / min(0.05, 0.2/c))) // the friction in a step is small
		x, v := make([]float64, bowlWalkers), make([]float64, bowlWalkers)
		k := sde.Kinetic{Landscape: wells.New(wells.Polynomial{0, 0, 0.5}), Friction: c, D: D}
		if _, status := k.Run(x, v, sde.Options{Step: c * t / float64(steps), Steps: steps, Seed: uint64(i), Context: set.ctx, Name: fmt.Sprintf("friction %g", c)}); status != sde.Finished {
			r.Stopped = true
			break
		}
		mean := floats.Dot(x, x) / float64(bowlWalkers)
		at, squares, errors = append(at, c), append(squares, mean), append(errors, mean*math.Sqrt(2/float64(bowlWalkers)))
		r.Rows = append(r.Rows, Row{Quantity: fmt.Sprintf("E X², c = %g", c), Meaning: fmt.Sprintf("%d walkers by BAOAB, beside the exact one; overdamped %.4f", bowlWalkers, limit),
			Ours: mean, Error: errors[i], Theory: fromRest(c, D, c*t), Tolerance: 5e-3 * mean}) // of steps: the square of ch over 12
	}
	if len(at) == 0 {
		return nil, set.ctx.Err()
	}
	within.Points("walkers", at, squares).YError(errors).In(fig.Blue)
	_, order := stat.LinearRegression(logarithms([]float64{16, 32}), logarithms([]float64{math.Abs(fromRest(16, D, 8) - limit), math.Abs(fromRest(32, D, 16) - limit)}), nil, false)
	r.Rows = append(r.Rows, Row{Quantity: "exponent of c", Meaning: "in what is left to the overdamped limit, of the exact E X², from c = 16 to 32", Ours: order, Theory: -2, Tolerance: 0.1})

	// Over the barrier of a double well: Kramers's law for any friction that is not small.
	const T = 0.1
	well := wells.DoubleWell(0)
	over := fig.New("Over a barrier")
	over.X, over.Y = fig.Axis{Label: "friction c", Scale: fig.Log}, fig.Axis{Label: "E τ / c"}
	exact := pde.PassageTime(well.At, -1, 1, T)
	slower := func(c float64) float64 { return (math.Sqrt(c*c/4+1) + c/2) / c } // ω at the saddle is 1
	over.Level(exact, "overdamped").As(fig.Dashed).Foot()
	over.Func("Kramers × overdamped", func(c float64) float64 { return exact * slower(c) }, 0.7, 10).In(fig.Black)
	var cs, times, bars []float64
	for i, c := range []float64{0.7, 1.5, 4, 10} {
		s := math.Sqrt(2 * c * T)
		e := sde.Equation{Dim: 2,
			Drift: func(_ float64, x, b []float64) {
				_, slope, _ := well.At(x[0])
				b[0], b[1] = x[1], -slope-c*x[1]
			},
			Noise: func(_ float64, _, out []float64) { out[0], out[1] = 0, s },
		}
		h := min(0.04, 0.2/c)
		p := e.PassageTimes(slices.Repeat([]float64{-1, 0}, escapes), func(x []float64) bool { return x[0] >= 1 },
			sde.Options{Step: h, Steps: int(40 * exact * c * slower(c) / h), Method: sde.Heun, Seed: uint64(i), Context: set.ctx, Name: fmt.Sprintf("escape at friction %g", c)})
		if p.Status != sde.Finished {
			r.Stopped = true
			break
		}
		cs, times, bars = append(cs, c), append(times, p.Mean/c), append(bars, p.Error/c)
		row := measured(fmt.Sprintf("E τ / c, c = %g", c), fmt.Sprintf("%d walkers; Kramers's factor times the overdamped time: %.4g", escapes, exact*slower(c)), p.Mean/c)
		row.Error = p.Error / c
		if c >= 4 { // else more than the barrier decides
			row.Theory, row.Tolerance = exact*slower(c), 0.05*exact // of the order of D/Δf of what friction does
		}
		r.Rows = append(r.Rows, row)
	}
	if len(cs) > 0 {
		over.Points("walkers", cs, times).YError(bars).In(fig.Blue)
	}
	r.Figure = fig.Grid("Dynamics with inertia", 2, within, over)
	r.Notes = []string{
		"dX = V dt, dV = −f′dt − cV dt + √(2cD) dB, of the same law e^{−f/D}; X at time ct is as the overdamped walk at t, up to a part of the order 1/c². The thesis's system, after (4.10), lacks a time scale: with its c^{−1} alone before dp the noise must be √c larger for that limit.",
		"Right: ¼(x²−1)², D = 0.1, from −1 to 1. Kramers (1940): the overdamped time is longer by (√(c²/4+ω²)+c/2)/c with the curvature ω² at the saddle; where friction is small walkers go to and fro at one energy, and his law is another one.",
	}
	return r, nil
}

// fromRest is E X² at time t of dX = V dt, dV = -X dt - cV dt + √(2cD) dB from rest at 0.
func fromRest(c, D, t float64) float64 {
	// The response to a kick is (e^{-as} - e^{-bs})/(b-a).
	root := cmplx.Sqrt(complex(c*c/4-1, 0))
	if root == 0 { // critical: the limit, to 9 digits
		root = 1e-5
	}
	a, b := complex(c/2, 0)-root, complex(c/2, 0)+root
	part := func(rate complex128) complex128 { return (1 - cmplx.Exp(-rate*complex(t, 0))) / rate }
	return real(complex(2*c*D, 0) / ((b - a) * (b - a)) * (part(2*a) - 2*part(a+b) + part(2*b)))
}
