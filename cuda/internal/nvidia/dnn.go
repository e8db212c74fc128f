package nvidia

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"strings"
	"sync"
	"unsafe"

	"glassy/lab/device"

	"github.com/ebitengine/purego"
)

// DNN is a handle of cuDNN. All that is called of it is called with the GPU's
// context current, and safe for several goroutines.
type DNN struct {
	library
	words string

	mu          sync.Mutex // a handle, its scalars and its descriptors serve one call at a time
	handle      uintptr
	scalars     *[2]float64 // 1, and what is kept of the result: read when a convolution is begun, not when it runs
	descriptors map[described]*[objects]uintptr

	destroy, setTensor, setFilter, setConvolution, setMath uintptr

	makes, drops        [objects]uintptr // of descriptors
	workspace, convolve [directions]uintptr
	statusName          func(status int32) string
	detail              uintptr // of the last error: since version 9
}

// A Convolution is one of device.Device's. A, B and Out are addresses in the GPU's
// memory: of what the method is given, in that order, and of its result. It is
// comparable, and all that the convolution depends on.
type Convolution struct {
	Direction Direction
	Type      device.DType // Float32 or Float64
	TF32      bool         // Float32 may be rounded to 10 bits after the point before it is multiplied
	Shape     device.Convolution
	Add       bool // to what is there
	A, B, Out uintptr

	Work  uintptr // memory to work in, 256-byte aligned
	Bytes int     // of it, as Workspace says
}

// A Direction is which method of device.Device it is.
type Direction int

const (
	Forward    Direction = iota // Conv
	BackData                    // ConvBackData
	BackFilter                  // ConvBackFilter
	directions
)

var directionWords = [directions]string{"convolution", "convolution's gradient in the data", "convolution's gradient in the filters"}

// What descriptors are of.
const (
	dataX = iota
	filterW
	dataY
	convolution
	objects
)

// roles are what A, B and Out are.
var roles = [directions][3]int{Forward: {dataX, filterW, dataY}, BackData: {filterW, dataY, dataX}, BackFilter: {dataX, dataY, filterW}}

// described is what descriptors depend on.
type described struct {
	dtype device.DType
	tf32  bool
	shape device.Convolution
}

var cudnnFiles = []string{"libcudnn.so.9", "libcudnn.so.8"}

// cudnnParts are the libraries that cuDNN opens by name when something of theirs is
// first wanted, each after those that it needs. Where it does not find most of them
// then, cuDNN ends the process.
var cudnnParts = map[string][]string{
	"libcudnn.so.9": {"libcudnn_graph.so.9", "libcudnn_ops.so.9", "libcudnn_cnn.so.9", "libcudnn_heuristic.so.9", "libcudnn_engines_precompiled.so.9"},
	"libcudnn.so.8": {"libcudnn_ops_infer.so.8", "libcudnn_ops_train.so.8", "libcudnn_cnn_infer.so.8", "libcudnn_cnn_train.so.8"},
}

// Constants of cuDNN.
const (
	oldestDNN = 8 // can be told to leave TF32

	dnnFloat         = 0 // cudnnDataType_t
	dnnDouble        = 1
	dnnNCHW          = 0 // cudnnTensorFormat_t: as package device
	crossCorrelation = 1 // cudnnConvolutionMode_t: as package device
	defaultMath      = 0 // cudnnMathType_t: TF32 where the chip has it
	fmaMath          = 3 // float32 is float32

	// The algorithm that sums in the same order whenever it is called:
	// CUDNN_CONVOLUTION_FWD_ALGO_IMPLICIT_PRECOMP_GEMM, _BWD_DATA_ALGO_1 and
	// _BWD_FILTER_ALGO_1. Winograd's are faster for some filters, with errors that
	// grow with the numbers instead of with their products.
	algorithm = 1
)

// TrialBytes is the memory of the GPU's that OpenDNN tries a library in.
const TrialBytes = 8 << 20

