package thesis

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/stat"

	"glassy/lab/fig"
	"glassy/lab/pde"
	"glassy/lab/sde"
	"glassy/lab/wells"
)

// tilted is the double well of Section 4.1.1: the left minimum is the lower one.
var tilted = wells.DoubleWell(0.05)

// tiltedExtrema are its minima and the maximum between them.
func tiltedExtrema() (left, saddle, right wells.Extremum) {
	e := wells.Extrema(tilted, -2, 2)
	return e[0], e[1], e[2]
}

// section411a is Kramers's law: how long walkers take from one minimum of a double
// well to the other, both ways, beside the exact time and its limit for small D.
func section411a(set settings) (*Result, error) {
	const h = 0.02
	walkers, Ds := 400, []float64{0.25, 0.15, 0.11, 0.09, 0.075}
	if set.scale != Quick {
		walkers, Ds = 20_000, append(Ds, 0.05)
	}
	left, saddle, right := tiltedExtrema()
	mirrored := func(x float64) (v, slope, curvature float64) {
		v, slope, curvature = tilted.At(-x)
		return v, -slope, curvature
	}
	arrhenius := fig.New("Mean time to the other minimum")
	arrhenius.X, arrhenius.Y = fig.Axis{Label: "1/D"}, fig.Axis{Label: "E τ", Scale: fig.Log}
	survival := fig.New("Walkers that are not there yet")
	survival.X, survival.Y = fig.Axis{Label: "t / E τ", Min: 0, Max: 4}, fig.Axis{Label: "share of walkers", Scale: fig.Log, Min: 0.01, Max: 1.2}
	survival.Func("e^{−t/Eτ}", func(s float64) float64 { return math.Exp(-s) }, 0, 4).In(fig.Black)
	r := &Result{Sources: []string{"chaudhari2018", "kramers1940", "siegmund1979"}}
	for k, way := range []struct {
		name  string
		f     pde.Profile // in which the walk goes to the right
		a, b  wells.Extremum
		sign  float64
		color fig.Color
	}{
		{"from the lower minimum", tilted.At, left, right, 1, fig.Blue},
		{"from the upper minimum", mirrored, right, left, -1, fig.Vermillion},
	} {
		a, b := way.sign*way.a.X, way.sign*way.b.X
		exact := func(D float64) float64 { return pde.PassageTime(way.f, a, b, D) }
		kramers := func(D float64) float64 { return pde.Kramers(way.f, a, way.sign*saddle.X, D) }
		var at, means, errors, line []float64
		for i, D := range Ds {
			x := slices.Repeat([]float64{way.a.X}, walkers)
			p := sde.Langevin(wells.New(tilted), D).PassageTimes(x, func(x []float64) bool { return way.sign*x[0] >= b },
				sde.Options{Step: h, Steps: int(30 * exact(D) / h), Method: sde.Heun, Seed: uint64(10*k + i), Context: set.ctx, Name: fmt.Sprintf("%s, D = %g", way.name, D)})
			if r.Stopped = p.Status != sde.Finished; r.Stopped {
				break
			}
			at, means, errors = append(at, 1/D), append(means, p.Mean), append(errors, p.Error)
			r.Rows = append(r.Rows, Row{
				Quantity: fmt.Sprintf("E τ %s, D = %g", way.name, D), Meaning: fmt.Sprintf("%d walkers, beside the exact mean; Kramers: %.4g", walkers, kramers(D)),
				Ours: p.Mean, Error: p.Error,
				// The walk in steps is there when it is seen there: 0.58 of a step's spread beyond.
				Theory: pde.PassageTime(way.f, a, b+0.5826*math.Sqrt(2*D*h), D), Tolerance: 5e-3 * p.Mean,
			})
			if i == len(Ds)-1 {
				slices.Sort(p.Times)
				var s, share []float64
				for j, t := range p.Times {
					s, share = append(s, t/p.Mean), append(share, 1-(float64(j)+0.5)/float64(walkers))
				}
				survival.Line(fmt.Sprintf("%s, D = %g", way.name, D), s, share).In(way.color)
				r.Rows = append(r.Rows, Row{
					Quantity: "beside the exponential law, " + way.name, Meaning: "largest difference of the shares; 1.63/√n, and D for the way down",
					Ours: gapToExponential(s), Theory: 0, Tolerance: 1.63/math.Sqrt(float64(walkers)) + D,
				})
			}
		}
		if len(r.Rows) == 0 {
			return nil, set.ctx.Err()
		}
		inverse := make([]float64, 4*len(Ds))
		floats.Span(inverse, 1/Ds[0], 1/Ds[len(Ds)-1])
		for _, v := range inverse {
			line = append(line, exact(1/v))
		}
		arrhenius.Line("exact, "+way.name, inverse, line).In(way.color)
		arrhenius.Func("Kramers", func(v float64) float64 { return kramers(1 / v) }, 1/Ds[0], 1/Ds[len(Ds)-1]).In(way.color).As(fig.Dashed)
		if len(at) > 0 {
			arrhenius.Points("walkers", at, means).YError(errors).In(way.color)
		}
		// At the smallest D the prefactor has little say left.
		n := len(line)
		_, barrier := stat.LinearRegression(inverse[n-2:], logarithms(line[n-2:]), nil, false)
		r.Rows = append(r.Rows, Row{
			Quantity: "barrier " + way.name, Meaning: "d log E τ / d(1/D) of the exact time at the smallest D, beside f(x₃) − f(x)",
			Ours: barrier, Theory: saddle.Energy - way.a.Energy, Tolerance: Ds[len(Ds)-1] / 2,
		})
		if r.Stopped {
			break
		}
	}
	D := Ds[len(Ds)-1]
	gap := pde.NewFokkerPlanck(profileOn(pde.Line(-2.6, 2.6, 1041), tilted), D).Rates(1)[0]
	there, back := pde.PassageTime(tilted.At, left.X, right.X, D), pde.PassageTime(mirrored, -right.X, -left.X, D)
	r.Rows = append(r.Rows, Row{
		Quantity: fmt.Sprintf("spectral gap, D = %g", D), Meaning: "of the Fokker-Planck operator, beside 1/τ₁₂ + 1/τ₂₁",
		Ours: gap, Theory: 1/there + 1/back, Tolerance: gap * D, // what the time spent on the way is to that in the wells
	})
	r.Figure = fig.Grid("Escape from a well", 2, arrhenius, survival)
	r.Notes = []string{
		"f = ¼(x²−1)² + 0.05 x, dX = −f′dt + √(2D) dB. Solid: E τ = 1/D ∫e^{f/D}∫e^{−f/D}; dashed: Kramers's law 2π/√(f″(x_{1})|f″(x_{3})|) e^{Δf/D}, its limit for small D.",
		"With the noise β^{−½} of (4.2) D = 1/2β, and the exponent is 2βΔf: the thesis prints βΔf. Its “energies f(x_{1}) and f(x_{2})” are those of x_{3} and x_{1}.",
	}
	return r, nil
}

