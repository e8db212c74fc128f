package bench

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"

	"glassy/lab/device"
)

// memoryOf names the network in the environment of the process that measures.
const memoryOf = "GLASSY_BENCH_MEMORY"

// TestMain measures memory where that is asked for: a process of its own has
// nothing else in it.
func TestMain(m *testing.M) {
	name := os.Getenv(memoryOf)
	if name == "" {
		os.Exit(m.Run())
	}
	peak, err := peakOfSteps(name)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(peak)
}

// ourMemory is the peak of five steps in bytes.
func ourMemory(threads int, name string) (float64, error) {
	self, err := os.Executable()
	if err != nil {
		return 0, err
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), memoryOf+"="+name, fmt.Sprint("GOMAXPROCS=", threads))
	out, err := cmd.Output()
	if err != nil {
		return 0, fmt.Errorf("measuring memory: %w", err)
	}
	return strconv.ParseFloat(strings.TrimSpace(string(out)), 64)
}

func peakOfSteps(name string) (int, error) {
	small, err := newOurs("small-lenet", device.CPU(), 2)
	if err != nil {
		return 0, err
	}
	small.step() // so that the libraries are there
	images([]int{1, 28, 28}, 10, samples)
	debug.FreeOSMemory()
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0); err != nil { // the peak starts anew
		return 0, err
	}
	idle, err := resident("VmRSS:")
	if err != nil {
		return 0, err
	}
	o, err := newOurs(name, device.CPU(), samples)
	if err != nil {
		return 0, err
	}
	for range 5 {
		o.step()
	}
	peak, err := resident("VmHWM:")
	return peak - idle, err
}

// resident is a line of /proc/self/status, in bytes.
func resident(field string) (int, error) {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, err
	}
	for line := range bytes.Lines(status) {
		if f := strings.Fields(string(line)); len(f) > 1 && f[0] == field {
			kilobytes, err := strconv.Atoi(f[1])
			return kilobytes << 10, err
		}
	}
	return 0, fmt.Errorf("/proc/self/status has no %s", field)
}
