//go:build cuda

package main

import (
	"fmt"
	"os"
	"testing"

	"glassy/cuda"
	"glassy/cuda/cudatest"
	"glassy/lab/device"
	"glassy/lab/oracletest"
)

// The device "cuda" of these tests is a GPU where one is there, else the mock.
func TestMain(m *testing.M) {
	if err := cudatest.Driver(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	cuda.Search(cudatest.Folders()...)
	os.Exit(m.Run())
}

// gpu is the device, closed when the process ends.
func gpu(t testing.TB) *cuda.Device {
	t.Helper()
	cudatest.Seen()
	dev, err := device.Open("cuda")
	if err != nil {
		t.Fatal(err)
	}
	return dev.(*cuda.Device)
}

// Trajectories and landscapes on the device agree with the published values
// within the tolerances that the CPU meets.
func TestOracles(t *testing.T) {
	dev := gpu(t)
	t.Log(dev.Describe())
	oracletest.RunOn(t, "../../../lab/testdata/oracles.json", dev)
}
