package pde

import (
	"math"
	"math/rand/v2"
	"testing"
)

func must(t testing.TB) func(f *Field, err error) *Field {
	return func(f *Field, err error) *Field {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
}

func near(t *testing.T, what string, got, want, bound float64) {
	t.Helper()
	if !(math.Abs(got-want) <= bound) {
		t.Errorf("%s: %.15g, expected %.15g, they differ by %.2g, more than %.2g", what, got, want, math.Abs(got-want), bound)
	}
}

// wave is ¼(x²-1)² + ¼cos 3x, with its derivatives.
func wave(x float64) (v, slope, curvature float64) {
	s, c := math.Sincos(3 * x)
	q := x*x - 1
	return q*q/4 + c/4, q*x - 3*s/4, 3*x*x - 1 - 9*c/4
}

func sample(t testing.TB, a Axis, f Profile) *Field {
	return must(t)(NewGrid(a).Sample(func(x []float64) float64 { v, _, _ := f(x[0]); return v }))
}

// The sum over nodes is the integral over the line, to rounding, where the function
// confines; and its error stays so small where e^(-βf) underflows.
func TestViscousIsTheIntegral(t *testing.T) {
	for _, c := range []struct{ time, beta float64 }{{0.2, 5}, {1, 1}, {0.05, 30}, {0.3, 400}, {0.3, 1500}} {
		a := Axis{-4, 4, 3001, Open}
		u := must(t)(Viscous(sample(t, a, wave), c.time, c.beta))
		for i := 600; i < 2400; i += 97 {
			want := ViscousAt(wave, a.At(i), c.time, c.beta)
			near(t, "u", u.Values[i], want.Value, 2e-12*max(1, math.Abs(want.Value)))
			near(t, "u_x", u.Slope(0).Values[i], want.Slope, 2e-4*max(1, c.beta/100))
		}
	}
}

// A constant more in f is one more in u, in time zero nothing happens, two times
// are one, and a plane is smoothed axis by axis.
func TestViscousIdentities(t *testing.T) {
	a := Line(-3, 3, 301)
	f := sample(t, a, wave)
	u := must(t)(Viscous(f, 0.3, 4))
	shifted := must(t)(Viscous(f.Add(1000), 0.3, 4))
	again := must(t)(Viscous(must(t)(Viscous(f, 0.1, 4)), 0.2, 4))
	for i, v := range u.Values {
		near(t, "constant", shifted.Values[i], v+1000, 1e-11)
		near(t, "semigroup", again.Values[i], v, 1e-12)
	}
	b := Axis{0, 2, 100, Periodic}
	plane := must(t)(NewGrid(a, b).Sample(func(x []float64) float64 {
		v, _, _ := wave(x[0])
		return v + math.Sin(math.Pi*x[1])
	}))
	w := must(t)(Viscous(plane, 0.3, 4))
	sine := must(t)(Viscous(must(t)(NewGrid(b).Sample(func(x []float64) float64 { return math.Sin(math.Pi * x[0]) })), 0.3, 4))
	for i := range w.Values {
		near(t, "separable", w.Values[i], u.Values[i/100]+sine.Values[i%100], 1e-12)
	}
}

func TestViscousWalls(t *testing.T) {
	f := must(t)(NewGrid(Axis{0, 1, 101, Open}).Sample(func(x []float64) float64 {
		if x[0] > 0.5 {
			return math.Inf(1)
		}
		return 0
	}))
	u := must(t)(Viscous(f, 0.01, 1))
	near(t, "beyond the wall", u.Values[60], -math.Log(mass(60, 0, 50, 0.1)), 1e-12)
	if _, err := Viscous(f, 1e-6, 1); err == nil {
		t.Error("a kernel within a step is no error")
	}
}

// mass is the sum of the normal law of that width over nodes from..to of step 0.01.
func mass(at, from, to int, width float64) float64 {
	s := 0.0
	for i := from; i <= to; i++ {
		z := 0.01 * float64(at-i) / width
		s += 0.01 * math.Exp(-z*z/2) / (width * math.Sqrt(2*math.Pi))
	}
	return s
}

// f ≤ g gives u ≤ v, for all of them, and u lies between the inviscid solution and
// the heat equation's (Jensen).
func TestComparison(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	a := Line(-1, 1, 200)
	for range 20 {
		f, g := make([]float64, 200), make([]float64, 200)
		for i := range f {
			f[i] = 3 * r.NormFloat64()
			g[i] = f[i] + 5*r.ExpFloat64()*float64(r.IntN(2))
		}
		F, G := must(t)(NewGrid(a).Field(f)), must(t)(NewGrid(a).Field(g))
		time := 0.3 * r.Float64()
		beta := 0.1 + 20*r.Float64()
		if time/beta < a.Step()*a.Step() {
			continue
		}
		uf, ug := must(t)(Viscous(F, time, beta)), must(t)(Viscous(G, time, beta))
		hf, _ := HopfLax(F, time)
		hg, _ := HopfLax(G, time)
		sf, _ := Scheme(F, time/50, 0.5/beta)
		sg, _ := Scheme(G, time/50, 0.5/beta)
		heat := Heat(F, time/beta)
		for i := range f {
			if uf.Values[i] > ug.Values[i]+1e-12 || hf.Values[i] > hg.Values[i] || sf.Values[i] > sg.Values[i]+1e-12 {
				t.Fatal("the comparison principle does not hold")
			}
			if uf.Values[i] > heat.Values[i]+1e-6 {
				t.Fatalf("u = %g above the heat equation's %g", uf.Values[i], heat.Values[i])
			}
		}
	}
}

// So in the plane; the scheme in a step as long as both functions allow, but for a factor
// of 2: beside another with more steps it is off by their errors.
func TestComparisonPlane(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 3))
	g := NewGrid(Line(-1, 1, 40), Axis{-1, 1, 30, Periodic})
	for range 10 {
		low, high := make([]float64, g.Nodes()), make([]float64, g.Nodes())
		for i := range low {
			low[i] = 3 * r.NormFloat64()
			high[i] = low[i] + 5*r.ExpFloat64()*float64(r.IntN(2))
		}
		f, h := must(t)(g.Field(low)), must(t)(g.Field(high))
		beta := 0.1 + 5*r.Float64()
		time := beta * (0.005 + 0.1*r.Float64()) // wider than a step
		uf, uh := must(t)(Viscous(f, time, beta)), must(t)(Viscous(h, time, beta))
		hf, _ := HopfLax(f, time)
		hh, _ := HopfLax(h, time)
		time = 1e-3
		sf, n := Scheme(f, time, 0.5/beta)
		sh, m := Scheme(h, time, 0.5/beta)
		for n > 1 || m > 1 {
			time /= 2
			sf, n = Scheme(f, time, 0.5/beta)
			sh, m = Scheme(h, time, 0.5/beta)
		}
		for i := range low {
			if uf.Values[i] > uh.Values[i]+1e-12 || hf.Values[i] > hh.Values[i] || sf.Values[i] > sh.Values[i]+1e-12 {
				t.Fatalf("β = %g, node %d: u %v and %v, by Hopf and Lax %v and %v, by the scheme %v and %v", beta, i, uf.Values[i], uh.Values[i], hf.Values[i], hh.Values[i], sf.Values[i], sh.Values[i])
			}
		}
	}
}

