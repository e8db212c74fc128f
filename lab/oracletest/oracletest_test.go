package oracletest

import (
	"math"
	"os"
	"path/filepath"
	"testing"

	"glassy/lab/device"
)

// The comparison itself must be able to fail.
func TestAgree(t *testing.T) {
	nested := map[string]any{"a": []any{1.0, 2.0}, "b": "text"}
	for _, c := range []struct {
		got, want any
		ok        bool
	}{
		{1.0, 1.0 + 5e-4, true},
		{1.0, 1.0 + 2e-3, false},
		{math.NaN(), 1.0, false},
		{math.NaN(), nil, false},
		{1, 1.0, true},
		{"1", 1.0, false},
		{[]float64{1, 2}, []any{1.0, 2.0}, true},
		{[]float64{1, 3}, []any{1.0, 2.0}, false},
		{[]float64{1}, []any{1.0, 2.0}, false},
		{[]float64{1, math.Inf(1)}, []any{1.0, 2.0}, false},
		{map[string]any{"a": []float64{1, 2}, "b": "text"}, nested, true},
		{map[string]any{"a": []float64{1, 2}, "b": "other"}, nested, false},
		{map[string]any{"a": []float64{1, 2}}, nested, false},
		{map[string]any{"a": []float64{1, 2}, "b": "text", "c": 1}, nested, false},
	} {
		if err := agree(c.got, c.want, 1e-3, 0); (err == nil) != c.ok {
			t.Errorf("agree(%v, %v) = %v, expected agreement %v", c.got, c.want, err, c.ok)
		}
	}
}

// Other oracle files may be given; one of the same kind must be accepted from
// any folder, and a wrong value in it found.
func TestOracleFileByName(t *testing.T) {
	dir := t.TempDir()
	write := func(text string) string {
		path := filepath.Join(dir, "o.json")
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	Run(t, write(`{"oracles":[{"id":"a","name":"ch2.E_inf","inputs":{"p":4},"value":1.7320508075688772,"tol":{"rel":1e-14,"abs":0}}]}`), nil, device.CPU())
	if got := load(t, write(`{"oracles":[{"name":"x","tol":{"rel":0.5,"abs":0.25}}]}`))[0].Tol; got.Rel != 0.5 || got.Abs != 0.25 {
		t.Errorf("tolerance read as %+v", got)
	}
}
