package lab_test

import (
	"context"
	"math"
	"sync"
	"testing"

	"glassy/lab"
	"glassy/lab/fig"
	"glassy/lab/run"
)

// screen is a host that keeps what is shown, and the wishes for the end.
type screen struct {
	mu    sync.Mutex
	shown []any
	fresh int // of them, those that updated nothing
	ends  []func()
}

func newScreen(t *testing.T) *screen {
	s := &screen{}
	run.SetHost(run.Host{
		Show: func(_ string, v any, update bool) {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.shown = append(s.shown, v)
			if !update {
				s.fresh++
			}
		},
		AtEnd: func(f func()) { s.ends = append(s.ends, f) },
	})
	t.Cleanup(func() { run.SetHost(run.Host{}) })
	return s
}

// end is the end of the cell.
func (s *screen) end() (last any) {
	for _, f := range s.ends {
		f()
	}
	return s.shown[len(s.shown)-1]
}

func TestLive(t *testing.T) {
	s := newScreen(t)
	lab.Live()
	for k := range 10_000 {
		run.Note("energy", math.Exp(-float64(k)/1000))
		if k%2 == 0 {
			run.Note("slope", -float64(k))
		}
	}
	f, ok := s.end().(*fig.Figure)
	if !ok {
		t.Fatalf("the last thing shown is a %T, expected a figure", s.shown[len(s.shown)-1])
	}
	if s.fresh != 1 {
		t.Errorf("%d figures, expected one that is drawn again", s.fresh)
	}
	if err := f.Err(); err != nil {
		t.Fatal(err)
	}
	panels := f.Panels()
	if len(panels) != 2 {
		t.Fatalf("%d panels, expected energy and slope: %s", len(panels), f)
	}
	for i, want := range []struct {
		name        string
		steps, last float64
		scale       fig.Scale
	}{{"energy", 10_000, math.Exp(-9.999), fig.Log}, {"slope", 5000, -9998, fig.Linear}} {
		p := panels[i]
		c := p.Series()[0]
		n := len(c.X)
		if p.Y.Label != want.name || p.Y.Scale != want.scale || n < 500 || n > 2001 || c.X[0] != 1 || c.X[n-1] != want.steps || c.Y[n-1] != want.last {
			t.Errorf("panel %d is %q with scale %v and %d points to (%v, %v), expected %+v", i, p.Y.Label, p.Y.Scale, n, c.X[n-1], c.Y[n-1], want)
		}
	}
	run.Note("energy", 1) // after the end: nobody listens
	if p := f.Panels()[0].Series()[0]; p.X[len(p.X)-1] != 10_000 {
		t.Error("a figure that was shown has changed")
	}
}

func TestLiveOfSeveralRunsAndWhatIsNotFinite(t *testing.T) {
	s := newScreen(t)
	lab.Live("loss")
	for i := range 12 {
		loop := run.Start(context.Background(), "SGD", 0)
		for k := range 5 {
			loop.Note("loss", k, float64(i))
			loop.Note("other", k, 1)
		}
		if i == 11 {
			loop.Note("loss", 5, math.NaN())
		}
		loop.End()
	}
	f := s.end().(*fig.Figure)
	if err := f.Err(); err != nil {
		t.Fatal(err)
	}
	curves := f.Series()
	if len(curves) != 8 || curves[7].Name != "SGD 12" || f.Title != "loss (not finite at step 5)" {
		t.Errorf("%d curves, the last %q, of %q; expected the last 8 of 12 of the loss alone", len(curves), curves[len(curves)-1].Name, f.Title)
	}
}

func TestLiveOfNothing(t *testing.T) {
	s := newScreen(t)
	p := lab.Live()
	if _, ok := s.end().(string); !ok || p.Figure() != nil {
		t.Errorf("shows %v, expected to say that there was nothing", s.shown)
	}
}

func TestLiveWithoutNotebook(t *testing.T) {
	run.SetHost(run.Host{})
	p := lab.Live()
	run.Note("energy", 1)
	run.Note("energy", math.Inf(1))
	p.Stop()
	p.Stop()
	if f := p.Figure(); f == nil || f.Err() != nil || len(f.Series()[0].X) != 1 {
		t.Errorf("the figure is %v, expected one point", f)
	}
	if b := p.MIMEBundle(); b["image/svg+xml"] == nil {
		t.Errorf("shows itself as %v", b)
	}
}
