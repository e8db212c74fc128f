package server

import (
	"encoding/json"
	"reflect"
	"testing"

	"glassy/kernel/engine"
	"glassy/kernel/wire"
)

func TestCellOf(t *testing.T) {
	for metadata, want := range map[string]engine.Cell{
		`{"cellId": "a1", "deletedCells": ["b", "c"], "trusted": true}`: {ID: "a1", Gone: []string{"b", "c"}},
		`{}`:            {},
		`{"cellId": 3}`: {},
		``:              {},
		`[`:             {},
	} {
		want.Code, want.Count, want.Silent = "x", 4, true
		if got := cellOf(&wire.Message{Metadata: json.RawMessage(metadata)}, "x", 4, true); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, want %+v", metadata, got, want)
		}
	}
}
