//go:build cuda

package cuda

import "glassy/lab/device"

// A named vector, for messages.
type named struct {
	name string
	device.Vector
}

// expectCells checks vectors of n cells of width h: gates of 4h numbers a cell,
// the first of which says the type, and states of h.
func (d *Device) expectCells(op string, n, h int, gates, states []named) device.DType {
	expectMatrix(op, n, h)
	t := gates[0].DType()
	d.expectFloat(op, gates[0].name, gates[0].Vector, n*4*h)
	for _, v := range gates {
		d.expect(op, v.name, v.Vector, t, n*4*h)
	}
	for _, v := range states {
		d.expect(op, v.name, v.Vector, t, n*h)
	}
	return t
}

// cells launches a kernel that has a thread for each number of the states: each
// operation is one launch.
func (d *Device) cells(name string, t device.DType, n, h int, vectors ...device.Vector) {
	if n*h == 0 {
		return
	}
	const mostRows = 65535 // of a grid; the kernels loop
	width := min(threads, ceil(h, 32)*32)
	args := make([]argument, 0, 16)
	args = append(args, i32(n), i32(h))
	for _, v := range vectors {
		args = append(args, ptr(v))
	}
	d.launch(name, t, two(ceil(h, width), min(n, mostRows)), one(width), 0, args...)
}

// LSTM is one step of n cells of width h.
func (d *Device) LSTM(n, h int, gates, cprev, c, out device.Vector) {
	t := d.expectCells("LSTM", n, h, []named{{"gates", gates}}, []named{{"cprev", cprev}, {"c", c}, {"out", out}})
	d.cells("lstm", t, n, h, gates, cprev, c, out)
}

// LSTMBack is its derivative.
func (d *Device) LSTMBack(n, h int, gates, cprev, c, dout, dc, dgates device.Vector) {
	t := d.expectCells("LSTMBack", n, h, []named{{"gates", gates}, {"dgates", dgates}},
		[]named{{"cprev", cprev}, {"c", c}, {"dout", dout}, {"dc", dc}})
	d.cells("lstm_back", t, n, h, gates, cprev, c, dout, dc, dgates)
}

// LSTMTangent is its forward tangent.
func (d *Device) LSTMTangent(n, h int, gates, tgates, cprev, tcprev, c, tc, tout device.Vector) {
	t := d.expectCells("LSTMTangent", n, h, []named{{"gates", gates}, {"tgates", tgates}},
		[]named{{"cprev", cprev}, {"tcprev", tcprev}, {"c", c}, {"tc", tc}, {"tout", tout}})
	d.cells("lstm_tangent", t, n, h, gates, tgates, cprev, tcprev, c, tc, tout)
}

// LSTMBackTangent is the derivative of LSTMBack.
func (d *Device) LSTMBackTangent(n, h int, gates, tgates, cprev, tcprev, c, tc, dout, tdout, dc, tdc, tdgates device.Vector) {
	t := d.expectCells("LSTMBackTangent", n, h, []named{{"gates", gates}, {"tgates", tgates}, {"tdgates", tdgates}},
		[]named{{"cprev", cprev}, {"tcprev", tcprev}, {"c", c}, {"tc", tc}, {"dout", dout}, {"tdout", tdout}, {"dc", dc}, {"tdc", tdc}})
	d.cells("lstm_back_tangent", t, n, h, gates, tgates, cprev, tcprev, c, tc, dout, tdout, dc, tdc, tdgates)
}
