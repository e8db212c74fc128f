package engine

import (
	"strings"
	"testing"
)

// An interrupt stops the laboratory's loop; the cell goes on with what the loop
// had done.
func TestInterruptKeepsALabRun(t *testing.T) {
	b := newBench(t)
	b.ok(`f := wells.New(wells.DoubleWell(0))
x := f.New()
x.Device().Fill(x, 0.5)`)
	res, took := b.interruptAfter(`fmt.Println("go")
r := optim.Run(run.Context(), f, x, optim.SGD(0.01), optim.Options{Steps: 1 << 40})`)
	if res.Error != nil || took > soon {
		t.Errorf("ended with %v after %v, want no error, within %v", res.Error, took, soon)
	}
	b.want("fmt.Sprintf(\"%v %t %.6f\", r.Status, r.Steps > 1000, device.Read[float64](r.Weights)[0])", "stopped true 1.000000")
}

// A bar is drawn at most ten times a second, last with all done.
func TestProgressOfALabLoop(t *testing.T) {
	b := newBench(t)
	r, res := b.do(`for range run.Start(run.Context(), "work", 35).Steps() { time.Sleep(10*time.Millisecond) }`)
	if res.Error != nil {
		t.Fatal(res.Error)
	}
	bars := r.log
	if len(bars) < 2 || len(bars) > 10 || !strings.Contains(bars[0], "/s, ") || !strings.Contains(bars[0], " left") {
		t.Fatalf("drew %q, want two to ten bars with a rate and the time left", bars)
	}
	if last := bars[len(bars)-1]; !strings.HasPrefix(last, "display: work █") || !strings.Contains(last, "█ 35/35, ") {
		t.Errorf("the last bar is %q", last)
	}
}
