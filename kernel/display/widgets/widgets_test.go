package widgets

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"glassy/kernel/display"
)

// page is a front end that keeps what it is sent.
type page struct {
	t    *testing.T
	sent []display.CommMessage
}

func newPage(t *testing.T) *page {
	p := &page{t: t}
	display.SetCommSender(func(m display.CommMessage) { p.sent = append(p.sent, m) })
	t.Cleanup(func() {
		display.SetCommSender(func(display.CommMessage) {})
		open.models = nil
	})
	return p
}

// data is message i, counted from the end where i is negative.
func (p *page) data(i int) (m map[string]any) {
	p.t.Helper()
	if i < 0 {
		i += len(p.sent)
	}
	if i < 0 || i >= len(p.sent) {
		p.t.Fatalf("%d messages sent, expected more", len(p.sent))
	}
	if err := json.Unmarshal(p.sent[i].Data, &m); err != nil {
		p.t.Fatal(err)
	}
	return m
}

// says sends a message of the page.
func (p *page) says(w Widget, data string, buffers ...[]byte) {
	display.ReceiveComm(display.CommMessage{Type: "comm_msg", ID: w.ID(), Data: json.RawMessage(data), Buffers: buffers})
}

// sets has the page change a widget.
func (p *page) sets(w Widget, state string) {
	p.says(w, `{"method":"update","buffer_paths":[],"state":`+state+`}`)
}

// The models open in the order in which they refer to each other, with all that
// ipywidgets 8 front ends read of them.
func TestOpening(t *testing.T) {
	p := newPage(t)
	s := NewFloatSlider("γ", 0, 2)
	if len(p.sent) != 3 {
		t.Fatalf("%d messages, expected the layout, the style and the slider", len(p.sent))
	}
	for i, m := range p.sent {
		if m.Type != "comm_open" || m.Target != "jupyter.widget" || string(m.Metadata) != `{"version":"2.1.0"}` {
			t.Errorf("message %d is %s to %s with metadata %s", i, m.Type, m.Target, m.Metadata)
		}
	}
	state := p.data(2)["state"].(map[string]any)
	for trait, want := range map[string]any{
		"_model_name": "FloatSliderModel", "_model_module": "@jupyter-widgets/controls", "_model_module_version": "2.0.0",
		"_view_name": "FloatSliderView", "layout": "IPY_MODEL_" + p.sent[0].ID, "style": "IPY_MODEL_" + p.sent[1].ID,
		"value": 0.0, "min": 0.0, "max": 2.0, "step": 0.01, "description": "γ", "disabled": false, "tooltip": nil,
	} {
		if got, ok := state[trait]; !ok || got != want {
			t.Errorf("%s is %v (%t), expected %v", trait, got, ok, want)
		}
	}
	view := s.MIMEBundle()["application/vnd.jupyter.widget-view+json"].(map[string]any)
	if view["model_id"] != p.sent[2].ID || s.ID() != p.sent[2].ID || s.MIMEBundle()["text/plain"] != "γ = 0" {
		t.Errorf("shown as %v and %q", view, s.MIMEBundle()["text/plain"])
	}
}

