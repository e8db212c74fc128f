package process

import (
	"fmt"
	"sync"
	"sync/atomic"

	"glassy/kernel/display"
	"glassy/kernel/display/widgets"
	"glassy/kernel/engine/host"
	"glassy/lab/run"
)

// interact is [run.Interact] here: the controls are widgets, and what is drawn is
// a display of its own below them, so that the notebook keeps the last one. The
// first draw is the cell's, and so is its failure; later ones run as cells do, one
// at a time, and fail in the place of what they draw.
func interact(controls []run.Control, draw func(values []any) []any) {
	id := display.NewID()
	var turn atomic.Int64 // a draw that was left behind must not cover a later one
	var shown atomic.Bool
	var values []func() any
	redraw := func() {
		n := turn.Add(1)
		host.FailIn(id)
		now := make([]any, len(values))
		for i, value := range values {
			now[i] = value()
		}
		b := display.Of(draw(now)...)
		switch {
		case turn.Load() != n:
		case shown.Swap(true):
			display.Update(id, b)
		default:
			display.ShowAs(id, b)
		}
	}
	var rows []widgets.Widget
	for _, c := range controls {
		row, value := control(c, redraw)
		rows, values = append(rows, row), append(values, value)
	}
	box := widgets.NewVBox(rows...)
	replaceControls(append(rows, box))
	display.Show(box)
	defer func() {
		if !shown.Swap(true) { // the place for what a later draw shows
			display.ShowAs(id, display.Text(""))
		}
	}()
	redraw()
}

// controlled are the controls that a cell has made, by what the front end calls it.
var controlled = struct {
	sync.Mutex
	of map[string]controlsOfRun
}{of: map[string]controlsOfRun{}}

type controlsOfRun struct {
	run     int
	widgets []widgets.Widget
}

// replaceControls notes the controls of the running cell, and closes those that it
// made when it ran before: their page is gone.
func replaceControls(made []widgets.Widget) {
	run, cell := host.Here()
	if cell == "" {
		return
	}
	controlled.Lock()
	defer controlled.Unlock()
	now := controlled.of[cell]
	if now.run != run {
		for _, w := range now.widgets {
			w.Close()
		}
		now = controlsOfRun{run: run}
	}
	now.widgets = append(now.widgets, made...)
	controlled.of[cell] = now
}

// control is the widget of a control, and what it is set to. Each change calls
// changed.
func control(c run.Control, changed func()) (w widgets.Widget, value func() any) {
	switch first := c.Value.(type) {
	case bool:
		if c.Options == nil {
			w := widgets.NewCheckbox(c.Name, first)
			return w, follow(w, changed)
		}
	case string:
		if c.Options == nil {
			w := widgets.NewText(c.Name, first)
			return w, follow(w, changed)
		}
	case int:
		if c.Options == nil {
			w := widgets.NewIntSlider(c.Name, c.Low.(int), c.High.(int))
			w.Set("step", int(c.Step))
			w.SetValue(first)
			return w, follow(w, changed)
		}
	case float64:
		if c.Options != nil {
			break
		}
		if c.Log {
			w := widgets.NewFloatLogSlider(c.Name, c.Low.(float64), c.High.(float64))
			w.Set("step", c.Step)
			w.SetValue(first)
			return w, follow(w, changed)
		}
		w := widgets.NewFloatSlider(c.Name, c.Low.(float64), c.High.(float64))
		w.Set("step", c.Step)
		w.SetValue(first)
		return w, follow(w, changed)
	}
	words := make([]string, len(c.Options))
	for i, o := range c.Options {
		words[i] = fmt.Sprint(o)
	}
	d := widgets.NewDropdown(c.Name, words...)
	for i, o := range c.Options {
		if o == c.Value {
			d.SetIndex(i)
		}
	}
	d.OnChange(func(string) { changed() })
	return d, func() any { return c.Options[d.Index()] }
}

// follow has changed called with each new value of w, and returns what asks for it.
func follow[T any](w interface {
	Value() T
	OnChange(func(T))
}, changed func()) func() any {
	w.OnChange(func(T) { changed() })
	return func() any { return w.Value() }
}
