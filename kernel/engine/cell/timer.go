package cell

import (
	"fmt"
	"math"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// A Timer times how long a loop's body takes, for %timeit:
//
//	for t := NewTimer(); t.Next(); {
//		for range t.N {
//			body
//		}
//	}
//
// It finds out how many times in a row make a measurable run, measures a few
// runs, and prints what it found.
type Timer struct {
	N int // times in this run

	start  time.Time
	before runtime.MemStats
	begun  time.Time
	loops  []float64 // seconds a time, of each run
	allocs float64   // of a time, in the last run
	bytes  float64
	chosen bool
}

const (
	timerRun   = 100 * time.Millisecond // the least that a run takes
	timerRuns  = 7
	timerLimit = 10 * time.Second // no more runs after it
)

// NewTimer makes a timer whose first run is one time.
func NewTimer() *Timer { return &Timer{begun: time.Now()} }

// Next ends a run and begins the next one, unless all is known.
func (t *Timer) Next() bool {
	elapsed := time.Since(t.start)
	if t.N > 0 && !t.end(elapsed) {
		turnTo(1)
		fmt.Println(t)
		return false
	}
	t.N = max(t.N, 1)
	runtime.ReadMemStats(&t.before)
	t.start = time.Now()
	return true
}

// end takes in a run, and reports whether another one is wanted.
func (t *Timer) end(elapsed time.Duration) bool {
	if !t.chosen && elapsed < timerRun {
		each := max(float64(elapsed)/float64(t.N), 0.1)
		t.N = roundUp(min(1.2*float64(timerRun)/each, 100*float64(t.N)))
		return true
	}
	t.chosen = true
	var after runtime.MemStats
	runtime.ReadMemStats(&after)
	t.loops = append(t.loops, elapsed.Seconds()/float64(t.N))
	t.allocs = float64(after.Mallocs-t.before.Mallocs) / float64(t.N)
	t.bytes = float64(after.TotalAlloc-t.before.TotalAlloc) / float64(t.N)
	return len(t.loops) < timerRuns && (time.Since(t.begun) < timerLimit || len(t.loops) < 2)
}

// roundUp is the next of 1, 2, 5, 10, 20, …
func roundUp(x float64) int {
	p := math.Pow(10, math.Floor(math.Log10(x)))
	for _, m := range []float64{1, 2, 5} {
		if m*p >= x {
			return int(m * p)
		}
	}
	return int(10 * p)
}

// String is the result.
func (t *Timer) String() string {
	least, mean, n := math.Inf(1), 0.0, float64(len(t.loops))
	for _, x := range t.loops {
		least = min(least, x)
		mean += x / n
	}
	variance := 0.0
	for _, x := range t.loops {
		variance += (x - mean) * (x - mean) / (n - 1)
	}
	return fmt.Sprintf("%s ± %s (mean ± sd of %d runs of %s), least %s; %.3g allocations, %.3g B",
		seconds(mean), seconds(math.Sqrt(variance)), len(t.loops), grouped(t.N), seconds(least), math.Floor(t.allocs), math.Floor(t.bytes))
}

// seconds writes a time with three digits.
func seconds(s float64) string {
	for _, u := range []struct {
		name string
		of   float64
	}{{"s", 1}, {"ms", 1e-3}, {"µs", 1e-6}} {
		if s >= u.of {
			return fmt.Sprintf("%.3g %s", s/u.of, u.name)
		}
	}
	return fmt.Sprintf("%.3g ns", s/1e-9)
}

// grouped writes a number with commas.
func grouped(n int) string {
	digits := strconv.Itoa(n)
	var b strings.Builder
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(d)
	}
	return b.String()
}

// Keep uses a value, so that what makes it is not left out.
func Keep[T any](v T) { runtime.KeepAlive(v) }

// Keep2 is Keep of two.
func Keep2[T, U any](v T, w U) { runtime.KeepAlive(v); runtime.KeepAlive(w) }
