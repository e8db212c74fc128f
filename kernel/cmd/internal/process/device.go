package process

import (
	"fmt"
	"os"
	"sync"

	"glassy/lab/device"
)

// ChooseDevice follows GLASSY_DEVICE: cpu, cuda, or auto, the default. Where the
// machine has no such device it says so, and auto goes on.
func ChooseDevice() {
	if err := device.Use(device.Auto); err != nil {
		panic(err)
	}
	if name := os.Getenv("GLASSY_DEVICE"); name != "" {
		if err := device.Use(name); err != nil {
			fmt.Fprintf(os.Stderr, "GLASSY_DEVICE: %v; going on with auto\n", err)
		}
	}
}

// useDevice is %device: with a name it chooses, without it lists.
func useDevice(name string) string {
	if name == "" {
		return device.Devices().String()
	}
	if err := device.Use(name); err != nil {
		return fmt.Sprintf("%v\nnothing has changed: new networks live where they did (%s)", err, device.Using())
	}
	switch using := device.Using(); using {
	case device.Auto:
		return "new networks live where their work takes least time"
	default:
		dev, err := device.Open(using)
		if err != nil {
			return err.Error()
		}
		return fmt.Sprintf("new networks live on %s: %s", using, dev.Describe())
	}
}

// deviceInUse is where new networks live, in words for the record of a cell.
func deviceInUse() string {
	using := device.Using()
	describedMu.Lock()
	defer describedMu.Unlock()
	if described[using] == "" {
		switch dev, err := device.Open(using); {
		case using == device.Auto:
			described[using] = "auto: " + device.CPU().Describe()
		case err != nil:
			described[using] = using
		default:
			described[using] = using + ": " + dev.Describe()
		}
	}
	return described[using]
}

var (
	describedMu sync.Mutex
	described   = map[string]string{} // by name: what does not change is asked once
)
