package bench

import (
	"errors"
	"fmt"
	"math"
	"runtime"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"glassy/lab/device"
)

// turn is how long one turn at a task lasts on our side, about.
const turn = 200 * time.Millisecond

// Options are what is compared, and how.
type Options struct {
	Device   device.Device
	Peer     *Peer    // on the same hardware; nil: our numbers alone
	Rounds   int      // how often each side has its turn at each task
	Networks []string // by name, as in peers/pytorch.py

	// Processor measures the processor's time in place of that on the wall: with
	// one thread other programs disturb it less.
	Processor bool
	// Memory is the peak of our training steps in bytes, in a process of its own;
	// nil: it is not measured.
	Memory func(network string) (float64, error)
}

// Compare measures every task of every network in turn with the peer and returns
// a table in Markdown, with notes on what PyTorch did not do.
func Compare(o Options) (string, error) {
	var s strings.Builder
	fmt.Fprintf(&s, "ours: %s, %s\n", runtime.Version(), o.Device.Describe())
	if o.Peer != nil {
		fmt.Fprintf(&s, "peer: %s\n", o.Peer.versions)
	}
	fmt.Fprintf(&s, "\n| float32, batch %d | ours, ms | PyTorch, ms | ratio | of the fastest | ours, gradients | PyTorch, gradients |\n|---|---:|---:|---:|---:|---:|---:|\n", batch)
	var notes []string
	for _, name := range o.Networks {
		n, err := o.compare(&s, name)
		if err != nil {
			return "", fmt.Errorf("%s: %w", name, err)
		}
		notes = append(notes, n...)
	}
	if len(notes) > 0 {
		fmt.Fprintf(&s, "\n%s\n", strings.Join(notes, "\n"))
	}
	return s.String(), nil
}

// compare adds the lines of one network.
func (o *Options) compare(s *strings.Builder, name string) (notes []string, err error) {
	mine, err := newOurs(name, o.Device, samples)
	if err != nil {
		return nil, err
	}
	mine.prepare()
	if o.Peer != nil {
		if n, err := o.Peer.seconds("count", name, 1); err != nil || n[0] != float64(mine.x.Len()) {
			return nil, fmt.Errorf("%d parameters, PyTorch's has %v (%v)", mine.x.Len(), n, err)
		}
	}
	var gradient [2]float64
	for _, task := range tasks {
		if task.graph && o.Device.Name() == "cpu" {
			continue
		}
		medians, fastest, err := o.inTurn(mine, task.name, name, task.once)
		var failed taskError
		if errors.As(err, &failed) {
			notes = append(notes, err.Error())
		} else if err != nil {
			return nil, err
		}
		if task.name == "gradient" {
			gradient = medians
		}
		fmt.Fprintf(s, "| %s, %s | %s | %s |", name, task.name, cells(medians, 1e3), cell(fastest[1]/fastest[0]))
		if task.unit {
			fmt.Fprintf(s, " %s | %s |\n", cell(medians[0]/gradient[0]), cell(medians[1]/gradient[1]))
		} else {
			fmt.Fprint(s, " | |\n")
		}
	}
	if o.Memory == nil {
		return notes, nil
	}
	peak := [2]float64{0, math.NaN()}
	if peak[0], err = o.Memory(name); err != nil {
		return nil, err
	}
	if o.Peer != nil {
		if peak[1], err = o.Peer.Memory(name); err != nil {
			return nil, err
		}
	}
	fmt.Fprintf(s, "| %s, memory, MB | %s | | | |\n", name, cells(peak, 1e-6))
	return notes, nil
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
// there is none: without a peer, and with a taskError.
func (o *Options) inTurn(mine *ours, task, name string, once func(*ours) float64) (medians, fastest [2]float64, err error) {
	clock := wallTime
	if o.Processor {
		clock = processorTime
	}
	measure := func(repeat int) []float64 {
		s := make([]float64, repeat)
		for i := range s {
			start := clock()
			once(mine)
			s[i] = (clock() - start).Seconds()
		}
		return s
	}
	peer := func(repeat int) ([]float64, error) {
		if o.Peer == nil {
			return nil, nil
		}
		return o.Peer.seconds(task, name, repeat)
	}
	repeat := max(1, min(50, int(turn.Seconds()/slices.Min(measure(3)))))
	var all [2][]float64
	_, err = peer(2) // what it keeps is made now
	var failed taskError
	for range o.Rounds {
		all[0] = append(all[0], measure(repeat)...)
		if err == nil {
			var theirs []float64
			theirs, err = peer(repeat)
			all[1] = append(all[1], theirs...)
		}
		if err != nil && !errors.As(err, &failed) {
			return medians, fastest, err
		}
	}
	for i, s := range all {
		if medians[i], fastest[i] = math.NaN(), math.NaN(); len(s) > 0 {
			slices.Sort(s)
			medians[i], fastest[i] = s[len(s)/2], s[0]
		}
	}
	return medians, fastest, err
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