// gapToExponential is Kolmogorov's distance of ascending times, in units of their
// mean, to the exponential law.
func gapToExponential(s []float64) (most float64) {
	n := float64(len(s))
	for i, t := range s {
		F := -math.Expm1(-t)
		most = max(most, F-float64(i)/n, float64(i+1)/n-F)
	}
	return most
}

// section411b is simulated annealing with D = Δ/log(e+t): the share of walkers in
// the wrong well, beside the Fokker-Planck equation with the same D(t).
func section411b(set settings) (*Result, error) {
	const h, end = 0.05, 200.0
	walkers, latest := 400, 1e5
	if set.scale != Quick {
		walkers, latest = 10_000, 1e7
	}
	left, saddle, right := tiltedExtrema()
	depth := saddle.Energy - right.Energy // of the upper minimum: Hajek's number
	p := fig.New("Walkers in the upper well")
	p.X, p.Y = fig.Axis{Label: "time t", Scale: fig.Log}, fig.Axis{Label: "P(X_{t} > x_{3})", Scale: fig.Log}
	r := &Result{Figure: p, Sources: []string{"chaudhari2018", "kushner1987", "hajek1988"}}
	axis := pde.Line(-2.6, 2.6, 521)
	f := profileOn(axis, tilted)
	for i, c := range []struct {
		times float64
		color fig.Color
	}{{0.5, fig.Vermillion}, {1, fig.Green}, {2, fig.Blue}} {
		Δ := c.times * depth
		cool := func(t float64) float64 { return Δ / math.Log(math.E+t) }
		name := fmt.Sprintf("Δ = %g d*", c.times)
		ts, wrong, err := cooled(set, f, right.X, saddle.X, cool, latest)
		if err != nil && i > 0 {
			r.Stopped = true
			break
		}
		if err != nil {
			return nil, err
		}
		p.Line(name, ts, wrong).In(c.color)

		var at, share, errors []float64
		x := slices.Repeat([]float64{right.X}, walkers)
		_, status := sde.Annealing(wells.New(tilted), cool).Run(x, sde.Options{
			Step: h, Steps: int(end / h), Method: sde.Heun, Seed: uint64(i), Context: set.ctx, Name: "annealing, " + name,
			Every: int(end / h / 40),
			Observe: func(step int, t float64, x []float64) {
				k := step / int(end/h/40)
				if k&(k-1) != 0 && k != 40 { // at 1, 2, 4, …
					return
				}
				count := 0.0
				for _, v := range x {
					if v > saddle.X {
						count++
					}
				}
				P := count / float64(walkers)
				at, share, errors = append(at, t), append(share, P), append(errors, math.Sqrt(P*(1-P)/float64(walkers)))
			},
		})
		if r.Stopped = status != sde.Finished; r.Stopped && (i == 0 || len(at) == 0) {
			break
		}
		p.Points("", at, share).YError(errors).In(c.color)
		for _, k := range []int{len(at) / 2, len(at) - 1} {
			r.Rows = append(r.Rows, Row{
				Quantity: fmt.Sprintf("P(wrong well), %s, t = %g", name, at[k]), Meaning: fmt.Sprintf("%d walkers, beside the Fokker-Planck equation with D(t)", walkers),
				Ours: share[k], Error: errors[k], Theory: along(ts, wrong, at[k]), Tolerance: 5e-3, // of both discretisations
			})
		}
		r.Rows = append(r.Rows, measured(fmt.Sprintf("P(wrong well), %s, t = 10^{%g}", name, math.Log10(latest)), "by the equation", wrong[len(wrong)-1]))
		if r.Stopped {
			break
		}
	}
	if len(r.Rows) == 0 {
		return nil, set.ctx.Err()
	}
	// In equilibrium at D(t) the upper well has this share; by Laplace's method.
	p.Func("equilibrium at 2 d*", func(t float64) float64 {
		D := 2 * depth / math.Log(math.E+t)
		return 1 / (1 + math.Sqrt(right.Curvature/left.Curvature)*math.Exp((right.Energy-left.Energy)/D))
	}, 1, latest).In(fig.Gray).As(fig.Dashed)
	r.Notes = []string{
		fmt.Sprintf("f = ¼(x²−1)² + 0.05 x, D(t) = Δ/log(e+t), walkers start in the upper well, whose depth is d* = %.4f. Lines: Fokker-Planck; points: walkers.", depth),
		"The points of a line are the same walkers: where one is off by chance, so are its neighbours. The equation's steps, in time and on the line, change no share by more than 0.0004.",
		"Hajek: the share goes to 0 if and only if Δ ≥ d*, and then no faster than the power t^{−δf/Δ} of the equilibrium. The schedule β = log(t+1) in (4.2) is Δ = ½ in the units of f: whether that is enough is a matter of the deepest wrong well.",
	}
	return r, nil
}