// A value set in the page is the widget's, echoed to other pages, and told once.
func TestValuesOfThePage(t *testing.T) {
	p := newPage(t)
	var told []any
	f, n := NewFloatSlider("f", -1, 2), NewIntSlider("n", 0, 9)
	c, x, d := NewCheckbox("c", true), NewText("x", "text"), NewDropdown("d", "a", "b")
	l := NewFloatLogSlider("l", 0.01, 100)
	f.OnChange(func(v float64) { told = append(told, v) })
	n.OnChange(func(v int) { told = append(told, v) })
	c.OnChange(func(v bool) { told = append(told, v) })
	x.OnChange(func(v string) { told = append(told, v) })
	d.OnChange(func(v string) { told = append(told, v) })
	l.OnChange(func(v float64) { told = append(told, v) })
	n.SetValue(3)
	d.SetValue("b")
	p.sent = nil
	p.sets(f, `{"value":0}`)
	p.sets(n, `{"value":0}`)
	p.sets(c, `{"value":false}`)
	p.sets(x, `{"value":""}`)
	p.sets(d, `{"index":0}`)
	p.sets(l, `{"value":100.00000000000001}`)
	if want := []any{3, "b", 0.0, 0, false, "", "a", 100.00000000000001}; !reflect.DeepEqual(told, want) {
		t.Errorf("told %v, expected %v", told, want)
	}
	if f.Value() != 0 || n.Value() != 0 || c.Value() || x.Value() != "" || d.Value() != "a" || d.Index() != 0 {
		t.Errorf("values %v %v %v %q %v", f.Value(), n.Value(), c.Value(), x.Value(), d.Value())
	}
	for i := range p.sent {
		if m := p.data(i); m["method"] != "echo_update" {
			t.Errorf("answer %d is %v, expected an echo", i, m)
		}
	}
	if len(p.sent) != 6 {
		t.Errorf("%d answers, expected 6", len(p.sent))
	}
	SetEcho(false)
	defer SetEcho(true)
	p.sets(f, `{"value":1}`)
	if len(p.sent) != 6 || f.Value() != 1 {
		t.Errorf("%d answers after SetEcho(false), value %v", len(p.sent), f.Value())
	}
}

// What a widget cannot have is answered with what it has.
func TestBadValuesOfThePage(t *testing.T) {
	p := newPage(t)
	n := NewIntSlider("n", 1, 9)
	d := NewDropdown("d", "a", "b")
	changed := 0
	n.OnChange(func(int) { changed++ })
	d.OnChange(func(string) { changed++ })
	for _, state := range []string{`{"value":10}`, `{"value":0}`, `{"value":2.5}`, `{"value":"2"}`, `{"value":null}`, `{"value":[]}`} {
		p.sent = nil
		p.sets(n, state)
		if m := p.data(-1); len(p.sent) != 1 || m["method"] != "update" || m["state"].(map[string]any)["value"] != 1.0 {
			t.Errorf("%s: answered with %v", state, m)
		}
	}
	p.sets(d, `{"index":2}`)
	p.sets(d, `{"index":-1}`)
	p.sent = nil
	for _, data := range []string{`{`, `7`, `{}`, `{"method":"update"}`, `{"method":"none"}`, `{"method":"update","state":{"no":1,"_model_name":"x"}}`,
		`{"method":"update","buffer_paths":[["value"],[],[1],["a","b"]]}`, `{"method":"custom","content":3}`} {
		p.says(n, data, []byte("x"))
	}
	if n.Value() != 1 || d.Value() != "a" || changed > 0 || len(p.sent) > 0 {
		t.Errorf("values %v %v, %d changes, %d answers; expected 1, a, none, none", n.Value(), d.Value(), changed, len(p.sent))
	}
}

func TestValuesOfTheProgram(t *testing.T) {
	p := newPage(t)
	n := NewIntSlider("n", -5, 5)
	told := 0
	n.OnChange(func(int) { told++ })
	p.sent = nil
	n.SetValue(0)
	n.SetValue(0)
	if m := p.data(0); len(p.sent) != 1 || told != 1 || m["method"] != "update" || m["state"].(map[string]any)["value"] != 0.0 {
		t.Errorf("sent %v, told %d times; expected one update to 0", p.sent, told)
	}
	p.says(n, `{"method":"request_state"}`)
	if m := p.data(-1)["state"].(map[string]any); m["value"] != 0.0 || m["_model_name"] != "IntSliderModel" {
		t.Errorf("the state is %v", m)
	}
	n.Set("readout", false)
	n.SetLayout("width", "50%")
	if m := p.data(-1)["state"].(map[string]any); m["width"] != "50%" || n.get("readout") != false {
		t.Errorf("the layout is %v", m)
	}
	for name, f := range map[string]func(){
		"value 6, expected from -5 to 5": func() { n.SetValue(6) },
		`trait "nosuch"`:                 func() { n.Set("nosuch", 1) },
		`trait "value"`:                  func() { n.Set("value", 7) },
		`property "colour"`:              func() { n.SetLayout("colour", "red") },
		"expected finite ends in order":  func() { NewIntSlider("n", 2, 1) },
		"expected above 0":               func() { NewFloatLogSlider("n", 0, 1) },
		"no options":                     func() { NewDropdown("n") },
		`expected one of ["a"]`:          func() { NewDropdown("n", "a").SetValue("b") },
	} {
		func() {
			defer func() {
				if x := fmt.Sprint(recover()); !strings.Contains(x, name) || !strings.HasPrefix(x, "widgets: ") {
					t.Errorf("panic %q, expected %q in it", x, name)
				}
			}()
			f()
		}()
	}
}

