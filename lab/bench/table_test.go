package bench

import (
	"flag"
	"fmt"
	"math"
	"os"
	"runtime"
	"testing"

	"glassy/lab/device"
)

var (
	table  = flag.Bool("table", false, "compare with PyTorch and print the table")
	rounds = flag.Int("rounds", 7, "how often each side has its turn at each task")
	only   = flag.Int("threads", 0, "1 or 2 to measure with that many alone")
)

// onThreads measures on one and on two threads beside a Python.
func onThreads(t *testing.T, measure func(threads int, python string) (string, error)) {
	t.Helper()
	python := os.Getenv("GLASSY_BENCH_PYTHON")
	if python == "" {
		python = "python3"
	}
	for _, threads := range []int{1, 2} {
		if *only != 0 && *only != threads {
			continue
		}
		procs := runtime.GOMAXPROCS(threads) // the garbage collector's threads count too
		text, err := measure(threads, python)
		runtime.GOMAXPROCS(procs)
		if err != nil {
			t.Fatal(fmt.Errorf("GLASSY_BENCH_PYTHON names a python with the peer's packages: %w", err))
		}
		t.Logf("\n%d threads\n%s", threads, text)
	}
}

var networks = []string{"mnistfc", "lenet", "small-lenet-ch3", "tiny-fc"}

// Every task runs and its answer is a number, without -table too.
func TestTasks(t *testing.T) {
	for _, name := range networks {
		o, err := newOurs(name, device.CPU(), samples)
		if err != nil {
			t.Fatal(err)
		}
		o.prepare()
		for _, task := range tasks {
			if y := task.once(o); math.IsNaN(y) || math.IsInf(y, 0) || y == 0 {
				t.Errorf("%s, %s: %g, expected a number", name, task.name, y)
			}
		}
	}
	// Weights, gradient and momentum at least, 4 bytes each.
	if peak, err := ourMemory(1, "lenet"); err != nil || peak < 3*4*131220 || peak > 1e9 {
		t.Errorf("the memory of a training process is %g bytes (%v)", peak, err)
	}
}

func TestTable(t *testing.T) {
	if !*table {
		// A measurement of minutes with no bound to fail: TestTasks has run every
		// task already, and a busy machine would make any bound a matter of luck.
		t.Skip("a measurement, not a check: give -table to make it")
	}
	onThreads(t, func(threads int, python string) (string, error) {
		p, err := StartPeer(python, fmt.Sprint(threads))
		if err != nil {
			t.Logf("no PyTorch to compare with, our numbers alone (GLASSY_BENCH_PYTHON names another python): %v", err)
		} else {
			defer p.Stop()
		}
		return Compare(Options{
			Device: device.NewCPU(threads), Peer: p, Rounds: *rounds, Networks: networks, Processor: threads == 1,
			Memory: func(name string) (float64, error) { return ourMemory(threads, name) },
		})
	})
}
