package notebook

import (
	"reflect"
	"strings"
	"testing"
)

// What a recorder has written is what is read.
func TestKept(t *testing.T) {
	nb := parse(t, sample)
	c := NewRecorder().Begin(nb.Cells[1], 1)
	c.Stream("stdout", "a\nb")
	c.Display(map[string]any{"text/plain": "1\n2", "image/png": "aGk="}, map[string]any{"k": "v"}, "", false)
	c.Error("Panic", "why", []string{"line"})
	if err := nb.Cells[1].SetMetadata("glassy", map[string]any{"go": "go9"}); err != nil {
		t.Fatal(err)
	}
	whole := bytesOf(t, nb)
	outputs, ran, err := parse(t, whole).Cells[1].Kept()
	if err != nil || !ran {
		t.Fatal(err, ran)
	}
	want := []Output{
		{Type: "stream", Name: "stdout", Text: "a\nb"},
		{Type: "display_data", Data: map[string]any{"text/plain": "1\n2", "image/png": "aGk="}, Metadata: map[string]any{"k": "v"}},
		{Type: "error", ErrorName: "Panic", ErrorValue: "why", Traceback: []string{"line"}},
	}
	if !reflect.DeepEqual(outputs, want) {
		t.Errorf("got %+v\nwant %+v", outputs, want)
	}
	if !strings.Contains(whole, "\"glassy\": {\n     \"go\": \"go9\"\n    },\n    \"tags\": [") {
		t.Errorf("the metadata in\n%s", whole)
	}
	if _, _, err := parse(t, strings.Replace(whole, `"name": "stdout"`, `"name": 3`, 1)).Cells[1].Kept(); err == nil || !strings.Contains(err.Error(), "output 1: field") {
		t.Errorf("a bad output: %v", err)
	}
}
