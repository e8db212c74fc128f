package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"

	"glassy/kernel/display"
	"glassy/kernel/engine"
	"glassy/kernel/wire"
)

// ErrNoStdin is what a cell gets that asks for input where nobody can answer.
var ErrNoStdin = errors.New("the front end takes no input (allow_stdin is false)")

// ErrCellEnded is what a goroutine gets that asks for input after its cell.
var ErrCellEnded = errors.New("the cell that asks for input has ended")

// output is the engine.Output of one request: all it sends has that request as
// its parent, however late.
type output struct {
	s          *Server
	req        *wire.Message
	silent     bool // nothing is shown
	allowStdin bool
	ended      chan struct{} // closed when the request is done
	allowance  Allowance
}

func (s *Server) newOutput(r *request) *output {
	return &output{s: s, req: r.Message, ended: make(chan struct{})}
}

var _ engine.Output = (*output)(nil)

// Stream implements engine.Output.
func (o *output) Stream(name, text string) {
	if o.silent {
		return
	}
	for _, p := range o.allowance.Take(name, text) {
		o.s.out.stream(o.req, p.Name, p.Text)
	}
}

// end shows what was held back, when the cell has ended.
func (o *output) end() {
	for _, p := range o.allowance.End() {
		o.s.out.stream(o.req, p.Name, p.Text)
	}
}

// Display implements engine.Output.
func (o *output) Display(b display.Bundle, id string, update bool) {
	typ := "display_data"
	if update {
		typ = "update_display_data"
	}
	transient := map[string]string{}
	if id != "" {
		transient["display_id"] = id
	}
	o.show(typ, b, map[string]any{"transient": transient})
}

// show sends a message with the forms of b beside the fields given.
func (o *output) show(typ string, b display.Bundle, fields map[string]any) {
	if o.silent {
		return
	}
	data, metadata := forms(o.s.log, b)
	if r := o.s.record(); r != nil {
		metadata["glassy"] = r
	}
	fields["data"], fields["metadata"] = data, metadata
	o.s.out.send(o.req, wire.Outgoing{Type: typ, Content: fields})
}

// Clear implements engine.Output.
func (o *output) Clear(wait bool) {
	if !o.silent {
		o.allowance.Clear()
		o.s.out.send(o.req, wire.Outgoing{Type: "clear_output", Content: map[string]bool{"wait": wait}})
	}
}

// Input implements engine.Output.
func (o *output) Input(ctx context.Context, prompt string, password bool) (string, error) {
	if !o.allowStdin {
		return "", ErrNoStdin
	}
	o.s.out.flush() // text ahead of the question shows first
	return o.s.stdin.ask(ctx, o.ended, o.req, prompt, password)
}

// Comm implements engine.Output.
func (o *output) Comm(m engine.CommMessage) {
	if err := o.s.comms.sent(m); err != nil {
		o.s.log.Error("comm message of the engine dropped", "err", err)
		return
	}
	content := map[string]any{"comm_id": m.ID, "data": orEmpty(m.Data)}
	if m.Type == "comm_open" {
		content["target_name"] = m.Target
	}
	o.s.out.send(o.req, wire.Outgoing{Type: m.Type, Content: content, Metadata: orEmpty(m.Metadata), Buffers: m.Buffers})
}

func orEmpty(raw json.RawMessage) json.RawMessage {
	if len(raw) == 0 {
		return json.RawMessage("{}")
	}
	return raw
}

// forms returns the data and metadata of b ready to encode. A form that JSON
// cannot hold (a NaN, say) is left out, and text/plain says so; the others are
// still shown.
func forms(log *slog.Logger, b display.Bundle) (data, metadata map[string]any) {
	data, metadata = make(map[string]any), make(map[string]any)
	for mime, v := range b.Data {
		raw, err := json.Marshal(v)
		if err != nil {
			log.Warn("a form of a value cannot be shown", "mime", mime, "err", err)
			if _, ok := b.Data["text/plain"]; !ok || mime == "text/plain" {
				data["text/plain"] = fmt.Sprintf("(%s cannot be shown: %v)", mime, err)
			}
			continue
		}
		data[mime] = json.RawMessage(raw)
	}
	for mime, v := range b.Metadata {
		if raw, err := json.Marshal(v); err == nil {
			metadata[mime] = json.RawMessage(raw)
		} else {
			log.Warn("metadata of a value left out", "mime", mime, "err", err)
		}
	}
	return data, metadata
}
