package device_test

import (
	"fmt"
	"os"
	"testing"

	"glassy/lab/device"
	"glassy/lab/device/devicetest"
)

// The tests hold the library that GLASSY_BLAS names to the same bounds.
func TestMain(m *testing.M) {
	if path := os.Getenv("GLASSY_BLAS"); path != "" {
		if err := device.UseBLAS(path); err != nil {
			fmt.Fprintln(os.Stderr, "GLASSY_BLAS:", err)
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}

func TestCPU(t *testing.T) {
	t.Log(device.CPU().Describe())
	devicetest.Run(t, func(*testing.T) device.Device { return device.NewCPU(3) })
}

func TestPureCPU(t *testing.T) {
	devicetest.Run(t, func(*testing.T) device.Device { return device.NewPureCPU(1) })
}
