//go:build cuda

package cuda

import "glassy/lab/device"

// Fourier is the transform of each line.
func (d *Device) Fourier(l device.Lines, x, y device.Vector) {
	d.needLines("Fourier", l, x, y)
	d.transformOnHost("Fourier", x, y, func(cpu device.Device, x, y device.Vector) { cpu.Fourier(l, x, y) })
}

// FourierInverse is n times its inverse.
func (d *Device) FourierInverse(l device.Lines, y, x device.Vector) {
	d.needLines("FourierInverse", l, x, y)
	d.transformOnHost("FourierInverse", y, x, func(cpu device.Device, y, x device.Vector) { cpu.FourierInverse(l, y, x) })
}

// Cosine is the cosine transform of each line.
func (d *Device) Cosine(l device.Lines, x device.Vector) {
	d.needLines("Cosine", l, x)
	d.transformOnHost("Cosine", x, device.Vector{}, func(cpu device.Device, x, _ device.Vector) { cpu.Cosine(l, x) })
}

// CosineInverse is n times its inverse.
func (d *Device) CosineInverse(l device.Lines, x device.Vector) {
	d.needLines("CosineInverse", l, x)
	d.transformOnHost("CosineInverse", x, device.Vector{}, func(cpu device.Device, x, _ device.Vector) { cpu.CosineInverse(l, x) })
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
