package widgets

import (
	"encoding/json"
	"fmt"
	"slices"
	"sync"
)

// valued is a widget with a value of type T, under a trait of its model.
type valued[T any] struct {
	*model
	trait string
	check func(T) error // what the value may be

	mu      sync.Mutex
	changed []func(T)
}

// newValued opens the model of a widget with a value.
func newValued[T any](k kind, trait string, value T, check func(T) error, traits map[string]any) *valued[T] {
	v := &valued[T]{trait: trait, check: check}
	if err := check(value); err != nil {
		panic("widgets: " + err.Error())
	}
	v.model = newModel(k, merged(traits, map[string]any{trait: value}))
	v.model.accept = map[string]func(json.RawMessage) (any, error){trait: v.read}
	v.model.news = v.news
	v.model.text = func() string { return fmt.Sprint(v.Value()) }
	if d, _ := v.model.state["description"].(string); d != "" {
		v.model.text = func() string { return fmt.Sprintf("%s = %v", v.get("description"), v.Value()) }
	}
	v.model.open()
	return v
}

func (v *valued[T]) read(raw json.RawMessage) (any, error) {
	var x *T // null is no value
	if err := json.Unmarshal(raw, &x); err != nil {
		return nil, err
	}
	if x == nil {
		return nil, fmt.Errorf("%s is null", v.trait)
	}
	return *x, v.check(*x)
}

// Value is what the widget is set to.
func (v *valued[T]) Value() T { return v.get(v.trait).(T) }

// SetValue sets the widget, in the page too. It panics on a value that the widget
// cannot have.
func (v *valued[T]) SetValue(x T) {
	if err := v.check(x); err != nil {
		panic("widgets: SetValue: " + err.Error())
	}
	v.set(map[string]any{v.trait: x})
}

// OnChange has f called with each new value, be it set in the page or by SetValue.
func (v *valued[T]) OnChange(f func(T)) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.changed = append(v.changed, f)
}

func (v *valued[T]) news(trait string) {
	if trait != v.trait {
		return
	}
	v.mu.Lock()
	fs := slices.Clone(v.changed)
	v.mu.Unlock()
	for _, f := range fs {
		f(v.Value())
	}
}

// anything is the check of a widget that takes every value.
func anything[T any](T) error { return nil }
