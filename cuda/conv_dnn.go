//go:build cuda

package cuda

import (
	"errors"
	"runtime"

	"glassy/cuda/internal/driver"
	"glassy/cuda/internal/nvidia"
	"glassy/lab/device"
)

// worthDNN says whether a convolution is cuDNN's where that is here: by its shape
// and type and by how it lies in memory, never by time, so that the same program
// gives the same bits. Estimates, to be replaced by what BenchmarkConv measures:
//
//   - Small ones are done in some 10 µs by either, and ours stay in a graph when
//     memory moves, as worthLibrary says of products.
//   - Few channels, as a first layer has, leave most of a tile of cuDNN's empty,
//     which goes along channels; ours go along channels and taps.
//   - Ours of float64 run on tensor cores. No name of a kernel in cuDNN 9.28 says
//     that one of its does.
//
// What does not begin at 16 bytes is ours: cuDNN promises nothing there. A
// variable, so that tests reach every shape.
var worthDNN = func(d *Device, c nvidia.Convolution) bool {
	const channels = 16
	s := c.Shape
	oh, ow := s.Out()
	products := float64(s.N) * float64(s.K) * float64(oh*ow) * float64(s.C*s.R*s.S)
	return products >= worthLibrary && min(s.C, s.K) >= channels &&
		(c.Type == device.Float32 || d.gpu.Capability < tensorCores) && (c.A|c.B|c.Out)%16 == 0
}

// mostWorkspace is the memory that cuDNN may have to work in: a convolution that
// asks for more is ours, which needs next to none.
const mostWorkspace = 1 << 30

// byDNN queues a convolution of cuDNN, unless that is not here, not worth it, or
// does not do it.
func (d *Device) byDNN(op string, direction nvidia.Direction, s device.Convolution, a, b device.Vector, add bool, out device.Vector) bool {
	key := nvidia.Convolution{Direction: direction, Type: out.DType(), TF32: d.settings.tf32.Load(), Shape: s, Add: add}
	c := key
	c.A, c.B, c.Out = uintptr(pointer(a)), uintptr(pointer(b)), uintptr(pointer(out))
	if d.settings.own.Load() || !c.Takes() || !worthDNN(d, c) {
		return false
	}
	dnn, err := d.libraries.useDNN(d.gpu)
	if err != nil {
		return false
	}
	workspace, before := d.libraries.workspaces.Load(key)
	if !before {
		workspace = d.tryDNN(dnn, c)
		d.libraries.workspaces.Store(key, workspace)
	}
	if workspace == refused {
		return false
	}
	if before {
		d.scratch(workspace.(int), func(work driver.Pointer) {
			c.Work, c.Bytes = uintptr(work), workspace.(int)
			d.call(c, func() error { return dnn.Run(c) })
		})
	}
	runtime.KeepAlive([]device.Vector{a, b, out}) // c has addresses only
	d.count(op, "cuDNN")
	return true
}

const refused = -1 // bytes

// tryDNN begins the first convolution of its kind at once, since cuDNN may refuse
// it as late as that. It returns the bytes that the next ones need to work.
func (d *Device) tryDNN(dnn *nvidia.DNN, c nvidia.Convolution) (workspace int) {
	d.flush()
	err := d.gpu.Do(func() (err error) {
		workspace, err = dnn.Workspace(c)
		return err
	})
	if err == nil && workspace > mostWorkspace {
		return refused
	}
	if err == nil {
		d.scratch(workspace, func(work driver.Pointer) {
			c.Work, c.Bytes = uintptr(work), workspace
			err = d.gpu.Do(func() error { return dnn.Run(c) })
		})
	}
	if errors.Is(err, errors.ErrUnsupported) {
		return refused
	}
	d.check(err)
	return workspace
}
