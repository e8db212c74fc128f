package lab

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"time"

	"glassy/lab/fig"
	"glassy/lab/run"
)

// redraw is how long a panel lets pass between two drawings at least, and idle how
// many times as long as the last one took: drawing is to cost the computation
// little.
const (
	redraw = 250 * time.Millisecond
	idle   = 4
)

// Live draws the numbers that the running computation tells of its way, while it
// runs: loss or energy and the norm of the gradient of an optimiser, each against
// its steps, and whatever a cell tells with [run.Note]. One call before it is all:
//
//	lab.Live()
//	r := optim.Run(run.Context(), f, x, optim.SGD(0.01), optim.Options{Steps: 1e6})
//
// With names, only numbers of these names are drawn. At the end of the cell, or
// when it is interrupted, the figure is drawn a last time and stays. A program
// without a notebook sees nothing, and can Save the panel's Figure.
func Live(names ...string) *Panel {
	p := &Panel{names: names, fresh: make(chan struct{}, 1), done: make(chan struct{}), gone: make(chan struct{})}
	p.stop = run.Listen(p.hear)
	go p.draw()
	run.AtEnd(p.Stop)
	return p
}

// Panel is a figure of numbers as they come.
type Panel struct {
	names []string
	stop  func()
	fresh chan struct{} // has something when a drawing is due
	done  chan struct{} // closed by Stop
	once  sync.Once
	gone  chan struct{} // closed when the last drawing is made

	mu     sync.Mutex
	series []*series // in the order of their first notes
}

// Stop makes the last drawing. The end of the cell does.
func (p *Panel) Stop() {
	p.once.Do(func() {
		p.stop()
		close(p.done)
	})
	<-p.gone
}

// hear takes a note.
func (p *Panel) hear(n run.Noted) {
	if len(p.names) > 0 && !slices.Contains(p.names, n.Name) {
		return
	}
	p.mu.Lock()
	i := slices.IndexFunc(p.series, func(s *series) bool { return s.name == n.Name })
	if i < 0 {
		i = len(p.series)
		p.series = append(p.series, &series{name: n.Name})
	}
	p.series[i].add(n)
	p.mu.Unlock()
	select {
	case p.fresh <- struct{}{}:
	default:
	}
}

// draw shows the figure until the panel is stopped, and then once more.
func (p *Panel) draw() {
	defer close(p.gone)
	id, shown := fmt.Sprintf("live-%p", p), false
	for {
		last := false
		select {
		case <-p.fresh:
		case <-p.done:
			last = true
		}
		begun := time.Now()
		f := p.Figure()
		switch {
		case f == nil && last:
			run.Show(id, "lab.Live: no number was told; an optimiser does, and run.Note(\"energy\", e)", false)
		case f == nil:
		case last:
			run.Show(id, f, shown)
		default:
			run.Show(id, frame{f}, shown)
			shown = true
		}
		if last {
			return
		}
		select {
		case <-time.After(max(redraw, idle*time.Since(begun))):
		case <-p.done:
		}
	}
}

// frame is a figure that will soon be drawn again: without the PNG, which takes
// longest.
type frame struct{ *fig.Figure }

// MIMEBundle shows the figure as SVG.
func (f frame) MIMEBundle() map[string]any {
	svg, err := f.SVG()
	if err != nil {
		return map[string]any{"text/plain": err.Error()}
	}
	return map[string]any{"image/svg+xml": svg, "text/plain": f.String()}
}

// Figure is what the panel shows now: numbers of one name in one pair of axes,
// one curve for each computation. It is nil before the first note.
func (p *Panel) Figure() *fig.Figure {
	p.mu.Lock()
	defer p.mu.Unlock()
	var panels []*fig.Figure
	for _, s := range p.series {
		if f := s.figure(); f != nil {
			panels = append(panels, f)
		}
	}
	switch len(panels) {
	case 0:
		return nil
	case 1:
		return panels[0]
	}
	for _, f := range panels {
		f.Width, f.Height = 90, 70
	}
	return fig.Grid(p.computations(), min(3, len(panels)), panels...)
}