// OpenDNN makes a handle that works on a stream. A library serves when it takes a
// small convolution in each direction, in the memory at trial: cuDNN has code for
// the chips of its time only, and opens parts of itself when they are called.
func OpenDNN(folders []string, stream, trial uintptr) (d *DNN, err error) {
	err = openLibrary("cuDNN", folders, cudnnFiles, func(l *library) error {
		if err := openParts(l.path); err != nil {
			return err
		}
		d = &DNN{library: *l, scalars: new([2]float64), descriptors: map[described]*[objects]uintptr{}}
		var create, setStream, getProperty, errorString uintptr
		functions := map[string]*uintptr{
			"cudnnCreate": &create, "cudnnDestroy": &d.destroy, "cudnnSetStream": &setStream,
			"cudnnGetProperty": &getProperty, "cudnnGetErrorString": &errorString,
			"cudnnSetTensor4dDescriptor": &d.setTensor, "cudnnSetFilter4dDescriptor": &d.setFilter,
			"cudnnSetConvolution2dDescriptor": &d.setConvolution, "cudnnSetConvolutionMathType": &d.setMath,
		}
		for i, name := range map[int]string{dataX: "Tensor", filterW: "Filter", convolution: "Convolution"} {
			functions["cudnnCreate"+name+"Descriptor"] = &d.makes[i]
			functions["cudnnDestroy"+name+"Descriptor"] = &d.drops[i]
		}
		for i, name := range [directions]string{"Forward", "BackwardData", "BackwardFilter"} {
			functions["cudnnConvolution"+name] = &d.convolve[i]
			functions["cudnnGetConvolution"+name+"WorkspaceSize"] = &d.workspace[i]
		}
		if err := l.bind(functions); err != nil {
			return err
		}
		d.makes[dataY], d.drops[dataY] = d.makes[dataX], d.drops[dataX]
		purego.RegisterFunc(&d.statusName, errorString)
		d.detail, _ = purego.Dlsym(l.open, "cudnnGetLastErrorString")
		d.words = d.version(getProperty)
		var major int32
		if call(getProperty, 0, uintptr(unsafe.Pointer(&major))); major < oldestDNN {
			return fmt.Errorf("%s is too old, expected %d or newer", d.words, oldestDNN)
		}
		if err := d.check(call(create, uintptr(unsafe.Pointer(&d.handle))), "making a handle"); err != nil {
			return err // the driver may be too old for it
		}
		err := d.check(call(setStream, d.handle, stream), "setting the stream")
		if err == nil {
			err = d.try(trial)
		}
		if err != nil {
			return errors.Join(err, d.Close())
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return d, nil
}

// openParts opens the parts that lie beside the library, or where the system's
// linker finds that too. Then cuDNN finds them by name.
func openParts(path string) error {
	folder, file := filepath.Split(path)
	for _, part := range cudnnParts[file] {
		if _, err := purego.Dlopen(folder+part, purego.RTLD_NOW|purego.RTLD_LOCAL); err != nil {
			return fmt.Errorf("a part of it: %v", err)
		}
	}
	return nil
}

// try begins a convolution in each direction, of whatever numbers are there.
func (d *DNN) try(memory uintptr) error {
	const each = 1 << 16
	c := Convolution{Type: device.Float32, Shape: device.Convolution{N: 2, C: 16, H: 8, W: 8, K: 16, R: 3, S: 3, Stride: 1, Pad: 1},
		A: memory, B: memory + each, Out: memory + 2*each, Work: memory + 3*each}
	for c.Direction = range directions {
		var err error
		if c.Bytes, err = d.Workspace(c); err != nil {
			return err
		}
		if c.Bytes > TrialBytes-3*each {
			continue // it was asked, at least
		}
		if err := d.Run(c); err != nil {
			return err
		}
	}
	return nil
}

// String is name, version and path.
func (d *DNN) String() string { return d.words }

// Close gives handle and descriptors back.
func (d *DNN) Close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	var errs []error
	for _, own := range d.descriptors {
		errs = append(errs, d.drop(own))
	}
	clear(d.descriptors)
	return errors.Join(append(errs, d.check(call(d.destroy, d.handle), "destroying the handle"))...)
}

// Takes says whether cuDNN can be asked for it: its integers have 32 bits, and it
// knows no empty images.
func (c Convolution) Takes() bool {
	s := c.Shape
	oh, ow := s.Out()
	for _, n := range []int{s.N * s.C * s.H * s.W, s.K * s.C * s.R * s.S, s.N * s.K * oh * ow} {
		if n < 1 || n > math.MaxInt32 {
			return false
		}
	}
	return true
}

// Workspace is how many bytes of the GPU's memory a convolution needs to work. An
// error that is errors.ErrUnsupported says that cuDNN does not do the shape.
func (d *DNN) Workspace(c Convolution) (bytes int, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	own, err := d.describe(c)
	if err != nil {
		return 0, err
	}
	role, size := roles[c.Direction], new(uintptr)
	status := call(d.workspace[c.Direction], d.handle, own[role[0]], own[role[1]], own[convolution], own[role[2]], algorithm, uintptr(unsafe.Pointer(size)))
	return int(*size), d.check(status, "workspace for the "+c.String())
}

// Run begins a convolution. Its error too can be errors.ErrUnsupported; then
// nothing was begun.
func (d *DNN) Run(c Convolution) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	own, err := d.describe(c)
	if err != nil {
		return err
	}
	keep := 0.0
	if c.Add {
		keep = 1
	}
	if c.Type == device.Float64 {
		*d.scalars = [2]float64{1, keep}
	} else {
		*(*[2]float32)(unsafe.Pointer(d.scalars)) = [2]float32{1, float32(keep)}
	}
	alpha := unsafe.Pointer(d.scalars)
	beta := unsafe.Add(alpha, c.Type.Size())
	role := roles[c.Direction]
	status := call(d.convolve[c.Direction], d.handle, uintptr(alpha), own[role[0]], c.A, own[role[1]], c.B, own[convolution], algorithm,
		c.Work, uintptr(c.Bytes), uintptr(beta), own[role[2]], c.Out)
	if status == 0 {
		return nil
	}
	return d.check(status, c.String())
}

// describe finds or makes the descriptors of a convolution; under the lock.
func (d *DNN) describe(c Convolution) (*[objects]uintptr, error) {
	if !c.Takes() {
		return nil, fmt.Errorf("cuDNN: %v: expected images and filters of 1 to %d numbers", c, math.MaxInt32)
	}
	key := described{c.Type, c.TF32, c.Shape}
	if own := d.descriptors[key]; own != nil {
		return own, nil
	}
	own := new([objects]uintptr)
	for i, f := range d.makes {
		if err := d.check(call(f, uintptr(unsafe.Pointer(&own[i]))), "making a descriptor"); err != nil {
			return nil, errors.Join(err, d.drop(own))
		}
	}
	kind, mode := dnnFloat, fmaMath
	switch {
	case c.Type == device.Float64:
		kind, mode = dnnDouble, defaultMath
	case c.TF32:
		mode = defaultMath
	}
	const dilation = 1
	s := c.Shape
	oh, ow := s.Out()
	for _, set := range []struct {
		function uintptr
		object   int
		values   []int
	}{
		{d.setTensor, dataX, []int{dnnNCHW, kind, s.N, s.C, s.H, s.W}},
		{d.setFilter, filterW, []int{kind, dnnNCHW, s.K, s.C, s.R, s.S}},
		{d.setTensor, dataY, []int{dnnNCHW, kind, s.N, s.K, oh, ow}},
		{d.setConvolution, convolution, []int{s.Pad, s.Pad, s.Stride, s.Stride, dilation, dilation, crossCorrelation, kind}},
		{d.setMath, convolution, []int{mode}},
	} {
		args := []uintptr{own[set.object]}
		for _, v := range set.values {
			args = append(args, uintptr(v))
		}
		if err := d.check(call(set.function, args...), "describing the "+c.String()); err != nil {
			return nil, errors.Join(err, d.drop(own))
		}
	}
	d.descriptors[key] = own
	return own, nil
}

// drop gives descriptors back.
func (d *DNN) drop(own *[objects]uintptr) error {
	var errs []error
	for i, f := range d.drops {
		if own[i] != 0 {
			errs = append(errs, d.check(call(f, own[i]), "destroying a descriptor"))
		}
	}
	return errors.Join(errs...)
}

func (c Convolution) String() string {
	s := c.Shape
	stride := ""
	if s.Stride != 1 {
		stride = fmt.Sprintf(" with stride %d", s.Stride)
	}
	return fmt.Sprintf("%s: %d×%d×%d×%d by %d×%d×%d×%d%s, %v", directionWords[c.Direction], s.N, s.C, s.H, s.W, s.K, s.C, s.R, s.S, stride, c.Type)
}

func (d *DNN) check(status int32, doing string) error {
	if status == 0 {
		return nil
	}
	err := d.failed(status, d.statusName(status), doing)
	if d.detail != 0 {
		text := make([]byte, 512)
		call(d.detail, uintptr(unsafe.Pointer(&text[0])), uintptr(len(text)))
		text, _, _ = bytes.Cut(text, []byte{0})
		if said := strings.TrimSpace(string(text)); said != "" {
			err = fmt.Errorf("%w: %s", err, said)
		}
	}
	if unsupported(status) {
		return refusal{err}
	}
	return err
}

// unsupported says which statuses are about what was asked for, not about what
// went wrong: of version 9 the three thousands, of version 8
// CUDNN_STATUS_NOT_SUPPORTED and CUDNN_STATUS_ARCH_MISMATCH.
func unsupported(status int32) bool {
	return status/1000 == 3 || status == 9 || status == 6
}

// A refusal is errors.ErrUnsupported.
type refusal struct{ error }

func (refusal) Is(target error) bool { return target == errors.ErrUnsupported }
