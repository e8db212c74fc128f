package widgets

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
)

// Dropdown chooses one of several words.
type Dropdown struct {
	index *valued[int]
	*model
	options []string
}

// NewDropdown is a list of options, at the first.
func NewDropdown(description string, options ...string) Dropdown {
	if len(options) == 0 {
		panic(fmt.Sprintf("widgets: dropdown %s: no options, expected one or more", description))
	}
	options = slices.Clone(options)
	v := newValued(dropdown, "index", 0, within(description, 0, len(options)-1),
		map[string]any{"description": description, "_options_labels": options})
	v.text = func() string { return strings.TrimPrefix(description+" = ", " = ") + options[v.Value()] }
	return Dropdown{v, v.model, options}
}

// Index is the place of what is chosen among the options, from 0.
func (d Dropdown) Index() int { return d.index.Value() }

// Value is the option that is chosen.
func (d Dropdown) Value() string { return d.options[d.Index()] }

// SetValue chooses an option. It panics on what is none.
func (d Dropdown) SetValue(option string) {
	i := slices.Index(d.options, option)
	if i < 0 {
		panic(fmt.Sprintf("widgets: SetValue: %q, expected one of %q", option, d.options))
	}
	d.index.SetValue(i)
}

// SetIndex chooses the option at a place. It panics where there is none.
func (d Dropdown) SetIndex(i int) { d.index.SetValue(i) }

// OnChange has f called with each new choice.
func (d Dropdown) OnChange(f func(option string)) {
	d.index.OnChange(func(i int) { f(d.options[i]) })
}

// Checkbox chooses yes or no.
type Checkbox struct{ *valued[bool] }

// NewCheckbox is a box with a tick, or none.
func NewCheckbox(description string, value bool) Checkbox {
	return Checkbox{newValued(checkbox, "value", value, anything[bool], map[string]any{"description": description})}
}

// Text is a field to type a line in.
type Text struct{ *valued[string] }

// NewText is a field with a text in it.
func NewText(description, value string) Text {
	return Text{newValued(textField, "value", value, anything[string], map[string]any{"description": description})}
}

// Button is to be pressed.
type Button struct {
	*model
	clicks *clicks
}

type clicks struct {
	mu sync.Mutex
	do []func()
}

// NewButton is a button with a word on it.
func NewButton(description string) Button {
	b := Button{newModel(button, map[string]any{"description": description}), &clicks{}}
	b.text = func() string { return "[" + description + "]" }
	b.custom = func(content json.RawMessage) {
		var q struct {
			Event string `json:"event"`
		}
		if json.Unmarshal(content, &q) == nil && q.Event == "click" {
			b.Click()
		}
	}
	b.open()
	return b
}

// OnClick has f called when the button is pressed.
func (b Button) OnClick(f func()) {
	b.clicks.mu.Lock()
	defer b.clicks.mu.Unlock()
	b.clicks.do = append(b.clicks.do, f)
}

// Click does what pressing the button does.
func (b Button) Click() {
	b.clicks.mu.Lock()
	do := slices.Clone(b.clicks.do)
	b.clicks.mu.Unlock()
	for _, f := range do {
		f()
	}
}
