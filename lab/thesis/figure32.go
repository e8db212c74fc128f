package thesis

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"

	"glassy/lab/device"
	"glassy/lab/entropy"
	"glassy/lab/fig"
	"glassy/lab/pde"
	"glassy/lab/rng"
	"glassy/lab/wells"
)

// A cartoon is the energy of Figure 3.2, over weights from 0 to 1000: a wide shallow
// valley, a narrow deep one, a plateau where it is high, and roughness.
type cartoon struct {
	ripples []wells.Cosine
}

// Where its parts are.
const (
	wideValley, narrowValley, candidate = 300, 810, 600
	cartoonSmall, cartoonLarge          = 1e3, 2e4 // the thesis's two scopes

	// Errors out of 16 chains follow Student's law, which is beyond four and a half of
	// them as rarely as a normal law is beyond three and a half.
	student = 1.5
)

func newCartoon() cartoon {
	var c cartoon
	s := rng.Key(32).Stream()
	for range 8 {
		c.ripples = append(c.ripples, wells.Cosine{Amplitude: 0.12, Frequency: 2 * math.Pi / (12 + 60*s.Float64()), Phase: 2 * math.Pi * s.Float64()})
	}
	return c
}

// At is f(x), f′(x); the curvature is not asked for.
func (c cartoon) At(x float64) (f, slope, curvature float64) {
	for _, p := range []struct{ height, from, to, edge float64 }{{-1, 200, 400, 15}, {0.6, 500, 700, 15}, {-2.5, 800, 820, 3}} {
		a, b := math.Tanh((x-p.from)/p.edge), math.Tanh((x-p.to)/p.edge)
		f += p.height / 2 * (a - b)
		slope += p.height / 2 * (b*b - a*a) / p.edge
	}
	for _, r := range c.ripples {
		v, s, _ := r.At(x)
		f, slope = f+v, slope+s
	}
	return f, slope, math.NaN()
}

// landscape is the cartoon for who walks on it.
func (c cartoon) landscape() *wells.Well {
	return wells.FuncGradient(1,
		func(x []float64) float64 { f, _, _ := c.At(x[0]); return f },
		func(x, g []float64) { _, g[0], _ = c.At(x[0]) })
}

