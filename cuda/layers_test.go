//go:build cuda

package cuda

import (
	"fmt"
	"math"
	"testing"

	"glassy/lab/device"
)

// Rows of logits on both sides of a warp's width and of the length from which a
// block takes a row, in views that begin anywhere.
func TestSoftmaxRows(t *testing.T) {
	d, cpu := open(t), device.CPU()
	for _, c := range []int{1, 2, 31, 32, 33, 255, 257, 1023, 1024, 1025, 3000} {
		for _, n := range []int{1, 7, 8, 9} {
			label := make([]int32, n)
			for r := range label {
				label[r] = int32((r*r + c/2) % c)
			}
			for _, dt := range both {
				z, u := draw(n*c, 1), draw(n*c, 2)
				for i := range z {
					z[i] *= 20
				}
				var got, want [4]device.Vector
				run := func(dev device.Device, v *[4]device.Vector) {
					for i := range v {
						size := n * c
						if i == 0 {
							size = n
						}
						v[i] = view(dev, dt, i, make([]float64, size))
					}
					dev.SoftmaxLoss(n, c, view(dev, dt, 1, z), device.Put(dev, device.Int32, label), v[0], v[1], v[2])
					dev.SoftmaxTangent(n, c, v[1], view(dev, dt, 2, u), v[3])
				}
				run(d, &got)
				run(cpu, &want)
				for i, what := range []string{"loss", "p", "dz", "tangent"} {
					// exp of -40, and a loss of up to 40 + log c.
					within(t, fmt.Sprintf("%s of %d×%d %v", what, n, c, dt), got[i], want[i], 100*epsilon(dt))
				}
			}
		}
	}
}

// Cells on both sides of a block's width, and more of them than a grid has rows.
func TestCells(t *testing.T) {
	d, cpu := open(t), device.CPU()
	for _, s := range []struct{ n, h int }{{2, 1}, {3, 31}, {2, 32}, {2, 33}, {3, 255}, {2, 256}, {2, 257}, {1, 600}, {65_537, 1}} {
		n, h := s.n, s.h
		for _, dt := range both {
			run := func(dev device.Device) (v []device.Vector) {
				// gates, tgates, dgates, tdgates; then states.
				for k := range 14 {
					size := n * h
					if k < 4 {
						size *= 4
					}
					v = append(v, view(dev, dt, k%3, draw(size, uint64(k))))
				}
				cprev, tcprev, c, tc, out, tout, dout, tdout, dc, tdc := v[4], v[5], v[6], v[7], v[8], v[9], v[10], v[11], v[12], v[13]
				dev.LSTM(n, h, v[0], cprev, c, out)
				dev.LSTMTangent(n, h, v[0], v[1], cprev, tcprev, c, tc, tout)
				dev.LSTMBackTangent(n, h, v[0], v[1], cprev, tcprev, c, tc, dout, tdout, dc, tdc, v[3])
				dev.LSTMBack(n, h, v[0], cprev, c, dout, dc, v[2])
				return v
			}
			got, want := run(d), run(cpu)
			for k := range got {
				within(t, fmt.Sprintf("vector %d of %d cells of %d, %v", k, n, h, dt), got[k], want[k], 40*epsilon(dt))
			}
		}
	}
}

// Vectors that begin at every place relative to 16 bytes, alike and not, short
// ones and one that the grid goes round.
func TestActivatePlaces(t *testing.T) {
	d, cpu := open(t), device.CPU()
	try := func(dt device.DType, f device.Nonlinearity, n, first, second int) {
		run := func(dev device.Device) (y, dx, dy device.Vector) {
			x := view(dev, dt, first, draw(n, 1))
			y = view(dev, dt, second, draw(n, 2))
			dy, dx = view(dev, dt, first, draw(n, 3)), view(dev, dt, second, draw(n, 4))
			tx := view(dev, dt, first, draw(n, 5))
			dev.Activate(f, x, y)
			dev.ActivateBack(f, y, dy, dx)
			dev.ActivateSecond(f, y, tx, dx, dy)
			return y, dx, dy
		}
		y, dx, dy := run(d)
		wy, wdx, wdy := run(cpu)
		what := fmt.Sprintf("%v, %d numbers of %v at %d and %d", f, n, dt, first, second)
		within(t, "Activate "+what, y, wy, 8*epsilon(dt))
		within(t, "ActivateBack "+what, dx, wdx, 16*epsilon(dt))
		within(t, "ActivateSecond "+what, dy, wdy, 32*epsilon(dt))
	}
	for _, dt := range both {
		for _, f := range []device.Nonlinearity{device.ReLU, device.Tanh, device.Sigmoid} {
			for _, n := range []int{1, 2, 3, 4, 5, 8, 1023, 4097} {
				for first := range 4 {
					for _, second := range []int{0, 1, first} {
						try(dt, f, n, first, second)
					}
				}
			}
		}
	}
	const round = 4096*threads*4 + 5 // packs than which the grid has fewer threads
	try(device.Float32, device.ReLU, round, 0, 0)
}

// A label out of range panics when a result is read, with the first wrong row;
// then the device is as good as before.
func TestSlips(t *testing.T) {
	d := open(t)
	for _, c := range []int{10, 2000} { // rows by warps, by blocks
		const n = 40
		label := make([]int32, n)
		label[7], label[19], label[33] = int32(c), -3, math.MaxInt32
		z, loss, p, dz := d.New(device.Float32, n*c), d.New(device.Float32, n), d.New(device.Float32, n*c), d.New(device.Float32, n*c)
		labels := device.Put(d, device.Int32, label)
		d.SoftmaxLoss(n, c, z, labels, loss, p, dz)
		d.SoftmaxLoss(n-8, c, z.Slice(8*c, n*c), labels.Slice(8, n), loss.Slice(8, n), p.Slice(8*c, n*c), dz.Slice(8*c, n*c))
		func() {
			defer func() {
				want := fmt.Sprintf("device: SoftmaxLoss: label[7] is %d, expected 0 … %d", c, c-1)
				if p := recover(); p != want {
					t.Errorf("panic %v, expected %q", p, want)
				}
			}()
			d.Sum(loss)
		}()
		d.SoftmaxLoss(n, c, z, d.New(device.Int32, n), loss, p, dz)
		within(t, "loss after a slip", loss.Slice(0, 1), device.Of([]float64{math.Log(float64(c))}), 1e-5)
	}
}
