package widgets

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"glassy/kernel/display"
)

// version is that of the widgets' protocol.
const version = "2.1.0"

const reference = "IPY_MODEL_" // goes before the id of a model inside another's state

var quiet atomic.Bool

// SetEcho makes widgets tell all pages what one of them has changed, so that a
// notebook that is open twice agrees with itself. They do at first.
func SetEcho(on bool) { quiet.Store(!on) }

// Widget is what a page can show and a box can hold.
type Widget interface {
	display.Displayer
	fmt.Stringer
	// ID is the name that the page has for the widget.
	ID() string
	// Close takes the widget away from all places where it is shown.
	Close()

	self() *model
}

// open are the models that the page knows, in order of their making.
var open = struct {
	sync.Mutex
	models []*model
}{}

// model is the state of a widget, or of the layout or style of one.
type model struct {
	comm  *display.Comm
	parts []*model // its layout and style

	mu     sync.Mutex
	state  map[string]any // what encoding/json writes, and []byte
	closed bool

	// The widget's, set before the model opens:
	text   func() string                                               // the widget as text
	accept map[string]func(raw json.RawMessage) (value any, err error) // what of the page's news is taken, by trait
	news   func(trait string)                                          // is told what has changed
	custom func(content json.RawMessage)                               // takes messages of the widget's own
}

// newModel makes the model of a widget, with its layout and style. It opens with
// the first state that it has then.
func newModel(k kind, traits map[string]any) *model {
	layout := &model{state: merged(
		identity(base, "2.0.0", "LayoutModel", base, "LayoutView"), nothing(layoutTraits))}
	layout.open()
	m := &model{parts: []*model{layout}}
	m.state = merged(identity(k.module, k.version, k.model, k.module, k.view), map[string]any{
		"_dom_classes": []string{}, "layout": reference + layout.ID(), "tabbable": nil, "tooltip": nil,
	}, k.traits, traits)
	if k.style != "" {
		style := &model{state: merged(identity(controls, "2.0.0", k.style, base, "StyleView"), styles[k.style])}
		style.open()
		m.parts = append(m.parts, style)
		m.state["style"] = reference + style.ID()
	}
	return m
}

func nothing(traits []string) map[string]any {
	m := map[string]any{}
	for _, t := range traits {
		m[t] = nil
	}
	return m
}

// open tells the page of the model. With no front end it stays by itself.
func (m *model) open() {
	m.comm = display.NewComm("jupyter.widget")
	m.comm.OnMessage(m.receive)
	m.comm.OnClose(func() { m.forget() })
	state, paths, buffers := separate(m.state)
	open.Lock()
	open.models = append(open.models, m)
	open.Unlock()
	if m.comm.Open(map[string]any{"state": state, "buffer_paths": paths}, map[string]string{"version": version}, buffers...) != nil {
		m.forget()
	}
}

// forget ends the model here. It reports false for one that has ended before.
func (m *model) forget() bool {
	m.mu.Lock()
	was := m.closed
	m.closed = true
	m.mu.Unlock()
	open.Lock()
	defer open.Unlock()
	open.models = slices.DeleteFunc(open.models, func(o *model) bool { return o == m })
	return !was
}

func (m *model) self() *model { return m }

// ID implements [Widget].
func (m *model) ID() string { return m.comm.ID }

// Close implements [Widget].
func (m *model) Close() {
	for _, one := range append([]*model{m}, m.parts...) {
		if one.forget() {
			_ = one.comm.Close() // only of a front end that has gone
		}
	}
}

// String is the widget as text.
func (m *model) String() string { return m.text() }

// MIMEBundle shows the widget.
func (m *model) MIMEBundle() map[string]any {
	forms := map[string]any{"text/plain": m.text()}
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.closed {
		forms["application/vnd.jupyter.widget-view+json"] = map[string]any{
			"version_major": 2, "version_minor": 0, "model_id": m.ID(),
		}
	}
	return forms
}

// get is a trait of the model.
func (m *model) get(trait string) any {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.state[trait]
}

// set changes traits, in the page too, and tells who wants to know.
func (m *model) set(traits map[string]any) {
	m.change(func() map[string]any { return traits })
}

// change is set of what f makes of the state as it is then.
func (m *model) change(f func() map[string]any) {
	m.mu.Lock()
	traits := f()
	changed := m.changedLocked(traits)
	if len(changed) > 0 {
		m.sendLocked("update", changed)
	}
	m.mu.Unlock()
	m.tell(changed)
}

func (m *model) changedLocked(traits map[string]any) []string {
	var changed []string
	for _, t := range slices.Sorted(maps.Keys(traits)) {
		if !reflect.DeepEqual(m.state[t], traits[t]) {
			m.state[t] = traits[t]
			changed = append(changed, t)
		}
	}
	return changed
}