func TestHopfLaxBruteForce(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 200 {
		n := 3 + r.IntN(40)
		boundary := Boundary(r.IntN(3))
		g := NewGrid(Axis{-1, -1 + 3*r.Float64() + 0.1, n, boundary})
		f := make([]float64, n)
		for i := range f {
			f[i] = math.Round(4*r.NormFloat64()) / 2
			if r.IntN(6) == 0 {
				f[i] = math.Inf(1)
			}
		}
		compareBrute(t, must(t)(g.Field(f)), math.Exp(3*r.NormFloat64()-2))
	}
}

// compareBrute holds HopfLax against all pairs of nodes.
func compareBrute(t *testing.T, f *Field, time float64) {
	t.Helper()
	u, prox := HopfLax(f, time)
	a := f.Grid[0]
	for i := range f.Values {
		want := math.Inf(1)
		cost := func(j int) float64 {
			steps := max(i-j, j-i)
			if a.Boundary == Periodic {
				steps = min(steps, len(f.Values)-steps)
			}
			d := float64(steps) * a.Step()
			return f.Values[j] + d*d/(2*time)
		}
		for j := range f.Values {
			want = min(want, cost(j))
		}
		if math.IsInf(want, 1) {
			if !math.IsInf(u.Values[i], 1) || prox[i] != -1 {
				t.Fatalf("nowhere finite, and u = %g at node %d", u.Values[i], prox[i])
			}
			continue
		}
		bound := 1e-13 * max(1, math.Abs(want))
		if math.Abs(u.Values[i]-want) > bound || math.Abs(cost(int(prox[i]))-want) > bound {
			t.Fatalf("node %d of %v at time %g: %.17g at node %d, expected %.17g\n%v", i, a, time, u.Values[i], prox[i], want, f.Values)
		}
	}
}

