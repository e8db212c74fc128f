package widgets

import (
	"encoding/json"
	"slices"
	"strings"

	"glassy/kernel/display"
)

// Output is a place for what cells show and print.
type Output struct{ *model }

// NewOutput is an empty place.
func NewOutput() Output {
	o := Output{newModel(screen, map[string]any{"outputs": []map[string]any{}})}
	o.text = func() string {
		var b strings.Builder
		for _, out := range o.outputs() {
			if s, ok := out["text"].(string); ok {
				b.WriteString(s)
			} else if data, ok := out["data"].(map[string]any); ok {
				s, _ := data["text/plain"].(string)
				b.WriteString(s + "\n")
			}
		}
		return strings.TrimSuffix(b.String(), "\n")
	}
	o.accept = map[string]func(json.RawMessage) (any, error){"outputs": func(raw json.RawMessage) (any, error) {
		var outputs []map[string]any
		err := json.Unmarshal(raw, &outputs)
		return outputs, err
	}}
	o.open()
	return o
}

func (o Output) outputs() []map[string]any { return o.get("outputs").([]map[string]any) }

// Show adds values, each as the last expression of a cell shows itself.
func (o Output) Show(values ...any) {
	for _, v := range values {
		b := display.Of(v)
		if b.Metadata == nil {
			b.Metadata = map[string]any{}
		}
		o.add(map[string]any{"output_type": "display_data", "data": b.Data, "metadata": b.Metadata})
	}
}

// Write adds text, for fmt.Fprintln and its like.
func (o Output) Write(p []byte) (int, error) {
	o.add(map[string]any{"output_type": "stream", "name": "stdout", "text": string(p)})
	return len(p), nil
}

func (o Output) add(out map[string]any) {
	o.change(func() map[string]any {
		return map[string]any{"outputs": append(slices.Clip(o.state["outputs"].([]map[string]any)), out)}
	})
}

// Clear takes everything away.
func (o Output) Clear() { o.set(map[string]any{"outputs": []map[string]any{}}) }
