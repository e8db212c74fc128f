//go:build linux

package cluster

import (
	"context"
	"flag"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"glassy/lab/optim"
)

var load = flag.Bool("load", false, "TestLoad makes 20,000 descents on 1, 2 and 4 workers, and holds the queue to 5 % of one")

// some is a descent from a point that the seed names, on bowls.
type some struct {
	Seed  uint64
	Steps int
}

func (s some) descend(ctx context.Context) (float64, error) {
	f := newBowls(5, 12, 40)
	x := f.New()
	x.Device().Normal(s.Seed, 0, 0, 3, x)
	m, err := optim.Named("sgd")
	if err != nil {
		return 0, err
	}
	m.Inner.Rate = optim.Constant(0.05)
	r := optim.Run(ctx, f, x, m, optim.Options{Steps: s.Steps, Batch: f.Samples()})
	return f.Value(r.Weights), nil
}

// glassLike is so many steps that a descent takes as long as one of a 3-spin glass
// of N = 100 does, 4 ms.
const glassLike = 500

// Of many small tasks none is lost and none is done twice. What the queue uses for
// them, with the server and the workers in this process, is little beside a descent
// on a glass, though nobody would send them one by one: both in processor time,
// since others use the machine too. The descents that are sent are shorter.
func TestLoad(t *testing.T) {
	n, sizes := 2000, []int{2}
	if *load {
		n, sizes = 20_000, []int{1, 2, 4}
	}
	var calls atomic.Int64
	task := NewTask("descents", func(ctx context.Context, s some) (float64, error) {
		calls.Add(1)
		return s.descend(ctx)
	})
	const alone, steps = 20, 2
	begun := processor(t)
	for i := range alone {
		some{uint64(i), glassLike}.descend(t.Context())
	}
	work := (processor(t) - begun) / alone
	in, values := make([]some, n), make([]float64, alone)
	for i := range in {
		in[i] = some{uint64(i), steps}
	}
	for i := range values {
		values[i], _ = in[i].descend(t.Context())
	}
	for _, workers := range sizes {
		c := local(t, workers, Options{}, task)
		calls.Store(0)
		wall, begun := time.Now(), processor(t)
		m := Map(t.Context(), c, task, in)
		all, rate := processor(t)-begun, float64(n)/time.Since(wall).Seconds()
		c.Close()
		if m.Err != nil || m.Done != n || calls.Load() != int64(n) {
			t.Fatalf("%d workers: %v, %d calls, expected %d", workers, m, calls.Load(), n)
		}
		for i := range in[:alone] {
			if m.Values[i] != values[i] {
				t.Errorf("%d workers: descent %d ends at %v, here at %v", workers, i, m.Values[i], values[i])
			}
		}
		queue := all/time.Duration(n) - work*steps/glassLike
		share := queue.Seconds() / work.Seconds()
		t.Logf("%d workers: %d descents, %.0f a second; the queue takes %v for one, %.1f %% of a descent of %v",
			workers, n, rate, queue, 100*share, work)
		if *load && share > 0.05 {
			t.Errorf("%d workers: the queue costs %.1f %% of the work, expected at most 5 %%", workers, 100*share)
		}
	}
}

// processor is the processor time that this process has used.
func processor(t *testing.T) time.Duration {
	var now unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_PROCESS_CPUTIME_ID, &now); err != nil {
		t.Fatal(err)
	}
	return time.Duration(now.Nano())
}
