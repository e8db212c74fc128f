package device_test

import (
	"fmt"
	"os"
	"testing"

	"glassy/lab/device"
	"glassy/lab/device/devicetest"
)

// The tests hold the libraries that GLASSY_BLAS and GLASSY_FFT name to the same bounds.
func TestMain(m *testing.M) {
	for name, use := range map[string]func(path string) error{"GLASSY_BLAS": device.UseBLAS, "GLASSY_FFT": device.UseFFT} {
		if path := os.Getenv(name); path != "" {
			if err := use(path); err != nil {
				fmt.Fprintf(os.Stderr, "%s: %v\n", name, err)
				os.Exit(1)
			}
		}
	}
	os.Exit(m.Run())
}

func TestCPU(t *testing.T) {
	fft, err := device.FFT()
	t.Log(device.CPU().Describe(), "; transforms:", fft, err)
	devicetest.Run(t, func(*testing.T) device.Device { return device.NewCPU(3) })
}

func TestPureCPU(t *testing.T) {
	devicetest.Run(t, func(*testing.T) device.Device { return device.NewPureCPU(1) })
}
