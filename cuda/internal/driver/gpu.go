//go:build cuda

package driver

// #include <cuda.h>
import "C"

import (
	"fmt"
	"runtime"
	"sync"
	"unsafe"

	"glassy/cuda/internal/libcuda"

	"gorgonia.org/cu"
)

// A GPU is one device, its primary context and one stream.
type GPU struct {
	Name            string
	Capability      int // 10·major + minor: 80, 90
	Multiprocessors int
	Memory          int64 // bytes in all
	SharedPerBlock  int   // bytes of shared memory that a block can ask for

	device  cu.Device
	context cu.CUContext
	stream  cu.Stream

	// While the stream is recorded nobody else may use it: what is begun on it
	// would be recorded too, whatever the thread, and who waits for it spoils the
	// recording.
	recording sync.RWMutex
}

// Count is the number of GPUs. Its error tells the states apart: no driver, or
// a driver that does not start.
func Count() (int, error) {
	switch code, reason := libcuda.Status(); {
	case code == 0:
	case libcuda.Path() == "" || code == NotFound: // what was found is no driver
		return 0, fmt.Errorf("no NVIDIA driver: %s", reason)
	case code == NoDevice:
		return 0, nil
	default:
		return 0, fmt.Errorf("the NVIDIA driver does not start: %s (see nvidia-smi)", reason)
	}
	n, err := cu.NumDevices()
	return n, wrap(err, "counting the GPUs")
}

// Version is the driver's CUDA version, 1000·major + 10·minor.
func Version() int { return cu.Version() }

// Open makes the context of a GPU, shared with all libraries in the process.
func Open(ordinal int) (g *GPU, err error) {
	dev, err := cu.GetDevice(ordinal)
	if err != nil {
		return nil, wrap(err, "opening GPU %d", ordinal)
	}
	g = &GPU{device: dev}
	if g.Name, err = dev.Name(); err != nil {
		return nil, wrap(err, "asking for the name of GPU %d", ordinal)
	}
	g.Name = clean(g.Name)
	if g.Memory, err = dev.TotalMem(); err != nil {
		return nil, wrap(err, "asking for the memory of %s", g.Name)
	}
	var major, minor int
	for _, a := range []struct {
		attribute cu.DeviceAttribute
		value     *int
	}{
		{cu.ComputeCapabilityMajor, &major},
		{cu.ComputeCapabilityMinor, &minor},
		{cu.MultiprocessorCount, &g.Multiprocessors},
		{C.CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN, &g.SharedPerBlock},
	} {
		if *a.value, err = dev.Attribute(a.attribute); err != nil {
			return nil, wrap(err, "asking for attribute %d of %s", a.attribute, g.Name)
		}
	}
	g.Capability = 10*major + minor
	if g.context, err = dev.RetainPrimaryCtx(); err != nil {
		return nil, wrap(err, "making a context on %s", g.Name)
	}
	err = g.do(func() error {
		s, err := cu.MakeStream(C.CU_STREAM_NON_BLOCKING)
		g.stream = s
		return wrap(err, "making a stream on %s", g.Name)
	})
	if err != nil {
		_ = dev.ReleasePrimaryCtx()
		return nil, err
	}
	return g, nil
}

// clean drops what package cu leaves after the end of a C string.
func clean(s string) string {
	for i := range len(s) {
		if s[i] == 0 {
			return s[:i]
		}
	}
	return s
}

// Close gives stream and context back. Memory, modules and graphs must be freed
// before.
func (g *GPU) Close() error {
	err := g.do(func() error { return wrap(g.stream.Destroy(), "destroying the stream") })
	if r := wrap(g.device.ReleasePrimaryCtx(), "releasing the context"); err == nil {
		err = r
	}
	return err
}

// do runs f on a thread whose context is g's.
func (g *GPU) do(f func() error) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := cu.SetCurrentContext(g.context); err != nil {
		return wrap(err, "entering the context of %s", g.Name)
	}
	return f()
}

// Do runs f on a thread whose context is the GPU's, while nobody records the
// stream: for what uses the stream, libraries among it. Within f are no other
// calls of the GPU that use it.
func (g *GPU) Do(f func() error) error {
	g.recording.RLock()
	defer g.recording.RUnlock()
	return g.do(f)
}

// Stream is the handle of the GPU's stream, for such libraries.
func (g *GPU) Stream() uintptr { return uintptr(unsafe.Pointer(g.stream.C())) }

// Synchronize waits for the end of all work.
func (g *GPU) Synchronize() error {
	return g.Do(func() error { return wrap(g.stream.Synchronize(), "waiting for the GPU") })
}

// Seconds is the time that the GPU takes for the work which f gives it.
func (g *GPU) Seconds(f func() error) (seconds float64, err error) {
	err = g.do(func() error {
		var events [2]cu.Event
		for i := range events {
			if events[i], err = cu.MakeEvent(cu.DefaultEvent); err != nil {
				return wrap(err, "making an event")
			}
			defer cu.DestroyEvent(&events[i])
		}
		if err := events[0].Record(g.stream); err != nil {
			return wrap(err, "recording an event")
		}
		if err := f(); err != nil {
			return err
		}
		if err := events[1].Record(g.stream); err != nil {
			return wrap(err, "recording an event")
		}
		if err := events[1].Synchronize(); err != nil {
			return wrap(err, "waiting for the GPU")
		}
		ms, err := events[0].Elapsed(events[1])
		seconds = ms / 1000
		return wrap(err, "reading the time between events")
	})
	return seconds, err
}