func TestButton(t *testing.T) {
	p := newPage(t)
	b, clicks := NewButton("go"), 0
	b.OnClick(func() { clicks++ })
	p.says(b, `{"method":"custom","content":{"event":"click"}}`)
	p.says(b, `{"method":"custom","content":{"event":"other"}}`)
	if clicks != 1 || b.String() != "[go]" {
		t.Errorf("%d clicks of %s, expected 1", clicks, b)
	}
}

func TestBoxAndItsText(t *testing.T) {
	p := newPage(t)
	a, b := NewIntSlider("a", 1, 2), NewCheckbox("b", false)
	box := NewVBox(NewHBox(a, b), NewLabel("$x$"))
	if got := box.String(); got != "a = 1  b = false\n$x$" {
		t.Errorf("the box as text is %q", got)
	}
	for _, m := range p.sent {
		if strings.Contains(string(m.Data), "HBoxModel") {
			if want := fmt.Sprintf(`"children":["IPY_MODEL_%s","IPY_MODEL_%s"]`, a.ID(), b.ID()); !strings.Contains(string(m.Data), want) {
				t.Errorf("%s, expected %s in it", m.Data, want)
			}
		}
	}
}

func TestOutput(t *testing.T) {
	p := newPage(t)
	o := NewOutput()
	o.Show(display.HTML("<b>1</b>"))
	fmt.Fprint(o, "two")
	if got := o.String(); got != "<b>1</b>\ntwo" {
		t.Errorf("as text %q", got)
	}
	outputs := p.data(-1)["state"].(map[string]any)["outputs"].([]any)
	if len(outputs) != 2 || outputs[0].(map[string]any)["data"].(map[string]any)["text/html"] != "<b>1</b>" {
		t.Errorf("outputs %v", outputs)
	}
	p.sets(o, `{"outputs":[{"output_type":"stream","name":"stdout","text":"three"}],"msg_id":""}`)
	fmt.Fprint(o, "four")
	if got := o.String(); got != "threefour" {
		t.Errorf("as text %q", got)
	}
	o.Clear()
	if got := o.String(); got != "" {
		t.Errorf("as text %q after Clear", got)
	}
}

// Bytes travel beside the message, both ways.
func TestBuffers(t *testing.T) {
	p := newPage(t)
	im := NewImage("png", []byte("one"))
	m := p.sent[len(p.sent)-1]
	if string(m.Buffers[0]) != "one" || !strings.Contains(string(m.Data), `"buffer_paths":[["value"]]`) {
		t.Errorf("opened with %s and %q", m.Data, m.Buffers)
	}
	p.says(im, `{"method":"update","state":{},"buffer_paths":[["value"]]}`, []byte("two"))
	if string(im.Value()) != "two" {
		t.Errorf("the value is %q, expected two", im.Value())
	}
}

