package devicetest

import (
	"math"
	"testing"

	"glassy/lab/device"
)

// cells is one step of n LSTM cells of width h, from pre-activations.
func cells(n, h int, pre, cprev []float64) (gates, c, out []float64) {
	sigmoid := func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
	gates, c, out = make([]float64, n*4*h), make([]float64, n*h), make([]float64, n*h)
	for r := range n {
		for j := range h {
			at := func(gate int) int { return r*4*h + gate*h + j }
			i, f, o, g := sigmoid(pre[at(0)]), sigmoid(pre[at(1)]), sigmoid(pre[at(2)]), math.Tanh(pre[at(3)])
			gates[at(0)], gates[at(1)], gates[at(2)], gates[at(3)] = i, f, o, g
			c[r*h+j] = f*cprev[r*h+j] + i*g
			out[r*h+j] = o * math.Tanh(c[r*h+j])
		}
	}
	return gates, c, out
}

func testLSTM(t *testing.T, dev device.Device) {
	for _, shape := range []struct{ n, h int }{{1, 1}, {3, 5}, {7, 2}, {0, 4}, {4, 0}} {
		n, h := shape.n, shape.h
		for _, dt := range floats {
			what := func(op string) string { return name("%s %d×%d %v", op, n, h, dt) }
			bound := differenceBound(dt)
			pre, cprev := random(dt, n*4*h, 1), random(dt, n*h, 2)
			dout, dc := random(dt, n*h, 3), random(dt, n*h, 4)
			tpre, tcprev := random(dt, n*4*h, 5), random(dt, n*h, 6)
			tdout, tdc := random(dt, n*h, 7), random(dt, n*h, 8)
			put := func(x []float64) device.Vector { return put(dev, dt, x) }

			gates, c, out := cells(n, h, pre, cprev)
			vgates, vc, vout := put(pre), dst(dev, dt, n*h), dst(dev, dt, n*h)
			dev.LSTM(n, h, vgates, put(cprev), vc, vout)
			same(t, what("LSTM gates"), vgates, gates, 16*epsilon(dt))
			same(t, what("LSTM c"), vc, c, 32*epsilon(dt))
			same(t, what("LSTM out"), vout, out, 32*epsilon(dt))

			// The derivative of ⟨out, dout⟩ + ⟨c, dc⟩.
			partial := func(which, n4 int) []float64 {
				g := make([]float64, n4)
				for i := range g {
					e := make([]float64, n4)
					e[i] = 1
					g[i] = slope(func(d float64) []float64 {
						at := [][]float64{pre, cprev}
						at[which] = along(at[which], e, d)
						_, c, out := cells(n, h, at[0], at[1])
						return []float64{dot(out, dout) + dot(c, dc)}
					})[0]
				}
				return g
			}
			vdc, vdgates := put(dc), dst(dev, dt, n*4*h)
			dev.LSTMBack(n, h, vgates, put(cprev), vc, put(dout), vdc, vdgates)
			same(t, what("LSTMBack dgates"), vdgates, partial(0, n*4*h), bound)
			same(t, what("LSTMBack dc"), vdc, partial(1, n*h), bound)

			forward := func(d float64) [3][]float64 {
				gates, c, out := cells(n, h, along(pre, tpre, d), along(cprev, tcprev, d))
				return [3][]float64{gates, c, out}
			}
			vtgates, vtc, vtout := put(tpre), dst(dev, dt, n*h), dst(dev, dt, n*h)
			dev.LSTMTangent(n, h, vgates, vtgates, put(cprev), put(tcprev), vc, vtc, vtout)
			for k, got := range []device.Vector{vtgates, vtc, vtout} {
				want := slope(func(d float64) []float64 { return forward(d)[k] })
				same(t, what([]string{"LSTMTangent tgates", "LSTMTangent tc", "LSTMTangent tout"}[k]), got, want, bound)
			}

			// LSTMBack itself, in float64, is what LSTMBackTangent is the derivative of.
			backward := func(d float64) [2][]float64 {
				put := func(x []float64) device.Vector { return device.Put(dev, device.Float64, x) }
				cprev := along(cprev, tcprev, d)
				gates, c, _ := cells(n, h, along(pre, tpre, d), cprev)
				vdc, vdgates := put(along(dc, tdc, d)), put(gates)
				dev.LSTMBack(n, h, put(gates), put(cprev), put(c), put(along(dout, tdout, d)), vdc, vdgates)
				return [2][]float64{device.Read[float64](vdgates), device.Read[float64](vdc)}
			}
			given, vtdc, vtdgates := put(dc), put(tdc), dst(dev, dt, n*4*h)
			dev.LSTMBackTangent(n, h, vgates, vtgates, put(cprev), put(tcprev), vc, vtc, put(dout), put(tdout), given, vtdc, vtdgates)
			same(t, what("LSTMBackTangent tdgates"), vtdgates, slope(func(d float64) []float64 { return backward(d)[0] }), bound)
			same(t, what("LSTMBackTangent tdc"), vtdc, slope(func(d float64) []float64 { return backward(d)[1] }), bound)
			same(t, what("LSTMBackTangent dc, which it only reads"), given, dc, 0)
		}
	}
	for _, dt := range floats {
		gates, c := dev.New(dt, 24), dev.New(dt, 6)
		panics(t, "LSTM", func() { dev.LSTM(2, 3, gates, c, gates, c) })
		panics(t, "LSTM", func() { dev.LSTM(-2, -3, gates, c, c, c) })
		panics(t, "LSTMBack", func() { dev.LSTMBack(2, 3, gates, c, c, c, c, c) })
		panics(t, "LSTMTangent", func() { dev.LSTMTangent(2, 3, gates, gates, c, c, c, c, gates) })
		panics(t, "LSTMBackTangent", func() {
			dev.LSTMBackTangent(2, 3, gates, gates, c, c, c, c, c, c, c, gates, gates)
		})
	}
}
