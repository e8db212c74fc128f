package process

import (
	"fmt"
	"os"

	"glassy/kernel/engine/checkpoint"
	"glassy/lab/device"
)

// numbers stand for a device.Vector in a checkpoint. Those of a vector in host
// memory are its own, so vectors that share memory go on to.
type numbers struct {
	Device  string
	Float32 []float32
	Float64 []float64
	Int32   []int32
}

// keepVectors teaches checkpoints the vectors of package device.
func keepVectors() {
	checkpoint.Surrogate(func(d device.Device) (string, error) {
		if d == nil {
			return "", nil
		}
		return d.Name(), nil
	}, func(name string) (device.Device, error) {
		if name == "" {
			return nil, nil
		}
		return openOrCPU(name), nil
	})
	checkpoint.Surrogate(takeNumbers, giveNumbers)
}

// openOrCPU is a device, or, where the machine has no such one, the processor.
func openOrCPU(name string) device.Device {
	d, err := device.Open(name)
	if err != nil {
		fmt.Fprintf(os.Stderr, "%v; what lived there is on the processor now\n", err)
		return device.CPU()
	}
	return d
}

func takeNumbers(v device.Vector) (s numbers, err error) {
	if v.Device() == nil {
		return s, nil
	}
	s.Device = v.Device().Name()
	switch v.DType() {
	case device.Float32:
		s.Float32 = hostNumbers[float32](v)
	case device.Float64:
		s.Float64 = hostNumbers[float64](v)
	case device.Int32:
		s.Int32 = hostNumbers[int32](v)
	default:
		err = fmt.Errorf("a vector of %v", v.DType())
	}
	return s, err
}

// hostNumbers are those of a vector in host memory themselves, of another copies.
func hostNumbers[T device.Number](v device.Vector) []T {
	if v.Len() == 0 {
		return []T{}
	}
	if mem, _ := v.Memory(); mem != nil {
		return device.Read[T](v)
	}
	return device.Host[T](v)
}

func giveNumbers(s numbers) (device.Vector, error) {
	switch {
	case s.Device == "":
		return device.Vector{}, nil
	case s.Float32 != nil:
		return onDevice(s.Device, s.Float32), nil
	case s.Float64 != nil:
		return onDevice(s.Device, s.Float64), nil
	}
	return onDevice(s.Device, s.Int32), nil
}

func onDevice[T device.Number](name string, x []T) device.Vector {
	if d := openOrCPU(name); d != device.CPU() {
		return device.Put(d, device.TypeOf[T](), x)
	}
	return device.Of(x)
}
