//go:build cuda

package cuda

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"glassy/cuda/cudatest"
	"glassy/lab/device"
	"glassy/lab/device/devicetest"
)

func TestMain(m *testing.M) {
	if err := cudatest.Driver(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	Search(cudatest.Folders()...)
	os.Exit(run(m))
}

func run(m *testing.M) int {
	if os.Getenv("GLASSY_LIBCUDA") == "" { // a GPU's context takes long to make: once for all tests
		if d, err := Open(0); err == nil {
			defer d.Close()
		}
	}
	return m.Run()
}

// mocked says that the device is the mock.
func mocked(d *Device) bool { return strings.HasPrefix(d.gpu.Name, "Mock") }

// open is the first GPU, closed at the end of the test.
func open(t testing.TB) *Device {
	t.Helper()
	cudatest.Seen()
	d, err := Open(0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Errorf("closing: %v", err)
		}
	})
	return d
}

// Every operation is what its definition says.
func TestDevice(t *testing.T) {
	devicetest.Run(t, func(t *testing.T) device.Device {
		d := open(t)
		t.Log(d.Describe())
		return d
	})
}

func TestRegistered(t *testing.T) {
	dev, err := device.Open("cuda")
	if err != nil {
		t.Fatal(err)
	}
	if again, err := device.Open("cuda"); err != nil || again != dev {
		t.Errorf("the second Open gives another device (%v)", err)
	}
	if dev.Name() != "cuda" {
		t.Errorf("the device is called %q", dev.Name())
	}
	if _, err := Open(1000); err == nil || !strings.Contains(err.Error(), "GPU 1000 is asked for, but the machine has ") {
		t.Errorf("GPU 1000: error %v", err)
	}
}
