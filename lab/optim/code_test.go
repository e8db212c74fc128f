package optim

import (
	"context"
	"math"
	"testing"

	"glassy/lab/device"
)

// The author's programs, written out on numbers from their description, against
// the family's points of that name. f is the test landscape in one dimension
// with one datum, without its noise.
func program() (f *rough, slope func(x float64) float64) {
	f = newRough(1, 1, 0.3)
	a, c := f.a[0], f.c[0][0]
	return f, func(x float64) float64 { return a*(x-c) - 3*f.ε*math.Sin(3*x+c) }
}

func follow(t *testing.T, m Method, want func(x0 float64) []float64) {
	t.Helper()
	f, _ := program()
	m.Temperature = nil
	p := New(f, device.Of([]float64{2}), m, Options{Steps: 1})
	for u, w := range want(2) {
		p.Run(context.Background(), p.method.Steps)
		if x := device.Read[float64](p.Weights())[0]; !(math.Abs(x-w) < 1e-11) { // roundings of a contracting map
			t.Fatalf("%s, update %d: %v, the program has %v", m.Name, u, x, w)
		}
	}
}

// nesterovStep is the program's momentum: it returns the direction of the step.
func nesterovStep(v *float64, g float64) float64 {
	*v = 0.9**v + g
	return g + 0.9**v
}

func TestEntropySGDAsCode(t *testing.T) {
	_, slope := program()
	m := EntropySGDAsCode()
	follow(t, m, func(x float64) (xs []float64) {
		for u := range 20 {
			w, mean, v := x, x, 0.0
			for range 20 {
				step := nesterovStep(&v, slope(w))
				step += 1e-4 * math.Pow(1-1e-3, -float64(u)) * (w - x) // outside of the momentum
				w -= 0.1 * step
				mean = 0.75*mean + 0.25*w
			}
			x -= 1 * (x - mean)
			xs = append(xs, x)
		}
		return xs
	})
}

func TestHJAsCode(t *testing.T) {
	_, slope := program()
	follow(t, HJAsCode(0.1), func(x float64) (xs []float64) {
		v := 0.0
		for u := range 30 {
			γ := 0.1 * math.Pow(1-1e-3, float64(u))
			p := 0.0
			for range 5 {
				p = 0.75*p + 0.25*slope(x-γ*p)
			}
			x -= 0.1 * nesterovStep(&v, p)
			xs = append(xs, x)
		}
		return xs
	})
}

func TestHEATAsCode(t *testing.T) {
	_, slope := program()
	follow(t, HEATAsCode(), func(x float64) (xs []float64) {
		for u := range 10 {
			γ := 0.1 * math.Pow(1-1e-3, float64(u))
			y, sum, v := x, x, 0.0
			for range 20 {
				y -= 0.1 * nesterovStep(&v, slope(y)+(y-x)/γ)
				sum += y
			}
			x = sum / 21
			xs = append(xs, x)
		}
		return xs
	})
}

// The public Parle program with three replicas from three starts.
func TestParleAsCode(t *testing.T) {
	f, slope := program()
	const n, L, η = 3, 25, 0.05
	starts := []float64{2, -1, 0.5}
	var o Options
	o.Steps = 1
	for _, x := range starts {
		o.Starts = append(o.Starts, device.Of([]float64{x}))
	}
	p := New(f, device.Of([]float64{0}), ParleAsCode(η, n), o)

	w, x, z := append([]float64(nil), starts...), append([]float64(nil), starts...), append([]float64(nil), starts...)
	var vy, vx [n]float64
	for u := range 12 {
		g := min(1, 0.01*math.Pow(1.5, float64(u))) // B = 1
		ρ := min(10, 0.01*L*n*math.Pow(1.5, float64(u)))
		for a := range n {
			for range L {
				w[a] -= η * nesterovStep(&vy[a], slope(w[a])+g*(w[a]-x[a]))
				z[a] = 0.75*z[a] + 0.25*w[a]
			}
		}
		mean := (z[0] + z[1] + z[2]) / n
		for a := range n {
			w[a] -= nesterovStep(&vx[a], η*(x[a]-z[a])+η*ρ*(x[a]-mean))
			x[a] = w[a]
		}
		p.Run(context.Background(), L)
		if got, want := device.Read[float64](p.Weights())[0], (x[0]+x[1]+x[2])/n; !(math.Abs(got-want) < 1e-11) { // as above
			t.Fatalf("update %d: master %v, the program has %v", u, got, want)
		}
	}
}

// Noise inside the momentum is remembered by it: the second step moves by it
// again.
func TestNoiseInside(t *testing.T) {
	const d, β, η = 20000, 4.0, 0.1
	f := newRough(1, d, 0)
	f.a[0] = 0
	for _, inside := range []bool{false, true} {
		m := SGLD(η, 0, 1/β)
		m.Inner.Momentum, m.NoiseInside = 0.5, inside
		p := New(f, f.New(), m, Options{Steps: 1})
		p.Run(context.Background(), 2)
		x := p.Weights()
		// x₂ = ξ₁ + ξ₂, or 1.5ξ₁ + ξ₂.
		want := 2 * η / β * 2
		if inside {
			want = 2 * η / β * (1.5*1.5 + 1)
		}
		if got := x.Device().Dot(x, x) / d; math.Abs(got/want-1) > 4*math.Sqrt(2.0/d) { // a variance of d numbers
			t.Errorf("noise inside %v: variance %v, expected %v", inside, got, want)
		}
	}
}
