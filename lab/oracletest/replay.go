package oracletest

import (
	"fmt"

	"gonum.org/v1/gonum/mat"

	"glassy/lab/device"
	"glassy/lab/landscape"
)

// A replay is a device on which normal numbers are those of a list: an oracle's
// noise. Its memory is another device's and not the host's, so that it also
// shows that the optimiser keeps to the device.
type replay struct {
	device.Device
	normals []float64
}

func (d *replay) wrap(v device.Vector) device.Vector {
	return device.Foreign(d, v.DType(), v, 0, v.Len())
}

func (d *replay) unwrap(v device.Vector) device.Vector {
	if v.Len() == 0 {
		return device.Vector{}
	}
	mem, offset := v.Memory()
	return mem.(device.Vector).Slice(offset, offset+v.Len())
}

func (d *replay) next(n int) []float64 {
	if len(d.normals) < n {
		panic(fmt.Sprintf("the noise has %d numbers left, expected %d", len(d.normals), n))
	}
	x := d.normals[:n]
	d.normals = d.normals[n:]
	return x
}

func (d *replay) New(t device.DType, n int) device.Vector { return d.wrap(d.Device.New(t, n)) }
func (d *replay) Upload(dst, host device.Vector)          { d.Device.Upload(d.unwrap(dst), host) }
func (d *replay) Download(host, src device.Vector)        { d.Device.Download(host, d.unwrap(src)) }
func (d *replay) Fill(x device.Vector, a float64)         { d.Device.Fill(d.unwrap(x), a) }
func (d *replay) Copy(dst, src device.Vector)             { d.Device.Copy(d.unwrap(dst), d.unwrap(src)) }
func (d *replay) Scale(a float64, x device.Vector)        { d.Device.Scale(a, d.unwrap(x)) }
func (d *replay) Axpy(a float64, x, y device.Vector)      { d.Device.Axpy(a, d.unwrap(x), d.unwrap(y)) }
func (d *replay) Dot(x, y device.Vector) float64          { return d.Device.Dot(d.unwrap(x), d.unwrap(y)) }
func (d *replay) Axpby(a float64, x device.Vector, b float64, y device.Vector) {
	d.Device.Axpby(a, d.unwrap(x), b, d.unwrap(y))
}

func (d *replay) Normal(_, _ uint64, mean, sd float64, dst device.Vector) {
	x := d.unwrap(dst)
	d.Device.Upload(x, device.Of(d.next(x.Len())))
	d.Device.Scale(sd, x)
	if mean != 0 {
		panic("replay: a mean that is not 0")
	}
}

func (d *replay) Update(s device.Step, w, v, grad, anchor, field device.Vector) {
	x := d.unwrap(w)
	noise := s.Noise
	s.Noise = 0
	d.Device.Update(s, x, d.unwrap(v), d.unwrap(grad), d.unwrap(anchor), d.unwrap(field))
	if noise != 0 {
		d.Device.Axpy(noise, put(d.Device, d.next(x.Len())), x)
	}
}

// energies is f_0 … f_{n-1} as a landscape with n data on a replay device: slope
// writes ∇f_k.
type energies struct {
	dev   *replay
	n, d  int
	slope func(k int, x, g []float64)
}

func (e *energies) Dim() int                            { return e.d }
func (e *energies) Samples() int                        { return e.n }
func (e *energies) New() device.Vector                  { return e.dev.New(device.Float64, e.d) }
func (e *energies) Copy() landscape.Landscape           { return e }
func (e *energies) Value(x device.Vector) float64       { panic("no value") }
func (e *energies) Gradient(x, g device.Vector) float64 { panic("no full gradient") }

func (e *energies) BatchGradient(x device.Vector, b landscape.Batch, g device.Vector) float64 {
	if len(b.Index) != 1 {
		panic(fmt.Sprintf("a batch of %d, expected 1", len(b.Index)))
	}
	slope := make([]float64, e.d)
	e.slope(b.Index[0], read(x), slope)
	e.dev.Upload(g, device.Of(slope))
	return 0
}

func (e *energies) at(x []float64) device.Vector { return put(e.dev, x) }

// quadratics is ½(x-c)ᵀA(x-c) for each A; noise is what the device replays.
func quadratics(dev device.Device, A []*mat.SymDense, c [][]float64, noise any) *energies {
	d := A[0].SymmetricDim()
	return &energies{dev: &replay{dev, list(noise)}, n: len(A), d: d, slope: func(k int, x, g []float64) {
		for i := range g {
			for j := range x {
				g[i] += A[k].At(i, j) * (x[j] - c[k][j])
			}
		}
	}}
}

// oneDimensional is the function of one variable that an oracle describes.
func oneDimensional(dev device.Device, spec any, noise any) *energies {
	f := profile(spec)
	return &energies{dev: &replay{dev, list(noise)}, n: 1, d: 1, slope: func(_ int, x, g []float64) { _, g[0], _ = f.At(x[0]) }}
}