// figure32 is what local entropy makes of a narrow deep valley and a wide shallow one.
func figure32(set settings) (*Result, error) {
	c := newCartoon()
	f := c.landscape()
	grid := pde.NewGrid(pde.Line(-1000, 2000, 6001)) // beyond, nothing is heard of at scope 2·10⁴
	field, err := grid.Sample(func(x []float64) float64 { v, _, _ := c.At(x[0]); return v })
	if err != nil {
		return nil, err
	}
	x := grid[0].Points()[2000:4001] // 0 to 1000
	chains := entropy.Options{Context: set.ctx, Steps: 500, Warmup: 100, Chains: 16}
	if set.scale != Quick {
		chains.Steps, chains.Warmup = 3000, 1000
	}
	r := &Result{Sources: []string{"chaudhari2018", "chaudhari2017", "roberts1996", "friel2008"}}

	picture := fig.New("Energy and local entropy")
	picture.X, picture.Y = fig.Axis{Label: "x", Min: 0, Max: 1000}, fig.Axis{Label: "f, f_{γ}", Min: -3, Max: 1.6}
	picture.Line("f", x, field.Values[2000:4001]).In(fig.Gray).Wide(0.3)
	shannon := fig.New("Shannon entropy")
	shannon.X, shannon.Y = fig.Axis{Label: "x", Min: 0, Max: 1000}, fig.Axis{Label: "H(ρ_{γ}) − ½ log 2πeγ", Unit: "nats"}
	slopes := fig.New("Slope of local entropy")
	slopes.X, slopes.Y = fig.Axis{Label: "x", Min: 0, Max: 1000}, fig.Axis{Label: "f_{γ}′"}

	var places []float64
	for p := 10.0; p < 1000; p += 20 {
		places = append(places, p)
	}
	for _, s := range []struct {
		scope float64
		name  string
		color fig.Color
	}{{cartoonSmall, "γ = 10^{3}", fig.Blue}, {cartoonLarge, "γ = 2·10^{4}", fig.Vermillion}} {
		smoothed, err := pde.Viscous(field, s.scope, 1)
		if err != nil {
			return nil, err
		}
		u, slope := smoothed.Values[2000:4001], smoothed.Slope(0).Values[2000:4001]

		l := entropy.Of(f, s.scope, 1)
		apart, H := 0.0, make([]float64, len(places))
		for i, p := range places {
			if set.ctx.Err() != nil {
				break
			}
			exact, err := l.Quadrature([]float64{p})
			if err != nil {
				return nil, err
			}
			apart = max(apart, math.Abs(exact.Value-smoothed.At(p)))
			H[i] = exact.Shannon - math.Log(2*math.Pi*math.E*s.scope)/2
		}
		rows := []Row{{Quantity: "Cole-Hopf beside quadrature, " + s.name, Meaning: fmt.Sprintf("largest difference at %d points: solution of (4.1) at time γ and local entropy", len(places)), Ours: apart, Theory: 0, Tolerance: 1e-9}}

		// What chains say, beside quadrature.
		var at, value, valueError, gradient, gradientError []float64
		for i, p := range []float64{100, wideValley, 450, candidate, 760, narrowValley} {
			exact, err := l.Quadrature([]float64{p})
			if err != nil {
				return nil, err
			}
			o := chains
			o.Seed, o.Name = uint64(i), fmt.Sprintf("chains at x = %g, %s", p, fig.Plain(s.name))
			got := l.Integrate(device.Of([]float64{p}), o)
			if got.Status == entropy.Stopped {
				break
			}
			at, value, valueError = append(at, p), append(value, got.Value.Value), append(valueError, got.Value.Error)
			gradient, gradientError = append(gradient, got.Gradient.Value[0]), append(gradientError, got.Gradient.Error[0])
			if p == wideValley || p == narrowValley {
				rows = append(rows,
					Row{Quantity: fmt.Sprintf("f_{γ}(%g), %s", p, s.name), Meaning: "by thermodynamic integration over chains of MALA; theory: quadrature", Ours: got.Value.Value, Error: got.Value.Error, Theory: exact.Value, Tolerance: got.Rule + student*got.Value.Error},
					Row{Quantity: fmt.Sprintf("f_{γ}′(%g), %s", p, s.name), Meaning: "by (3.10), the mean displacement of the chains", Ours: got.Gradient.Value[0], Error: got.Gradient.Error[0], Theory: exact.Gradient[0], Tolerance: student * got.Gradient.Error[0]})
			}
		}
		if r.Stopped = set.ctx.Err() != nil; r.Stopped { // the scope before it stays
			break
		}
		picture.Line(s.name, x, u).In(s.color)
		slopes.Line(s.name, x, slope).In(s.color)
		shannon.Line(s.name, places, H).In(s.color)
		picture.Points("by chains", at, value).YError(valueError).In(s.color)
		slopes.Points("by chains", at, gradient).YError(gradientError).In(s.color)
		r.Rows = append(append(r.Rows, rows...), measured("argmin f_{γ}, "+s.name, "the thesis: for large γ in the wide valley, which is from 200 to 400", x[floats.MinIdx(u)]))
	}
	if len(r.Rows) == 0 {
		return nil, set.ctx.Err()
	}
	lowest := x[floats.MinIdx(field.Values[2000:4001])]
	picture.Note(lowest, -2.75, "argmin f")
	picture.Note(wideValley, -1.75, "argmin f_{γ}")
	picture.Note(candidate, 1.4, "x_{candidate}")
	r.Rows = append(r.Rows, measured("argmin f", "in the narrow valley, 800 to 820", lowest))

	duel, crossing, err := figure32Duel(set, f)
	panels := []*fig.Figure{picture, duel, slopes, shannon}
	if r.Stopped = set.ctx.Err() != nil; r.Stopped {
		panels = []*fig.Figure{picture, slopes, shannon}
	} else if err != nil {
		return nil, err
	} else {
		r.Rows = append(r.Rows, measured("γ at which the wide valley wins", "f_{γ} of both is equal", crossing))
	}
	limit, err := entropy.Of(f, 1e-4, 1).Quadrature([]float64{candidate})
	if err != nil {
		return nil, err
	}
	r.Rows = append(r.Rows, Row{Quantity: "f_{γ} − f, γ = 10^{−4}", Meaning: "at x_candidate: normalised, as in (4.11); without the factor of (2πγ)^½ it would be 3.69", Ours: limit.Value - f.At(candidate), Theory: 0, Tolerance: 1e-5})

	r.Figure = fig.Grid("Local entropy concentrates on wide valleys", 2, panels...)
	r.Notes = []string{
		"The thesis prints neither f nor the seed. This f has its features in units of the temperature (β = 1): a valley of depth 1 and width 200, one of depth 2.5 and width 20, a plateau of height 0.6 and ripples; scopes are those of the figure, that is neighbourhoods of √γ = 32 and 141. Curves: exact on a grid, by Cole and Hopf; points, with their standard errors: chains of Langevin dynamics, that know of f its values and slopes alone.",
		"The wide valley wins by its volume only where depths differ by a few units of temperature: with depths of 80 and 200, and β = 1, the narrow one would stay the lower at every scope.",
		"Remark 3.4 says that Shannon's entropy is smallest over large flat regions. It is largest there, whatever the energy is (x_candidate), and smallest over narrow valleys; it is true that it does not tell a high plateau from a low valley.",
		"“For γ → 0 local entropy converges to f” needs the factor (2πγ)^{−d/2} that (3.9) lacks.",
	}
	return r, nil
}

// figure32Duel is the local entropy at the bottom of both valleys at all scopes, and the
// scope at which they are equal.
func figure32Duel(set settings, f *wells.Well) (p *fig.Figure, crossing float64, err error) {
	at := func(x, scope float64) (v float64) {
		point, e := entropy.Of(f, scope, 1).Quadrature([]float64{x})
		if e != nil {
			err = e
			return math.NaN()
		}
		return point.Value
	}
	p = fig.New("At the bottom of the valleys")
	p.X, p.Y = fig.Axis{Label: "scope γ", Scale: fig.Log}, fig.Axis{Label: "f_{γ}"}
	scopes := make([]float64, 25)
	floats.LogSpan(scopes, 10, 1e6)
	wide, narrow := make([]float64, len(scopes)), make([]float64, len(scopes))
	last := 0
	for i, γ := range scopes {
		if err := set.ctx.Err(); err != nil {
			return nil, 0, err
		}
		wide[i], narrow[i] = at(wideValley, γ), at(narrowValley, γ)
		if narrow[i] < wide[i] {
			last = i
		}
	}
	low, high := scopes[last], scopes[min(last+1, len(scopes)-1)]
	for high-low > 1e-4*high && err == nil {
		if middle := math.Sqrt(low * high); at(narrowValley, middle) < at(wideValley, middle) {
			low = middle
		} else {
			high = middle
		}
	}
	p.Line("narrow, x = 810", scopes, narrow).In(fig.Orange)
	p.Line("wide, x = 300", scopes, wide).In(fig.Green)
	p.Mark(high, fmt.Sprintf("γ = %.0f", high))
	return p, high, err
}
