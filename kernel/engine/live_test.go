package engine

import (
	"strings"
	"testing"

	"glassy/kernel/display"
)

// shows is an Output that keeps the figures, and whether each updated another.
type shows struct {
	recorder
	figures []display.Bundle
	updates []bool
}

func (s *shows) Display(b display.Bundle, id string, update bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := b.Data["image/svg+xml"]; ok {
		s.figures = append(s.figures, b)
		s.updates = append(s.updates, update)
	}
}

// A run is drawn while it goes, and its figure stays with all forms.
func TestLiveFigureOfARun(t *testing.T) {
	b := newBench(t)
	out := &shows{}
	res := b.Execute(t.Context(), Cell{Code: `f := wells.New(wells.DoubleWell(0))
x := f.New()
x.Device().Fill(x, 0.5)
lab.Live()
ctx, cancel := context.WithTimeout(run.Context(), time.Second)
optim.Run(ctx, f, x, optim.SGD(0.001), optim.Options{Steps: 1 << 40})
cancel()`}, out)
	if res.Error != nil {
		t.Fatal(strings.Join(res.Error.Traceback, "\n"))
	}
	n := len(out.figures)
	if n < 2 || n > 6 { // four in a second, and the last
		t.Fatalf("%d figures in a second, expected two to six", n)
	}
	for i, update := range out.updates {
		if update != (i > 0) {
			t.Errorf("figure %d updates: %t", i, update)
		}
	}
	last := out.figures[n-1]
	text, _ := last.Data["text/plain"].(string)
	if last.Data["image/png"] == nil || !strings.Contains(text, "energy") || !strings.Contains(text, "gradient norm") {
		t.Errorf("the last figure has %d forms and the text %q", len(last.Data), text)
	}
}
