package lab_test

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"

	"glassy/lab"
	"glassy/lab/fig"
	"glassy/lab/run"
)

// controlled is a host that keeps what it is given.
type controlled struct {
	controls []run.Control
	draw     func([]any) []any
}

func newControlled(t *testing.T) *controlled {
	s := &controlled{}
	run.SetHost(run.Host{Interact: func(controls []run.Control, draw func([]any) []any) { s.controls, s.draw = controls, draw }})
	t.Cleanup(func() { run.SetHost(run.Host{}) })
	return s
}

type temperature float64

func TestInteract(t *testing.T) {
	s := newControlled(t)
	lab.Interact(func(a float64, b temperature, n int, s string, yes bool, size int, d float64) (string, error) {
		if n == 0 {
			return "", errors.New("no n")
		}
		return fmt.Sprintf("%g %g %d %s %t %d %g", a, b, n, s, yes, size, d), nil
	}, lab.Slider("a", 0, 2).Step(0.5), lab.Slider("b", 0.01, 100).Log(), lab.Slider("n", -4, 5), lab.TextField("s", "text"),
		lab.Checkbox("yes", false), lab.Dropdown("size", 10, 20).At(20), lab.Slider("d", 0, 9).At(3))
	want := []run.Control{
		{Name: "a", Value: 1.0, Low: 0.0, High: 2.0, Step: 0.5},
		{Name: "b", Value: 1.0, Low: 0.01, High: 100.0, Step: 0.02, Log: true},
		{Name: "n", Value: 0, Low: -4, High: 5, Step: 1},
		{Name: "s", Value: "text"},
		{Name: "yes", Value: false},
		{Name: "size", Value: 20, Options: []any{10, 20}},
		{Name: "d", Value: 3.0, Low: 0.0, High: 9.0, Step: 0.045},
	}
	for i, c := range s.controls {
		if !reflect.DeepEqual(c, want[i]) {
			t.Errorf("control %d is %+v, expected %+v", i, c, want[i])
		}
	}
	if got := s.draw([]any{0.5, 2.0, 3, "", true, 10, 0.0}); !reflect.DeepEqual(got, []any{"0.5 2 3  true 10 0"}) {
		t.Errorf("drew %q", got)
	}
	if got := s.draw([]any{0.5, 2.0, 0, "", true, 10, 0.0}); len(got) != 2 || got[1].(error).Error() != "no n" {
		t.Errorf("drew %q, expected the error", got)
	}
}

// The first figure is whole; those that follow are what a page needs at once.
func TestInteractFigure(t *testing.T) {
	s := newControlled(t)
	lab.Interact(func(x float64) *fig.Figure {
		if x == 9 {
			return nil
		}
		f := fig.New("line")
		f.Line("x", []float64{0, 1}, []float64{0, x})
		return f
	}, lab.Slider("x", 0, 9))
	for i, forms := range []int{3, 2, 2} {
		shown := s.draw([]any{float64(i)})[0].(interface{ MIMEBundle() map[string]any }).MIMEBundle()
		if svg, _ := shown["image/svg+xml"].(string); !strings.HasPrefix(svg, "<svg") || len(shown) != forms {
			t.Errorf("figure %d has %d forms, its SVG is %.20q; expected %d", i, len(shown), svg, forms)
		}
	}
	if f := s.draw([]any{9.0})[0].(*fig.Figure); f != nil {
		t.Errorf("no figure became %v", f)
	}
}

func TestInteractRefuses(t *testing.T) {
	newControlled(t)
	number, whole := func(float64) int { return 0 }, func(int) int { return 0 }
	for want, f := range map[string]func(){
		"a <nil> to draw with, expected a function": func() { lab.Interact(nil) },
		"a int to draw with":                        func() { lab.Interact(7) },
		"1 controls for a func() int":               func() { lab.Interact(func() int { return 0 }, lab.Checkbox("c", true)) },
		"0 controls for a func(float64) int":        func() { lab.Interact(number) },
		"1 controls for a func(...int) int":         func() { lab.Interact(func(...int) int { return 0 }, lab.Slider("x", 0, 1)) },
		"a func(int) returns nothing":               func() { lab.Interact(func(int) {}, lab.Slider("x", 0, 9)) },
		`Slider "x": from 1 to 1, expected`:         func() { lab.Slider("x", 1, 1) },
		`from NaN to 1`:                             func() { lab.Slider("x", math.NaN(), 1) },
		`from -Inf to 1`:                            func() { lab.Slider("x", math.Inf(-1), 1) },
		`at least two whole numbers`:                func() { lab.Interact(whole, lab.Slider("x", 0.2, 0.8)) },
		`Log from 0, expected a slider from above`:  func() { lab.Slider("x", 0, 1).Log() },
		`Log for a parameter of type int`:           func() { lab.Interact(whole, lab.Slider("x", 1, 9).Log()) },
		`Step(0), expected`:                         func() { lab.Slider("x", 0, 1).Step(0) },
		`Checkbox "c": Step(1), expected a slider`:  func() { lab.Checkbox("c", true).Step(1) },
		`Dropdown "d": no options`:                  func() { lab.Dropdown("d") },
		`value a of type string, expected a value`:  func() { lab.Interact(whole, lab.Dropdown("d", 1, "a")) },
		`value 2.5 of type float64`:                 func() { lab.Interact(whole, lab.Slider("x", 0, 9).At(2.5)) },
		`value 3 at first, expected one of [1 2]`:   func() { lab.Interact(whole, lab.Dropdown("d", 1, 2).At(3)) },
		`value 10 at first, expected from 0 to 9`:   func() { lab.Interact(number, lab.Slider("x", 0, 9).At(10)) },
		`its parameter is a bool, expected float64`: func() { lab.Interact(func(bool) int { return 0 }, lab.Slider("x", 0, 9)) },
		`its parameter is a []int`:                  func() { lab.Interact(func([]int) int { return 0 }, lab.Slider("x", 0, 9)) },
	} {
		func() {
			defer func() {
				if x := fmt.Sprint(recover()); !strings.Contains(x, want) || !strings.HasPrefix(x, "lab: ") {
					t.Errorf("panic %q, expected %q in it", x, want)
				}
			}()
			f()
		}()
	}
}

func ExampleInteract() {
	// In a cell of a notebook, two sliders and a figure that follows them; in any
	// other program, nothing.
	lab.Interact(func(γ float64, n int) string {
		return fmt.Sprintf("γ = %g, n = %d", γ, n)
	}, lab.Slider("γ", 0.01, 2).Log(), lab.Slider("n", 10, 1000))
	// Output:
}