// computations names those whose numbers are shown.
func (p *Panel) computations() string {
	var names []string
	for _, s := range p.series {
		for _, c := range s.curves {
			if c.of != nil && !slices.Contains(names, c.of.Name()) {
				names = append(names, c.of.Name())
			}
		}
	}
	return strings.Join(names, ", ")
}

// MIMEBundle shows the panel as the figure that it is now.
func (p *Panel) MIMEBundle() map[string]any {
	if f := p.Figure(); f != nil {
		return f.MIMEBundle()
	}
	return map[string]any{"text/plain": p.String()}
}

// String says what has been heard.
func (p *Panel) String() string {
	if f := p.Figure(); f != nil {
		return f.String()
	}
	return "a live panel that has heard no number yet"
}

// maxCurves is how many computations a panel tells apart: the latest.
const maxCurves = 8

// series are the numbers of one name: a curve for each computation.
type series struct {
	name   string
	begun  int // computations
	curves []*curve
}

func (s *series) add(n run.Noted) {
	i := slices.IndexFunc(s.curves, func(c *curve) bool { return c.of == n.Loop })
	if i < 0 {
		s.begun++
		if len(s.curves) == maxCurves {
			s.curves = slices.Delete(s.curves, 0, 1)
		}
		i = len(s.curves)
		s.curves = append(s.curves, &curve{of: n.Loop, number: s.begun, stride: 1})
	}
	s.curves[i].add(n)
}

// figure draws the curves; nil before there is a finite number.
func (s *series) figure() *fig.Figure {
	f := fig.New(s.name)
	f.X.Label, f.Y.Label = "steps", s.name
	low, high := math.Inf(1), math.Inf(-1)
	for _, c := range s.curves {
		x, y := c.points()
		if len(x) == 0 {
			continue
		}
		low, high = min(low, slices.Min(y)), max(high, slices.Max(y))
		name := ""
		if s.begun > 1 {
			name = c.title()
		}
		if len(x) == 1 {
			f.Points(name, x, y)
		} else {
			f.Line(name, x, y)
		}
	}
	if high < low {
		return nil
	}
	if low > 0 && high > 100*low {
		f.Y.Scale = fig.Log
	}
	for _, c := range s.curves {
		if c.lost {
			f.Title = fmt.Sprintf("%s (not finite at step %d)", s.name, c.lostAt)
		}
	}
	return f
}

// maxPoints is how many points of a curve are kept: more show no more.
const maxPoints = 2000

// curve is the way of one number in one computation.
type curve struct {
	of     *run.Loop
	number int // among the computations of the panel

	x, y   []float64 // every stride-th note
	stride int
	heard  int // notes
	last   run.Noted

	lost   bool // a number was not finite, first at
	lostAt int
}

func (c *curve) title() string {
	if c.of == nil {
		return fmt.Sprint(c.number)
	}
	return fmt.Sprintf("%s %d", c.of.Name(), c.number)
}

func (c *curve) add(n run.Noted) {
	if math.IsNaN(n.Value) || math.IsInf(n.Value, 0) {
		if !c.lost {
			c.lost, c.lostAt = true, n.Step
		}
		return
	}
	if c.heard%c.stride == 0 {
		if len(c.x) == maxPoints {
			for i := range maxPoints / 2 {
				c.x[i], c.y[i] = c.x[2*i], c.y[2*i]
			}
			c.x, c.y = c.x[:maxPoints/2], c.y[:maxPoints/2]
			c.stride *= 2
		}
		c.x, c.y = append(c.x, float64(n.Step)), append(c.y, n.Value)
	}
	c.heard++
	c.last = n
}

// points are those that are kept, and the last.
func (c *curve) points() (x, y []float64) {
	x, y = slices.Clone(c.x), slices.Clone(c.y)
	if k := len(x); k > 0 && x[k-1] < float64(c.last.Step) {
		x, y = append(x, float64(c.last.Step)), append(y, c.last.Value)
	}
	return x, y
}
