package server_test

import (
	"context"
	"encoding/json"
	"testing"

	"glassy/kernel/display"
	"glassy/kernel/engine"
	"glassy/kernel/server"
	"glassy/kernel/wire/wiretest"
)

// recording is an engine that keeps records.
type recording struct{ *fake }

func (recording) Record() engine.Record { return engine.Record{Go: "go9", Seed: "7"} }

func TestRecordInMetadata(t *testing.T) {
	e := recording{newFake()}
	e.scripts["show"] = func(_ context.Context, _ <-chan struct{}, _ string, out engine.Output) engine.Result {
		out.Display(display.Text("x"), "", false)
		return engine.Result{Value: text("y"), Record: &engine.Record{Wall: 1.5}}
	}
	f := connect(t, start(t, server.Config{Engine: e}))
	r := f.run("show")
	shown := 0
	for _, m := range r.IOPub {
		metadata, ok := wiretest.Content(m)["metadata"].(map[string]any)
		if !ok {
			continue
		}
		shown++
		if got, _ := metadata["glassy"].(map[string]any); got["go"] != "go9" || got["seed"] != "7" {
			t.Errorf("%s: metadata %v", m.Header.Type, metadata)
		}
	}
	if shown != 2 {
		t.Errorf("%d outputs with metadata, want 2", shown)
	}
	var reply struct{ Glassy engine.Record }
	if err := json.Unmarshal(r.Reply.Metadata, &reply); err != nil || reply.Glassy.Wall != 1.5 {
		t.Errorf("metadata of the reply %s, %v", r.Reply.Metadata, err)
	}
}
