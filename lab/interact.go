package lab

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"

	"glassy/lab/fig"
	"glassy/lab/run"
)

// Interact shows controls and, below them, what f returns for their values, and
// calls f again whenever a reader moves one:
//
//	lab.Interact(func(γ float64, n int) *fig.Figure {
//		… // draws for γ and n
//	}, lab.Slider("γ", 0.01, 2), lab.Slider("n", 10, 1000))
//
// f takes numbers (float64 or int), strings and bools, one for each control and in
// their order, and returns what a cell can show, with or without an error. It is
// called for the values that the controls have at first, then for the newest
// values whenever it is free; what it returns, or how it failed, takes the place
// of what was there. The last figure stays in the notebook when it is saved.
// Where there is nobody to move a control the first figure is all.
//
// It panics when f and the controls do not go together. In a program that is no
// notebook, nothing happens.
func Interact(f any, controls ...Control) {
	fn := reflect.ValueOf(f)
	if !fn.IsValid() || fn.Kind() != reflect.Func || fn.IsNil() {
		panic(fmt.Sprintf("lab: Interact: a %T to draw with, expected a function", f))
	}
	t := fn.Type()
	if t.NumIn() != len(controls) || t.IsVariadic() {
		panic(fmt.Sprintf("lab: Interact: %d controls for a %v, expected one for each parameter", len(controls), t))
	}
	if t.NumOut() == 0 {
		panic(fmt.Sprintf("lab: Interact: a %v returns nothing, expected what is to be shown", t))
	}
	resolved := make([]run.Control, len(controls))
	for i, c := range controls {
		resolved[i] = c.resolve(t.In(i))
	}
	var drawn atomic.Bool
	run.Interact(resolved, func(values []any) []any {
		in := make([]reflect.Value, len(values))
		for i, v := range values {
			in[i] = reflect.ValueOf(v).Convert(t.In(i))
		}
		var shown []any
		for _, out := range fn.Call(in) {
			shown = append(shown, out.Interface())
		}
		if last := len(shown) - 1; last > 0 && shown[last] == nil && t.Out(last) == reflect.TypeFor[error]() {
			shown = shown[:last]
		}
		// While it moves a figure is SVG alone: the PNG beside it, for print, takes
		// thirty times as long.
		if f, ok := shown[0].(*fig.Figure); ok && f != nil && drawn.Swap(true) {
			shown[0] = frame{f}
		}
		return shown
	})
}

// Control sets one parameter of the function of [Interact]: a [Slider], a
// [Dropdown], a [Checkbox] or a [TextField].
type Control struct {
	what      string
	name      string
	first     any // nil: the default
	low, high float64
	step      float64 // 0: the default
	log       bool
	options   []any
}

// Slider is a number from low to high: in 200 steps, or, for an int, all of them.
// It is in the middle at first.
func Slider(name string, low, high float64) Control {
	c := Control{what: "Slider", name: name, low: low, high: high}
	if !(low < high) || math.IsInf(high-low, 0) {
		c.refuse("from %v to %v, expected finite numbers in order", low, high)
	}
	return c
}

// Dropdown is one of several strings or numbers; at first the first.
func Dropdown(name string, options ...any) Control {
	c := Control{what: "Dropdown", name: name, options: options}
	if len(options) == 0 {
		c.refuse("no options, expected one or more")
	}
	return c
}

// Checkbox is yes or no.
func Checkbox(name string, first bool) Control {
	return Control{what: "Checkbox", name: name, first: first}
}

// TextField is a string to type.
func TextField(name, first string) Control {
	return Control{what: "TextField", name: name, first: first}
}

// At is c with another value at first.
func (c Control) At(first any) Control {
	c.first = first
	return c
}

// Step is the slider c with steps of a size; in decades where it is logarithmic.
func (c Control) Step(size float64) Control {
	if c.what != "Slider" || !(size > 0) || math.IsInf(size, 0) {
		c.refuse("Step(%v), expected a slider and a size above 0", size)
	}
	c.step = size
	return c
}

