package device_test

import (
	"testing"

	"glassy/lab/device"
	"glassy/lab/device/devicetest"
)

func TestCPU(t *testing.T) {
	for _, threads := range []int{1, 3} {
		devicetest.Run(t, func(*testing.T) device.Device { return device.NewCPU(threads) })
	}
}
