package devicetest

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"glassy/lab/device"
	"glassy/lab/rng"
)

var steps = map[string]device.Step{
	"plain":                 {Rate: 0.1},
	"momentum":              {Rate: 0.1, Momentum: 0.9},
	"Nesterov":              {Rate: 0.1, Momentum: 0.9, Nesterov: true, Decay: 0.01},
	"pull":                  {Rate: 0.1, Momentum: 0.9, Pull: 3},
	"pull after momentum":   {Rate: 0.1, Momentum: 0.9, Nesterov: true, Pull: 3, PullAfterMomentum: true},
	"field":                 {Rate: 0.1, Field: 0.3},
	"noise":                 {Rate: 0.1, Momentum: 0.9, Noise: 0.2, Key: 5, Offset: 3},
	"noise in the force":    {Rate: 0.1, Momentum: 0.9, Nesterov: true, Noise: 0.2, Key: 5, Offset: 4, NoiseBeforeMomentum: true},
	"all":                   {Rate: 0.05, Momentum: 0.5, Nesterov: true, Decay: 0.1, Pull: 2, Field: -1, Noise: 0.1, Key: 6, Offset: 1},
	"all, the other way":    {Rate: 0.05, Momentum: 0.5, Decay: 0.1, Pull: 2, Field: -1, Noise: 0.1, Key: 6, Offset: 1, NoiseBeforeMomentum: true, PullAfterMomentum: true},
	"nothing but the noise": {Noise: 0.1, Key: 7},
}

func testUpdate(t *testing.T, dev device.Device) {
	for name, s := range steps {
		for _, dt := range floats {
			for _, n := range lengths {
				w, v, grad, anchor, field := random(dt, n, 1), random(dt, n, 2), random(dt, n, 3), random(dt, n, 4), random(dt, n, 5)
				if n > 30 {
					grad[7], w[8] = math.NaN(), math.Inf(1)
				}
				wantW, wantV := slices.Clone(w), slices.Clone(v)
				for i := range n {
					g := grad[i]
					if s.Decay != 0 {
						g += s.Decay * w[i]
					}
					if s.Field != 0 {
						g += s.Field * field[i]
					}
					pull := 0.0
					if s.Pull != 0 {
						pull = s.Pull * (w[i] - anchor[i])
					}
					if !s.PullAfterMomentum {
						g += pull
					}
					ξ := 0.0
					if s.Noise != 0 {
						ξ = s.Noise * rng.Key(s.Key).Normal(s.Offset+uint64(i))
					}
					if s.NoiseBeforeMomentum {
						g -= ξ / s.Rate
					}
					wantV[i] = s.Momentum*v[i] + g
					u := wantV[i]
					if s.Nesterov {
						u = g + s.Momentum*wantV[i]
					}
					if s.PullAfterMomentum {
						u += pull
					}
					wantW[i] = w[i] - s.Rate*u
					if !s.NoiseBeforeMomentum {
						wantW[i] += ξ
					}
				}
				vw, vv := put(dev, dt, w), put(dev, dt, v)
				va, vf := put(dev, dt, anchor), put(dev, dt, field)
				if s.Pull == 0 {
					va = device.Vector{}
				}
				if s.Field == 0 {
					vf = device.Vector{}
				}
				dev.Update(s, vw, vv, put(dev, dt, grad), va, vf)
				what := fmt.Sprintf("%v Update (%s), n = %d", dt, name, n)
				// About ten roundings of terms of at most 10 in size.
				tol := 100 * epsilon(dt)
				same(t, what+", v", vv, wantV, tol)
				same(t, what+", w", vw, wantW, tol)
				if s.Momentum == 0 { // the same without a buffer
					again := put(dev, dt, w)
					dev.Update(s, again, device.Vector{}, put(dev, dt, grad), va, vf)
					same(t, what+" without v", again, device.Read[float64](vw), 0)
				}
			}
		}
	}
	for _, dt := range floats {
		// In halves, with the noise's offset moved on, it is the same step.
		s := steps["all"]
		const n = 1001
		w, v, rest := put(dev, dt, random(dt, n, 1)), put(dev, dt, random(dt, n, 2)), put(dev, dt, random(dt, n, 3))
		w2, v2 := w.Clone(), v.Clone()
		dev.Update(s, w, v, rest, rest, rest)
		half := rest.Slice(0, 300)
		dev.Update(s, w2.Slice(0, 300), v2.Slice(0, 300), half, half, half)
		s.Offset += 300
		half = rest.Slice(300, n)
		dev.Update(s, w2.Slice(300, n), v2.Slice(300, n), half, half, half)
		// But for the rounding of what fused multiply-adds leave out of.
		same(t, "Update in two parts", w2, device.Read[float64](w), 8*epsilon(dt))
		same(t, "Update in two parts, v", v2, device.Read[float64](v), 8*epsilon(dt))

		x, short := dev.New(dt, 6), dev.New(dt, 5)
		none := device.Vector{}
		for _, f := range []func(){
			func() { dev.Update(device.Step{}, x, none, short, none, none) },
			func() { dev.Update(device.Step{Momentum: 0.5}, x, none, x, none, none) },
			func() { dev.Update(device.Step{Momentum: 0.5}, x, short, x, none, none) },
			func() { dev.Update(device.Step{Pull: 1}, x, x, x, none, none) },
			func() { dev.Update(device.Step{Field: 1}, x, x, x, none, short) },
			func() {
				dev.Update(device.Step{}, x, x, dev.New(device.Float32+device.Float64-dt, 6), none, none)
			},
		} {
			panics(t, "Update", f)
		}
	}
}

