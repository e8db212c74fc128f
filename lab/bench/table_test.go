package bench

import (
	"flag"
	"fmt"
	"math"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"glassy/lab/device"
)

var (
	table  = flag.Bool("table", false, "compare with PyTorch and print the table")
	rounds = flag.Int("rounds", 7, "how often each side has its turn at each task")
	only   = flag.Int("threads", 0, "1 or 2 to measure with that many alone")
)

// turn is how long one turn at a task lasts on our side, about.
const turn = 200 * time.Millisecond

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
	for _, threads := range []int{1, 2} {
		if *only != 0 && *only != threads {
			continue
		}
		p, err := startPeer(threads)
		if err != nil {
			t.Logf("no PyTorch to compare with, our numbers alone (GLASSY_BENCH_PYTHON names another python): %v", err)
		}
		text, err := compare(threads, p)
		if p != nil {
			p.stop()
		}
		if err != nil {
			t.Fatal(err)
		}
		t.Log("\n" + text)
	}
}

// compare measures every task of every network in turn with p, which may be
// nil, and returns the table.
func compare(threads int, p *peer) (string, error) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(threads)) // the garbage collector's threads count too
	var s strings.Builder
	for i, name := range networks {
		o, err := newOurs(name, device.NewCPU(threads), samples)
		if err != nil {
			return "", err
		}
		o.prepare()
		if p != nil {
			if n, err := p.seconds("count", name, 1); err != nil || n[0] != float64(o.x.Len()) {
				return "", fmt.Errorf("%s: %d parameters, PyTorch's has %v (%v)", name, o.x.Len(), n, err)
			}
		}
		if i == 0 {
			fmt.Fprintf(&s, "ours: %s, %s\n", runtime.Version(), o.dev.Describe())
			if p != nil {
				fmt.Fprintf(&s, "peer: %s\n", p.versions)
			}
			fmt.Fprintf(&s, "\n| %d thread(s), float32, batch %d | ours, ms | PyTorch, ms | ratio | of the fastest | ours, gradients | PyTorch, gradients |\n|---|---:|---:|---:|---:|---:|---:|\n", threads, batch)
		}
		var gradient [2]float64
		for _, task := range tasks {
			medians, fastest, err := inTurn(o, p, threads, task.name, name, task.once)
			if err != nil {
				return "", err
			}
			if task.name == "gradient" {
				gradient = medians
			}
			fmt.Fprintf(&s, "| %s, %s | %s | %s |", name, task.name, cells(medians, 1e3), cell(fastest[1]/fastest[0]))
			if task.unit {
				fmt.Fprintf(&s, " %s | %s |\n", cell(medians[0]/gradient[0]), cell(medians[1]/gradient[1]))
			} else {
				fmt.Fprint(&s, " | |\n")
			}
		}
		var peak [2]float64
		if peak[0], err = ourMemory(threads, name); err != nil {
			return "", err
		}
		peak[1] = math.NaN()
		if p != nil {
			if peak[1], err = peerMemory(threads, name); err != nil {
				return "", err
			}
		}
		fmt.Fprintf(&s, "| %s, memory, MB | %s | | | |\n", name, cells(peak, 1e-6))
	}
	return s.String(), nil
}

// cells are ours, theirs and theirs over ours.
func cells(x [2]float64, scale float64) string {
	return fmt.Sprintf("%s | %s | %s", cell(x[0]*scale), cell(x[1]*scale), cell(x[1]/x[0]))
}

// cell is a number, or nothing where PyTorch is not there.
func cell(x float64) string {
	if math.IsNaN(x) {
		return ""
	}
	return fmt.Sprintf("%.2f", x)
}

// inTurn is the medians and the least of our seconds and PyTorch's, NaN where
// there is none.
func inTurn(o *ours, p *peer, threads int, task, name string, once func(*ours) float64) (medians, fastest [2]float64, err error) {
	clock := wallTime
	if threads == 1 {
		clock = processorTime
	}
	measure := func(repeat int) []float64 {
		s := make([]float64, repeat)
		for i := range s {
			start := clock()
			once(o)
			s[i] = (clock() - start).Seconds()
		}
		return s
	}
	peer := func(repeat int) ([]float64, error) {
		if p == nil {
			return []float64{math.NaN()}, nil
		}
		return p.seconds(task, name, repeat)
	}
	repeat := max(1, min(50, int(turn.Seconds()/slices.Min(measure(3)))))
	if _, err := peer(2); err != nil {
		return medians, fastest, err
	}
	var all [2][]float64
	for range *rounds {
		all[0] = append(all[0], measure(repeat)...)
		theirs, err := peer(repeat)
		if err != nil {
			return medians, fastest, err
		}
		all[1] = append(all[1], theirs...)
	}
	for i, s := range all {
		slices.Sort(s)
		medians[i], fastest[i] = s[len(s)/2], s[0]
	}
	return medians, fastest, nil
}

var start = time.Now()

func wallTime() time.Duration { return time.Since(start) }

// processorTime is what this process has used of the processor. Where one
// thread works, others on the machine disturb it less than the time on the wall.
func processorTime() time.Duration {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_PROCESS_CPUTIME_ID, &t); err != nil {
		panic(err)
	}
	return time.Duration(t.Nano())
}
