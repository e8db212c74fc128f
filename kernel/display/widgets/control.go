package widgets

import (
	"encoding/json"
	"slices"

	"glassy/kernel/display"
)

// A page that comes to a notebook whose kernel is running asks for all states at
// once.
func init() {
	display.HandleComms("jupyter.widget.control", func(c *display.Comm, _ json.RawMessage) {
		c.OnMessage(func(data json.RawMessage, _ [][]byte) {
			var q struct {
				Method string `json:"method"`
			}
			if json.Unmarshal(data, &q) == nil && q.Method == "request_states" {
				sendStates(c)
			}
		})
	})
}

func sendStates(c *display.Comm) {
	open.Lock()
	models := slices.Clone(open.models)
	open.Unlock()
	states, paths, buffers := map[string]any{}, [][]string{}, [][]byte{}
	for _, m := range models {
		m.mu.Lock()
		plain, ps, bs := separate(m.state)
		states[m.ID()] = map[string]any{
			"model_name": m.state["_model_name"], "model_module": m.state["_model_module"],
			"model_module_version": m.state["_model_module_version"], "state": plain,
		}
		m.mu.Unlock()
		for _, p := range ps {
			paths = append(paths, append([]string{m.ID(), "state"}, p...))
		}
		buffers = append(buffers, bs...)
	}
	_ = c.Send(map[string]any{"method": "update_states", "states": states, "buffer_paths": paths}, buffers...)
}
