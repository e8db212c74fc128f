package device_test

import (
	"testing"

	"glassy/lab/device"
	"glassy/lab/device/devicetest"
)

func TestCPU(t *testing.T) {
	t.Log(device.CPU().Describe())
	devicetest.Run(t, func(*testing.T) device.Device { return device.NewCPU(3) })
}

func TestPureCPU(t *testing.T) {
	devicetest.Run(t, func(*testing.T) device.Device { return device.NewPureCPU(1) })
}