func FuzzHopfLax(f *testing.F) {
	f.Add(uint64(1), 0.1, 12, 0)
	f.Add(uint64(2), 1e9, 5, 1)
	f.Add(uint64(3), 1e-9, 30, 2)
	f.Fuzz(func(t *testing.T, seed uint64, time float64, n, boundary int) {
		// Any numbers become a time and a grid of 3 to 200 nodes.
		time = min(max(math.Abs(time), 1e-200), 1e200)
		if math.IsNaN(time) {
			time = 1
		}
		n, boundary = 3+((n-3)%198+198)%198, (boundary%3+3)%3
		r := rand.New(rand.NewPCG(seed, 5))
		v := make([]float64, n)
		for i := 0; i < n; {
			height, slope := r.NormFloat64(), r.NormFloat64()
			for range 1 + r.IntN(8) { // piecewise linear, with jumps
				if i < n {
					v[i] = height
					height += slope
					i++
				}
			}
		}
		compareBrute(t, must(t)(NewGrid(Axis{0, 1, n, Boundary(boundary)}).Field(v)), time)
	})
}

// The monotone scheme tends to both formulas at first order.
func TestSchemeConverges(t *testing.T) {
	// Reflected at ±2, as the scheme's ends are.
	f := func(x float64) (v, slope, curvature float64) { return math.Cos(math.Pi * x / 2 * 3), 0, 0 }
	for _, beta := range []float64{3, math.Inf(1)} {
		var wrong []float64
		for _, n := range []int{100, 200, 400} {
			// Nodes half a step within, so that the mirrors are at ±2.
			h := 4 / float64(n)
			field := sample(t, Line(-2+h/2, 2-h/2, n), f)
			const time = 0.1
			var exact *Field
			if math.IsInf(beta, 1) {
				exact, _ = HopfLax(field, time)
			} else {
				exact = must(t)(Viscous(field, time, beta))
			}
			u, _ := Scheme(field, time, 0.5/beta)
			e := 0.0
			for i, v := range u.Values {
				e = max(e, math.Abs(v-exact.Values[i]))
			}
			wrong = append(wrong, e)
		}
		for k := 1; k < len(wrong); k++ {
			if order := math.Log2(wrong[k-1] / wrong[k]); order < 0.7 || order > 1.4 {
				t.Errorf("β = %g: errors %.3g, order %.2f, expected 1", beta, wrong, order)
			}
		}
	}
}

func TestHeat(t *testing.T) {
	// A cosine that fits the mirrors decays, and so does a wave that fits a period.
	n := 64
	a := Line(0.5/64, 1-0.5/64, n)
	b := Axis{0, 1, 50, Periodic}
	f := must(t)(NewGrid(a, b).Sample(func(x []float64) float64 {
		return 2 + math.Cos(3*math.Pi*x[0]) + math.Sin(4*math.Pi*x[1])
	}))
	v := Heat(f, 0.01)
	x := make([]float64, 2)
	for i := range v.Values {
		f.Grid.At(i, x)
		want := 2 + math.Cos(3*math.Pi*x[0])*math.Exp(-9*math.Pi*math.Pi*0.005) + math.Sin(4*math.Pi*x[1])*math.Exp(-16*math.Pi*math.Pi*0.005)
		near(t, "heat", v.Values[i], want, 1e-13)
	}
	near(t, "integral", v.Integral(), f.Integral(), 1e-13)
}

