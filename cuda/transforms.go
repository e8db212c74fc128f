//go:build cuda

package cuda

import (
	"errors"
	"runtime"

	"glassy/cuda/internal/driver"
	"glassy/cuda/internal/nvidia"
	"glassy/lab/device"
)

// Transforms are cuFFT's where the machine has it, of any size, since the numbers are
// here; else, and of what cuFFT has no plan for, they run on the host and are counted so.

// Fourier is the transform of each line.
func (d *Device) Fourier(l device.Lines, x, y device.Vector) {
	const op = "Fourier"
	d.needLines(op, l, x, y)
	if !d.byFFT(op, false, l, x, y) {
		d.transformOnHost(op, x, y, func(cpu device.Device, x, y device.Vector) { cpu.Fourier(l, x, y) })
	}
}

// FourierInverse is n times its inverse.
func (d *Device) FourierInverse(l device.Lines, y, x device.Vector) {
	const op = "FourierInverse"
	d.needLines(op, l, x, y)
	if !d.byFFT(op, true, l, y, x) {
		d.transformOnHost(op, y, x, func(cpu device.Device, y, x device.Vector) { cpu.FourierInverse(l, y, x) })
	}
}

// Cosine is a Fourier transform of the numbers in another order, then turned.
func (d *Device) Cosine(l device.Lines, x device.Vector) {
	const op = "Cosine"
	d.needLines(op, l, x)
	if d.fft(l) == nil {
		d.transformOnHost(op, x, device.Vector{}, func(cpu device.Device, x, _ device.Vector) { cpu.Cosine(l, x) })
		return
	}
	v, z := x.New(), d.New(device.Float64, 2*l.Count*device.Bins(l.Nodes))
	d.order(l, false, x, v)
	d.Fourier(l, v, z)
	d.turn(l, false, z, x)
	d.Free(v)
	d.Free(z)
}

// CosineInverse goes the same way back.
func (d *Device) CosineInverse(l device.Lines, x device.Vector) {
	const op = "CosineInverse"
	d.needLines(op, l, x)
	if d.fft(l) == nil {
		d.transformOnHost(op, x, device.Vector{}, func(cpu device.Device, x, _ device.Vector) { cpu.CosineInverse(l, x) })
		return
	}
	v, z := x.New(), d.New(device.Float64, 2*l.Count*device.Bins(l.Nodes))
	d.turn(l, true, z, x)
	d.FourierInverse(l, z, v)
	d.order(l, true, v, x)
	d.Free(v)
	d.Free(z)
}

func (d *Device) order(l device.Lines, back bool, src, dst device.Vector) {
	d.launch("cosine_order", 0, blocks(src.Len()), one(threads), 0, i64(l.Nodes), i64(l.Count), flag(l.Rows), flag(back), ptr(src), ptr(dst))
}

func (d *Device) turn(l device.Lines, back bool, z, x device.Vector) {
	d.launch("cosine_turn", 0, blocks(z.Len()/2), one(threads), 0, i64(l.Nodes), i64(l.Count), flag(l.Rows), flag(back), ptr(z), ptr(x))
}

// fft is cuFFT, nil where there is none for these lines.
func (d *Device) fft(l device.Lines) *nvidia.FFT {
	if d.settings.own.Load() || l.Nodes == 0 || l.Count == 0 {
		return nil
	}
	f, err := d.libraries.useFFT(d.gpu)
	if err != nil {
		return nil
	}
	return f
}

// byFFT runs cuFFT after all that was called before, unless there is none, or it has no
// plan.
func (d *Device) byFFT(op string, inverse bool, l device.Lines, in, out device.Vector) bool {
	f := d.fft(l)
	if f == nil {
		return false
	}
	t := nvidia.Transform{Inverse: inverse, N: l.Nodes, Count: l.Count, Rows: l.Rows}
	d.libraries.plans.Lock()
	defer d.libraries.plans.Unlock()
	if f.Full(t) {
		d.Synchronize()
		d.check(d.gpu.Do(f.Close))
	}
	var bytes int
	var unsupported bool
	d.check(d.gpu.Do(func() (err error) {
		bytes, err = f.Workspace(t)
		if unsupported = errors.Is(err, errors.ErrUnsupported); unsupported {
			err = nil
		}
		return err
	}))
	if unsupported {
		return false
	}
	from, to := d.straight(in), d.straight(out)
	if from != in {
		d.Copy(from, in)
	}
	d.scratch(bytes, func(work driver.Pointer) {
		d.flush()
		d.check(d.gpu.Do(func() error { return f.Run(t, uintptr(pointer(from)), uintptr(pointer(to)), uintptr(work)) }))
	})
	d.count(op, "cuFFT")
	if from != in {
		d.Free(from)
	}
	if to != out {
		d.Copy(out, to)
		d.Free(to)
	}
	runtime.KeepAlive([]device.Vector{in, out})
	return true
}

// straight is v, or memory of its own for it where v does not begin at a multiple of 16
// bytes, as cuFFT wants it.
func (d *Device) straight(v device.Vector) device.Vector {
	if pointer(v)%16 == 0 {
		return v
	}
	return v.New()
}

// transformOnHost runs f on copies in host memory of x, and of y if there is one.
func (d *Device) transformOnHost(op string, x, y device.Vector, f func(cpu device.Device, x, y device.Vector)) {
	if x.Len() == 0 {
		return
	}
	var writes []device.Vector
	if y.Len() > 0 {
		writes = []device.Vector{y}
	}
	_ = d.onHost(op, []device.Vector{x}, writes, func(host []device.Vector) error {
		f(device.CPU(), host[0], append(host, y)[1])
		return nil
	})
}

// needLines panics unless x are the numbers of those lines, and y, if given, their Fourier
// transforms.
func (d *Device) needLines(op string, l device.Lines, x device.Vector, y ...device.Vector) {
	l = l.Checked(op)
	d.expect(op, "x", x, device.Float64, l.Count*l.Nodes)
	for _, y := range y {
		bins := 0
		if l.Nodes > 0 {
			bins = device.Bins(l.Nodes)
		}
		d.expect(op, "y", y, device.Float64, 2*l.Count*bins)
	}
}