func testAdam(t *testing.T, dev device.Device) {
	for _, dt := range floats {
		for _, n := range lengths {
			for _, a := range []device.AdamStep{
				{Rate: 0.1, Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-3, K: 1},
				{Rate: 0.1, Beta1: 0.9, Beta2: 0.99, Epsilon: 1e-3, K: 7, Decay: 0.1, Pull: 2, Field: 0.5},
			} {
				w, m, s, grad, anchor, field := random(dt, n, 1), random(dt, n, 2), random(dt, n, 3), random(dt, n, 4), random(dt, n, 5), random(dt, n, 6)
				wantW, wantM, wantS, tol := make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n+1)
				for i := range n {
					s[i] = math.Abs(s[i])
					g := grad[i] + a.Decay*w[i] + a.Field*field[i] + a.Pull*(w[i]-anchor[i])
					wantM[i] = a.Beta1*m[i] + (1-a.Beta1)*g
					wantS[i] = a.Beta2*s[i] + (1-a.Beta2)*g*g
					mHat, sHat := wantM[i]/(1-math.Pow(a.Beta1, float64(a.K))), wantS[i]/(1-math.Pow(a.Beta2, float64(a.K)))
					wantW[i] = w[i] - a.Rate*mHat/(math.Sqrt(sHat)+a.Epsilon)
					// Some ten roundings, of the terms of m too, whose errors are divided by √s.
					tol[i] = 20 * epsilon(dt) * (math.Abs(w[i]) + 10*a.Rate*a.Beta1/(1-math.Pow(a.Beta1, float64(a.K)))/(math.Sqrt(sHat)+a.Epsilon))
				}
				vw, vm, vs := put(dev, dt, w), put(dev, dt, m), put(dev, dt, s)
				va, vf := put(dev, dt, anchor), put(dev, dt, field)
				if a.Pull == 0 {
					va, vf = device.Vector{}, device.Vector{}
				}
				dev.Adam(a, vw, vm, vs, put(dev, dt, grad), va, vf)
				what := fmt.Sprintf("%v Adam, K = %d, n = %d", dt, a.K, n)
				same(t, what+", m", vm, wantM, 20*epsilon(dt))
				same(t, what+", s", vs, wantS, 40*epsilon(dt))
				same(t, what+", w", vw, wantW, tol...)
			}
		}
		x, short, none := dev.New(dt, 6), dev.New(dt, 5), device.Vector{}
		panics(t, "Adam", func() { dev.Adam(device.AdamStep{K: 1}, x, short, x, x, none, none) })
		panics(t, "Adam", func() { dev.Adam(device.AdamStep{K: 1}, x, x, none, x, none, none) })
		panics(t, "Adam", func() { dev.Adam(device.AdamStep{K: 1}, x, x, x, short, none, none) })
		panics(t, "Adam", func() { dev.Adam(device.AdamStep{K: 1, Pull: 1}, x, x, x, x, none, none) })
		panics(t, "Adam", func() { dev.Adam(device.AdamStep{K: 0}, x, x, x, x, none, none) })
	}
}