// Mass, positivity, the stationary density, on rough potentials, steep ones and
// long steps, on both boundaries and in the plane.
func TestFokkerPlanck(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for _, axes := range [][]Axis{
		{Line(-1, 1, 200)}, {{-1, 1, 200, Periodic}}, {Line(0, 1, 30), {0, 1, 20, Periodic}},
	} {
		g := NewGrid(axes...)
		for _, rough := range []float64{0.1, 3, 300} {
			v := make([]float64, g.Nodes())
			ρ := make([]float64, g.Nodes())
			for i := range v {
				v[i] = rough * r.NormFloat64()
				if r.IntN(10) == 0 {
					ρ[i] = r.ExpFloat64()
				}
			}
			e := NewFokkerPlanck(must(t)(g.Field(v)), 0.5)
			start := must(t)(g.Field(ρ))
			energy := math.Inf(1)
			for _, dt := range []float64{1e-6, 1e-2, 10, 1e6} {
				out := e.Evolve(start, 20*dt, 20)
				near(t, "mass", out.Integral()/start.Integral(), 1, 1e-12)
				for _, p := range out.Values {
					if !(p >= 0) {
						t.Fatalf("a density of %g", p)
					}
				}
				if F := e.FreeEnergy(out); F > energy+1e-9*math.Abs(energy) {
					t.Errorf("free energy %g after %g", F, energy)
				} else {
					energy = F
				}
			}
			π := e.Stationary()
			kept := e.Evolve(π, 1, 3)
			end := e.Evolve(start, 1e9, 20)
			for i, p := range π.Values {
				near(t, "stationary", kept.Values[i], p, 1e-12*p)
				if rough < 1 {
					near(t, "end", end.Values[i], p*start.Integral(), 1e-9*p)
				}
			}
			// ∫ w Evolve(ρ) = ∫ Backward(w) ρ
			w := make([]float64, g.Nodes())
			for i := range w {
				w[i] = r.Float64()
			}
			W := must(t)(g.Field(w))
			if len(axes) == 1 {
				near(t, "transpose", inner(W, e.Evolve(start, 0.01, 4)), inner(e.Backward(W, 0.01, 4), start), 1e-12*inner(W, start))
			}
		}
	}
}

func inner(a, b *Field) float64 {
	s := 0.0
	for i, v := range a.Values {
		s += v * b.Values[i]
	}
	return s
}

// Rates of an Ornstein-Uhlenbeck process are 1, 2, 3, …, times its stiffness; a gap
// far below rounding of the rates is that of first passage.
func TestRates(t *testing.T) {
	ou := func(x float64) (float64, float64, float64) { return x * x, 2 * x, 2 }
	var wrong []float64
	for _, n := range []int{200, 400} {
		e := NewFokkerPlanck(sample(t, Line(-6, 6, n), ou), 0.7)
		rates := e.Rates(4)
		wrong = append(wrong, rates[3]-8)
		for k, rate := range rates {
			near(t, "rate", rate, 2*float64(k+1), 0.05)
		}
	}
	if order := math.Log2(wrong[0] / wrong[1]); math.Abs(order-2) > 0.1 {
		t.Errorf("order %.2f, expected 2", order)
	}
	deep := NewFokkerPlanck(sample(t, Line(-2, 2, 2001), wave), 0.012)
	gap := deep.Rates(1)[0]
	there := deep.PassageTimes(1500)
	near(t, "gap × passage time", gap*there.Values[500]/2, 1, 0.02)
	if gap > 1e-10 {
		t.Errorf("gap %g: not deep enough to try", gap)
	}
}

func TestPassage(t *testing.T) {
	well := func(x float64) (float64, float64, float64) { q := x*x - 1; return q * q / 4, q * x, 3*x*x - 1 }
	exact := PassageTime(well, -1, 1, 0.05)
	var wrong []float64
	for _, n := range []int{301, 601} {
		e := NewFokkerPlanck(sample(t, Line(-3, 3, n), well), 0.05)
		wrong = append(wrong, e.PassageTimes((n - 1) * 2 / 3).Values[(n-1)/3]-exact)
	}
	if order := math.Log2(wrong[0] / wrong[1]); math.Abs(order-2) > 0.1 {
		t.Errorf("errors %.3g, order %.2f, expected 2", wrong, order)
	}
	for _, D := range []float64{0.02, 0.005} {
		near(t, "Kramers", PassageTime(well, -1, 1, D)/Kramers(well, -1, 0, D), 1, 3*D)
	}
}