// Log is the slider c on a logarithmic scale: in the middle stands the geometric
// mean of its ends, which are above 0.
func (c Control) Log() Control {
	if c.what != "Slider" || !(c.low > 0) {
		c.refuse("Log from %v, expected a slider from above 0", c.low)
	}
	c.log = true
	return c
}

func (c Control) refuse(format string, a ...any) {
	panic(fmt.Sprintf("lab: %s %q: %s", c.what, c.name, fmt.Sprintf(format, a...)))
}

// resolve is the control for a parameter of type t.
func (c Control) resolve(t reflect.Type) run.Control {
	out := run.Control{Name: c.name, Log: c.log}
	of := basic(t)
	takes := map[string][]reflect.Kind{
		"Slider": {reflect.Float64, reflect.Int}, "Checkbox": {reflect.Bool}, "TextField": {reflect.String},
		"Dropdown": {reflect.Float64, reflect.Int, reflect.String, reflect.Bool},
	}[c.what]
	if of == nil || !slices.Contains(takes, of.Kind()) {
		c.refuse("its parameter is a %v, expected %s", t, strings.Trim(fmt.Sprint(takes), "[]"))
	}
	convert := func(v any) any {
		x, ok := exactly(v, of)
		if !ok {
			c.refuse("value %v of type %T, expected a value for a %v", v, v, t)
		}
		return x
	}
	switch {
	case c.what == "Slider" && of.Kind() == reflect.Int:
		if c.log {
			c.refuse("Log for a parameter of type %v, expected float64", t)
		}
		low, high := math.Ceil(c.low), math.Floor(c.high)
		if !(low < high) || low < math.MinInt32 || high > math.MaxInt32 {
			c.refuse("from %v to %v, expected at least two whole numbers of at most ten digits", c.low, c.high)
		}
		out.Low, out.High, out.Value, out.Step = int(low), int(high), int(math.Floor((low+high)/2)), max(1, math.Round(c.step))
	case c.what == "Slider":
		out.Low, out.High, out.Step = c.low, c.high, c.step
		span, middle := c.high-c.low, (c.low+c.high)/2
		if c.log {
			span, middle = math.Log10(c.high/c.low), math.Sqrt(c.low*c.high)
		}
		out.Value = middle
		if c.step == 0 {
			out.Step = span / 200
		}
	case c.what == "Dropdown":
		for _, o := range c.options {
			out.Options = append(out.Options, convert(o))
		}
		out.Value = out.Options[0]
	}
	if c.first != nil {
		out.Value = convert(c.first)
		if len(out.Options) > 0 && !slices.Contains(out.Options, out.Value) {
			c.refuse("value %v at first, expected one of %v", c.first, c.options)
		}
		if x, ok := exactly(out.Value, reflect.TypeFor[float64]()); c.what == "Slider" && !(ok && c.low <= x.(float64) && x.(float64) <= c.high) {
			c.refuse("value %v at first, expected from %v to %v", c.first, c.low, c.high)
		}
	}
	return out
}

// basic is the type that a control's value for a parameter of type t has, nil for
// a type that no control has values for.
func basic(t reflect.Type) reflect.Type {
	for _, b := range []reflect.Type{reflect.TypeFor[float64](), reflect.TypeFor[int](), reflect.TypeFor[string](), reflect.TypeFor[bool]()} {
		if t.Kind() == b.Kind() {
			return b
		}
	}
	return nil
}

// exactly is v as a value of a basic type; false where that would change it.
func exactly(v any, of reflect.Type) (any, bool) {
	r := reflect.ValueOf(v)
	if !r.IsValid() || !r.CanConvert(of) || (r.Kind() == reflect.String) != (of.Kind() == reflect.String) {
		return nil, false
	}
	x := r.Convert(of)
	return x.Interface(), x.Convert(r.Type()).Equal(r)
}