// cooled is the mass to the right of a point of a density that starts at another,
// while D falls, at times that grow by a factor.
func cooled(set settings, f *pde.Field, start, point float64, D func(t float64) float64, latest float64) (ts, mass []float64, err error) {
	a := f.Grid[0]
	ρ := profileOn(a, wells.Polynomial{0})
	ρ.Values[int(math.Round((start-a.Low)/a.Step()))] = 1 / a.Step()
	const longer = 0.01 // steps are this part of the time that has passed: an error of the order of 1 %, that of D within them
	for t := 0.0; t < latest; {
		if err := set.ctx.Err(); err != nil {
			return nil, nil, err
		}
		dt := longer * (t + 1)
		ρ = pde.NewFokkerPlanck(f, D(t+dt/2)).Evolve(ρ, dt, 2)
		if t += dt; t < 1 {
			continue
		}
		right := 0.0
		for i, p := range ρ.Values {
			if a.At(i) > point {
				right += p * a.Step()
			}
		}
		ts, mass = append(ts, t), append(mass, right)
	}
	return ts, mass, nil
}

// along is y at x, linear between ascending xs.
func along(xs, ys []float64, x float64) float64 {
	i, _ := slices.BinarySearch(xs, x)
	i = min(max(i, 1), len(xs)-1)
	return ys[i-1] + (ys[i]-ys[i-1])*(x-xs[i-1])/(xs[i]-xs[i-1])
}
