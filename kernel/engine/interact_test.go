package engine

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// sliders are the ids of the widgets of one model that a cell opened, in order.
func sliders(r *recorder, model string) (ids []string) {
	for _, m := range r.comms {
		if m.Type == "comm_open" && strings.Contains(string(m.Data), fmt.Sprintf("%q", model)) {
			ids = append(ids, m.ID)
		}
	}
	return ids
}

// move has the page set a widget, and returns what was shown then.
func (b *bench) move(id, trait string, value any) *recorder {
	b.t.Helper()
	data, err := json.Marshal(map[string]any{"method": "update", "state": map[string]any{trait: value}, "buffer_paths": []any{}})
	if err != nil {
		b.t.Fatal(err)
	}
	r := &recorder{}
	b.Comm(CommMessage{Type: "comm_msg", ID: id, Data: data}, r)
	return r
}

// A slider in a cell draws at once, and again, with the variables of the session,
// when it is moved.
func TestInteract(t *testing.T) {
	b := newBench(t)
	b.ok("factor := 10.0")
	r, res := b.do(`lab.Interact(func(γ float64, n int, word string, yes bool, k int) string {
	if n == 7 { panic("seven") }
	return fmt.Sprintf("%v %d %s %t %d", γ*factor, n, word, yes, k)
}, lab.Slider("γ", 0, 2), lab.Slider("n", 1, 9), lab.TextField("word", "a"), lab.Checkbox("yes", true), lab.Dropdown("k", 100, 200))`)
	if res.Error != nil {
		t.Fatal(strings.Join(res.Error.Traceback, "\n"))
	}
	want := []string{"display: γ = 1\nn = 5\nword = a\nyes = true\nk = 100", "display: 10 5 a true 100"}
	if !slices.Equal(r.log, want) {
		t.Fatalf("showed %q, expected %q", r.log, want)
	}
	γ, n := sliders(r, "FloatSliderModel")[0], sliders(r, "IntSliderModel")[0]
	for _, step := range []struct {
		id, trait string
		value     any
		want      string
	}{
		{γ, "value", 0, "display: 0 5 a true 100"},
		{sliders(r, "TextModel")[0], "value", "", "display: 0 5  true 100"},
		{sliders(r, "CheckboxModel")[0], "value", false, "display: 0 5  false 100"},
		{sliders(r, "DropdownModel")[0], "index", 1, "display: 0 5  false 200"},
	} {
		if r := b.move(step.id, step.trait, step.value); !slices.Equal(r.log, []string{step.want}) {
			t.Errorf("%v: showed %q, expected %q", step.value, r.log, step.want)
		}
	}
	if r := b.move(n, "value", 7); len(r.log) != 1 || !strings.Contains(r.log[0], "panic: seven") || !strings.Contains(r.log[0], "Cell[2]") {
		t.Errorf("showed %q, expected the panic with its place", r.log)
	}
	b.ok("factor = 20")
	if r := b.move(n, "value", 8); !slices.Equal(r.log, []string{"display: 0 8  false 200"}) {
		t.Errorf("showed %q after the panic", r.log)
	}
	if r := b.move(γ, "value", 1); !slices.Equal(r.log, []string{"display: 20 8  false 200"}) {
		t.Errorf("showed %q with another factor", r.log)
	}
}

// A cell that runs again closes the controls that it made before, edited or not;
// those of other cells stay.
func TestInteractAgain(t *testing.T) {
	b := newBench(t)
	run := func(id, code string) *recorder {
		b.n++
		r := &recorder{}
		if res := b.Execute(t.Context(), Cell{Code: code, Count: b.n, ID: id}, r); res.Error != nil {
			t.Fatal(res.Error)
		}
		return r
	}
	closed := func(r *recorder) (n int) {
		for _, m := range r.comms {
			if m.Type == "comm_close" {
				n++
			}
		}
		return n
	}
	two := "for range 2 { lab.Interact(func(n int) int { return n }, lab.Slider(\"n\", 1, 9)) }"
	for i, step := range []struct {
		id, code string
		closed   int // of each pair a slider and its box, two layouts and a style
	}{{"a", two, 0}, {"b", two, 0}, {"a", two, 10}, {"a", two + " // edited", 10}, {"", two, 0}} {
		if n := closed(run(step.id, step.code)); n != step.closed {
			t.Errorf("step %d: %d comms were closed, expected %d", i, n, step.closed)
		}
	}
	last := run("b", two)
	if r := b.move(sliders(last, "IntSliderModel")[1], "value", 7); !slices.Equal(r.log, []string{"display: 7"}) {
		t.Errorf("the newest slider showed %q", r.log)
	}
}

// The first draw is the cell's: its panic too. The controls stand, and the next
// draw has its place.
func TestInteractThatFailsAtFirst(t *testing.T) {
	b := newBench(t)
	r, res := b.do(`lab.Interact(func(n int) (string, error) {
	if n == 5 { panic("five") }
	if n == 6 { return "", errors.New("six") }
	return fmt.Sprint("n is ", n), nil
}, lab.Slider("n", 1, 9))`)
	if res.Error == nil || res.Error.Value != "five" || len(r.log) != 2 {
		t.Fatalf("ended with %v, showed %q", res.Error, r.log)
	}
	n := sliders(r, "IntSliderModel")[0]
	if r := b.move(n, "value", 6); !slices.Equal(r.log, []string{"display: six"}) {
		t.Errorf("showed %q", r.log)
	}
	if r := b.move(n, "value", 4); !slices.Equal(r.log, []string{"display: n is 4"}) {
		t.Errorf("showed %q", r.log)
	}
}

// An interrupt stops a draw; the death of the session process closes the controls.
// Both are told where the figure was.
func TestInteractInterruptedAndDead(t *testing.T) {
	b := newBench(t)
	r, res := b.do(`func deeper(n int) int { return deeper(n+1) + 1 }
lab.Interact(func(n int) int {
	if n == 8 { fmt.Println("go"); for {} }
	if n == 9 { deeper(0) }
	return n
}, lab.Slider("n", 1, 9))`)
	if res.Error != nil {
		t.Fatal(res.Error)
	}
	n := sliders(r, "IntSliderModel")[0]
	seen := make(chan struct{})
	draw := &recorder{seen: seen}
	done := make(chan struct{})
	go func() {
		defer close(done)
		b.Comm(CommMessage{Type: "comm_msg", ID: n, Data: json.RawMessage(`{"method":"update","state":{"value":8}}`)}, draw)
	}()
	<-seen
	b.Interrupt()
	<-done
	if last := draw.log[len(draw.log)-1]; !strings.HasPrefix(last, "display: ") || !strings.Contains(last, "interrupted: ") {
		t.Errorf("showed %q, expected that it was interrupted", draw.log)
	}
	if r := b.move(n, "value", 2); !slices.Equal(r.log, []string{"display: 2"}) {
		t.Errorf("showed %q after the interrupt", r.log)
	}
	dead := b.move(n, "value", 9)
	if len(dead.log) == 0 || !strings.Contains(dead.log[len(dead.log)-1], "stack overflow") {
		t.Errorf("showed %q, expected the death of the session process", dead.log)
	}
	closed := 0
	for _, m := range dead.comms {
		if m.Type == "comm_close" {
			closed++
		}
	}
	if closed != 5 { // the slider and its box, two layouts and a style
		t.Errorf("%d comms were closed, expected 5", closed)
	}
	if r := b.move(n, "value", 3); len(r.log) != 0 {
		t.Errorf("a slider of the dead showed %q", r.log)
	}
}