// A page that comes later asks for everything, and gets what is open.
func TestControl(t *testing.T) {
	p := newPage(t)
	gone, n := NewIntSlider("gone", 0, 1), NewIntSlider("n", 0, 9)
	im := NewImage("png", []byte("one"))
	n.SetValue(4)
	gone.Close()
	p.sent = nil
	display.ReceiveComm(display.CommMessage{Type: "comm_open", ID: "control", Target: "jupyter.widget.control", Data: json.RawMessage(`{}`)})
	display.ReceiveComm(display.CommMessage{Type: "comm_msg", ID: "control", Data: json.RawMessage(`{"method":"request_states"}`)})
	m := p.data(-1)
	states := m["states"].(map[string]any)
	if len(p.sent) != 1 || m["method"] != "update_states" || len(states) != 5 || states[gone.ID()] != nil {
		t.Fatalf("%d messages, %v with %d states; expected those of a slider and an image", len(p.sent), m["method"], len(states))
	}
	one := states[n.ID()].(map[string]any)
	if one["model_name"] != "IntSliderModel" || one["model_module_version"] != "2.0.0" || one["state"].(map[string]any)["value"] != 4.0 {
		t.Errorf("the slider is %v", one)
	}
	if paths := fmt.Sprint(m["buffer_paths"]); paths != "[["+im.ID()+" state value]]" || string(p.sent[0].Buffers[0]) != "one" {
		t.Errorf("buffers %q at %s", p.sent[0].Buffers, paths)
	}
}

func TestClosing(t *testing.T) {
	p := newPage(t)
	n := NewIntSlider("n", 0, 9)
	p.sent = nil
	n.Close()
	n.Close()
	if len(p.sent) != 3 || slices.ContainsFunc(p.sent, func(m display.CommMessage) bool { return m.Type != "comm_close" }) {
		t.Errorf("sent %+v, expected three comm_close", p.sent)
	}
	n.SetValue(2)
	if len(p.sent) != 3 || n.Value() != 2 || len(n.MIMEBundle()) != 1 || len(open.models) != 0 {
		t.Errorf("a closed widget sent %+v, is %d, shows %v", p.sent, n.Value(), n.MIMEBundle())
	}
	other := NewCheckbox("c", false)
	p.sent = nil
	display.ReceiveComm(display.CommMessage{Type: "comm_close", ID: other.ID(), Data: json.RawMessage(`{}`)})
	if other.SetValue(true); len(p.sent) != 0 || len(other.MIMEBundle()) != 1 {
		t.Errorf("a widget that the page closed sent %+v", p.sent)
	}
}

func TestWithoutFrontEnd(t *testing.T) {
	newPage(t)
	display.SetCommSender(nil)
	n := NewIntSlider("n", 0, 9)
	n.SetValue(2)
	if n.Value() != 2 || len(n.MIMEBundle()) != 1 || n.String() != "n = 2" {
		t.Errorf("%d, shown as %v", n.Value(), n.MIMEBundle())
	}
}

// No message of a page may panic.
func FuzzReceive(f *testing.F) {
	for _, s := range []string{`{"method":"update","state":{"value":3},"buffer_paths":[["value"]]}`, `{"method":"request_state"}`,
		`{"method":"custom","content":{"event":"click"}}`, `{"method":"update","state":{"index":-1,"outputs":[{}]}}`} {
		f.Add([]byte(s), []byte("x"))
	}
	display.SetCommSender(func(display.CommMessage) {})
	all := []Widget{NewIntSlider("n", 0, 9), NewFloatLogSlider("l", 1, 9), NewDropdown("d", "a"), NewOutput(), NewButton("b"), NewImage("png", nil), NewText("t", "")}
	f.Fuzz(func(t *testing.T, data, buffer []byte) {
		for _, w := range all {
			display.ReceiveComm(display.CommMessage{Type: "comm_msg", ID: w.ID(), Data: data, Buffers: [][]byte{buffer}})
			_ = w.String()
			if _, err := json.Marshal(display.Of(w)); err != nil {
				t.Error(err)
			}
		}
	})
}