func (m *model) tell(changed []string) {
	if m.news == nil {
		return
	}
	for _, t := range changed {
		m.news(t)
	}
}

// sendLocked sends the traits named.
func (m *model) sendLocked(method string, traits []string) {
	if m.closed {
		return
	}
	some := map[string]any{}
	for _, t := range traits {
		some[t] = m.state[t]
	}
	state, paths, buffers := separate(some)
	_ = m.comm.Send(map[string]any{"method": method, "state": state, "buffer_paths": paths}, buffers...)
}

// receive takes a message of the page.
func (m *model) receive(data json.RawMessage, buffers [][]byte) {
	var q struct {
		Method  string                     `json:"method"`
		State   map[string]json.RawMessage `json:"state"`
		Paths   [][]any                    `json:"buffer_paths"`
		Content json.RawMessage            `json:"content"`
	}
	if json.Unmarshal(data, &q) != nil {
		return
	}
	switch q.Method {
	case "update":
		for i, path := range q.Paths { // bytes, as encoding/json writes and reads them
			if len(path) != 1 || i >= len(buffers) {
				continue // no trait of ours has bytes deeper inside
			}
			if trait, ok := path[0].(string); ok && q.State != nil {
				q.State[trait], _ = json.Marshal(buffers[i])
			}
		}
		m.update(q.State)
	case "request_state":
		m.mu.Lock()
		defer m.mu.Unlock()
		m.sendLocked("update", slices.Sorted(maps.Keys(m.state)))
	case "custom":
		if m.custom != nil {
			m.custom(q.Content)
		}
	}
}

// update takes what the page has changed. What cannot be is answered with what is.
func (m *model) update(state map[string]json.RawMessage) {
	taken, refused := map[string]any{}, []string{}
	for t, raw := range state {
		v, err := m.read(t, raw)
		switch {
		case err == nil:
			taken[t] = v
		case !errors.Is(err, errUnknown):
			refused = append(refused, t)
		}
	}
	m.mu.Lock()
	changed := m.changedLocked(taken)
	if len(taken) > 0 && !quiet.Load() {
		m.sendLocked("echo_update", slices.Sorted(maps.Keys(taken)))
	}
	if len(refused) > 0 {
		m.sendLocked("update", refused)
	}
	m.mu.Unlock()
	m.tell(changed)
}

var errUnknown = errors.New("no such trait")

// read is the page's value of a trait.
func (m *model) read(trait string, raw json.RawMessage) (any, error) {
	m.mu.Lock()
	_, known := m.state[trait]
	m.mu.Unlock()
	if !known || strings.HasPrefix(trait, "_") && trait != "_view_count" {
		return nil, errUnknown
	}
	if accept := m.accept[trait]; accept != nil {
		return accept(raw)
	}
	var v any
	err := json.Unmarshal(raw, &v)
	return v, err
}

// Set changes any trait of the widget, by the name and with the value that
// ipywidgets has for it: Set("readout_format", ".1f"). It panics on a trait that
// the widget does not have, and on the value, which has a method of its own.
func (m *model) Set(trait string, value any) {
	m.mu.Lock()
	_, known := m.state[trait]
	names := slices.Sorted(maps.Keys(m.state))
	m.mu.Unlock()
	if _, own := m.accept[trait]; own || !known || strings.HasPrefix(trait, "_") || trait == "layout" || trait == "style" || trait == "children" {
		names = slices.DeleteFunc(names, func(n string) bool { return strings.HasPrefix(n, "_") })
		panic(fmt.Sprintf("widgets: Set: trait %q, expected one that is plain of %s", trait, strings.Join(names, ", ")))
	}
	m.set(map[string]any{trait: value})
}

// SetLayout changes a property of the widget's place on the page, such as
// SetLayout("width", "50%"), by the names that ipywidgets has: those of CSS with
// underscores.
func (m *model) SetLayout(property, value string) {
	if !slices.Contains(layoutTraits, property) {
		panic(fmt.Sprintf("widgets: SetLayout: property %q, expected one of %s", property, strings.Join(layoutTraits, ", ")))
	}
	m.parts[0].set(map[string]any{property: value})
}

// separate takes the []byte out of a state, as binary messages have it.
func separate(state map[string]any) (plain map[string]any, paths [][]string, buffers [][]byte) {
	plain, paths = map[string]any{}, [][]string{}
	for _, t := range slices.Sorted(maps.Keys(state)) {
		if b, ok := state[t].([]byte); ok {
			paths = append(paths, []string{t})
			buffers = append(buffers, bytes.Clone(b))
			continue
		}
		plain[t] = state[t]
	}
	return plain, paths, buffers
}
