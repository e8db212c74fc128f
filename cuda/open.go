//go:build cuda

package cuda

import (
	"fmt"
	"sync"

	"glassy/cuda/internal/driver"
	"glassy/cuda/kernels"
	"glassy/lab/device"
)

func init() {
	device.Register("cuda", func(number int) (device.Device, error) {
		opened.Lock()
		defer opened.Unlock()
		if d := opened.devices[number]; d != nil {
			return d, nil
		}
		d, err := Open(number)
		if err != nil {
			return nil, err // which may be another's doing, and pass
		}
		opened.devices[number] = d
		return d, nil
	})
}

// opened are the devices that package device knows, by number.
var opened = struct {
	sync.Mutex
	devices map[int]*Device
}{devices: make(map[int]*Device)}

const oldest = 60 // compute capability that the fallback PTX is for

// Open is the GPU of that number, from 0. Each call makes a device with memory
// and kernels of its own. The error says which of the three states the machine
// is in, and what would help.
func Open(ordinal int) (*Device, error) {
	n, err := driver.Count()
	switch {
	case err != nil:
		return nil, err
	case n == 0:
		return nil, fmt.Errorf("an NVIDIA driver is here, but no GPU that it can use (is one passed to this machine or container? see nvidia-smi)")
	case ordinal < 0 || ordinal >= n:
		return nil, fmt.Errorf("GPU %d is asked for, but the machine has %d, counted from 0", ordinal, n)
	}
	gpu, err := driver.Open(ordinal)
	if err != nil {
		return nil, err
	}
	if gpu.Capability < oldest {
		gpu.Close()
		return nil, fmt.Errorf("%s has compute capability %d.%d, at least %d.%d is needed", gpu.Name, gpu.Capability/10, gpu.Capability%10, oldest/10, oldest%10)
	}
	d := &Device{gpu: gpu, ordinal: ordinal, among: n}
	d.kernels = newLoader(gpu, kernels.PTX)
	if err := d.start(); err != nil {
		d.Close()
		return nil, err
	}
	return d, nil
}