// A walk on three nodes, solved by hand.
func TestPassageTwoTargets(t *testing.T) {
	flat := func(x float64) (float64, float64, float64) { return 0, 0, 0 }
	e := NewFokkerPlanck(sample(t, Line(0, 4, 5), flat), 1)
	for i, want := range []float64{0, 1.5, 2, 1.5, 0} { // i(4-i)/2
		near(t, "between two targets", e.PassageTimes(0, 4).Values[i], want, 1e-13)
	}
}

func TestControl(t *testing.T) {
	const a, c, beta, horizon = 1., 2., 3., 0.8
	square := func(k float64) Profile {
		return func(x float64) (float64, float64, float64) { return k * x * x / 2, k * x, k }
	}
	var wrong []float64
	for _, n := range []int{401, 801} {
		axis := Line(-5, 5, n)
		p := NewControl(sample(t, axis, square(a)), sample(t, axis, square(c)), beta, horizon, 50)
		at := (n - 1) / 10 * 6 // x = 1
		P := 2 * a * c * math.Exp(-2*a*horizon) / (2*a + c*(1-math.Exp(-2*a*horizon)))
		s := (1 - math.Exp(-2*a*horizon)) / (2 * a * beta)
		want := P/2 + math.Log1p(beta*c*s)/(2*beta)
		u := p.Value()
		wrong = append(wrong, u.Values[at]-want)
		near(t, "control", u.Slope(0).Values[at], P, 1e-3)
		free, best, effort := p.Costs()
		for i := range u.Values {
			if free.Values[i] < u.Values[i]-1e-9 || effort.Values[i] < -1e-9 {
				t.Fatalf("Theorem 4.11 fails at node %d", i)
			}
			near(t, "Theorem 4.11", best.Values[i]+effort.Values[i], u.Values[i], 1e-12*max(1, math.Abs(u.Values[i])))
		}
		// The controlled density is one, and its mean cost is that of Costs.
		ρ := must(t)(NewGrid(axis).Field(make([]float64, n)))
		ρ.Values[at] = 1 / axis.Step()
		end := p.Density(ρ)
		near(t, "mass", end.Integral(), 1, 1e-12)
		near(t, "mean cost", inner(end, p.V)*axis.Step(), best.Values[at], 5e-3)
	}
	if order := math.Log2(wrong[0] / wrong[1]); math.Abs(order-2) > 0.2 {
		t.Errorf("errors %.3g, order %.2f, expected 2", wrong, order)
	}
}

func TestAt(t *testing.T) {
	f := must(t)(NewGrid(Line(-1, 1, 5), Axis{0, 1, 4, Periodic}).Sample(func(x []float64) float64 { return 3*x[0] + math.Cos(2*math.Pi*x[1]) }))
	near(t, "at a node", f.At(-0.5, 0.25), -1.5, 1e-15)
	near(t, "between", f.At(0.3, 0), 1.9, 1e-15)
	near(t, "round", f.At(0.3, 2), 1.9, 1e-15)
	near(t, "between last and first", f.At(0, -0.125), 0.5, 1e-15)
	near(t, "beyond", f.At(7, 0.5), 2, 1e-15)
	g := sample(t, Axis{0, 1, 5, Open}, func(x float64) (float64, float64, float64) { return x, 1, 0 })
	near(t, "at the end", g.At(1), 1, 0)
}

func TestErrors(t *testing.T) {
	if _, err := NewGrid(Line(0, 1, 5)).Sample(func(x []float64) float64 { return math.Sqrt(x[0] - 0.5) }); err == nil {
		t.Error("NaN is no error")
	}
	for name, f := range map[string]func(){
		"negative time": func() { HopfLax(sample(t, Line(0, 1, 5), wave), -1) },
		"β = 0":         func() { _, _ = Viscous(sample(t, Line(0, 1, 5), wave), 1, 0) },
		"no interval":   func() { NewGrid(Line(1, 0, 5)) },
		"not confining": func() { ViscousAt(func(x float64) (float64, float64, float64) { return -x * x, -2 * x, -2 }, 0, 1, 1) },
		"open walk":     func() { NewFokkerPlanck(sample(t, Axis{0, 1, 5, Open}, wave), 1) },
		"no left well": func() {
			PassageTime(func(x float64) (float64, float64, float64) { return x, 1, 0 }, 0, 1, 1)
		},
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			f()
		}()
	}
}
