package lab_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"glassy/lab/glass"
)

// An oracle is a published or independently computed value: name says what to
// compute from the inputs, and got agrees when |got − value| ≤ abs + rel |value|
// for every number in it.
type oracle struct {
	ID     string
	Name   string
	Inputs inputs
	Value  any
	Tol    struct{ Rel, Abs float64 }
}

// inputs are an oracle's parameters. A method on a key that is absent, or of
// another type, panics with a message that the test reports.
type inputs map[string]any

func (in inputs) number(key string) float64 {
	v, ok := in[key].(float64)
	if !ok {
		panic(fmt.Sprintf("input %q is %v, expected a number", key, in[key]))
	}
	return v
}

func (in inputs) integer(key string) int {
	v := in.number(key)
	if v != math.Trunc(v) {
		panic(fmt.Sprintf("input %q is %v, expected an integer", key, v))
	}
	return int(v)
}

// implemented computes each oracle that the laboratory can.
var implemented = map[string]func(in inputs) any{
	"ch2.E_inf":   func(in inputs) any { return glass.ThresholdEnergy(in.integer("p")) },
	"ch2.E_k":     func(in inputs) any { return glass.LayerEnergy(in.integer("p"), in.integer("k")) },
	"ch2.I1":      func(in inputs) any { return glass.IndexRate(in.integer("p"), in.number("u")) },
	"ch2.Theta":   func(in inputs) any { return glass.Complexity(in.integer("p"), in.number("u")) },
	"ch2.Theta_k": func(in inputs) any { return glass.IndexComplexity(in.integer("p"), in.integer("k"), in.number("u")) },
	"ch2.dTheta_at_minus_E0": func(in inputs) any {
		p := in.integer("p")
		return glass.ComplexitySlope(p, -glass.GroundEnergy(p))
	},
	"ch2.index_fraction": func(in inputs) any { return glass.IndexFraction(in.integer("p"), in.number("u")) },
}

// TestOracles holds the laboratory against the file named by GLASSY_ORACLES, or
// testdata/oracles.json. testdata/missing.txt lists the names of the committed
// file that the laboratory does not compute yet. The list can only shrink: a
// name on it must not be implemented, and a name off it must be.
func TestOracles(t *testing.T) {
	const committed = "testdata/oracles.json"
	path := os.Getenv("GLASSY_ORACLES")
	if path == "" {
		path = committed
	}
	missing := readNames(t, "testdata/missing.txt")
	for _, name := range missing {
		if implemented[name] != nil {
			t.Errorf("%s is implemented: take it off testdata/missing.txt", name)
		}
	}
	run(t, path, missing)

	// The list names nothing that the committed file does not ask for, so it
	// cannot be padded.
	asked := map[string]bool{}
	for _, o := range read(t, committed) {
		asked[o.Name] = true
	}
	for _, name := range missing {
		if !asked[name] {
			t.Errorf("testdata/missing.txt: %s is no oracle of %s", name, committed)
		}
	}
	if len(missing) > 0 {
		t.Logf("of chapters still to come (testdata/missing.txt, which may only shrink): %d of %d names: %s", len(missing), len(asked), strings.Join(missing, " "))
	}
}

func run(t *testing.T, path string, missing []string) {
	for _, o := range read(t, path) {
		t.Run(o.ID, func(t *testing.T) {
			compute := implemented[o.Name]
			if compute == nil {
				if !slices.Contains(missing, o.Name) {
					t.Fatalf("%s: no implementation of %q, and it is not in testdata/missing.txt", path, o.Name)
				}
				t.Skipf("%s belongs to a chapter still to come: testdata/missing.txt names it, and may only shrink", o.Name)
			}
			defer func() {
				if r := recover(); r != nil {
					t.Errorf("%s with inputs %v: panic: %v", o.Name, o.Inputs, r)
				}
			}()
			if err := agree(compute(o.Inputs), o.Value, o.Tol.Rel, o.Tol.Abs); err != nil {
				t.Errorf("%s with inputs %v: %v", o.Name, o.Inputs, err)
			}
		})
	}
}

// agree compares numbers, arrays, maps and texts of any nesting. What is
// computed may have any Go type that encoding/json writes.
func agree(got, want any, rel, abs float64) error {
	if f, ok := got.(float64); ok && (math.IsNaN(f) || math.IsInf(f, 0)) {
		return fmt.Errorf("got %v, expected %v", f, want)
	}
	data, err := json.Marshal(got)
	if err != nil {
		return fmt.Errorf("computed value: %w", err)
	}
	var plain any
	if err := json.Unmarshal(data, &plain); err != nil {
		return fmt.Errorf("computed value: %w", err)
	}
	return same("", plain, want, rel, abs)
}

func same(at string, got, want any, rel, abs float64) error {
	switch want := want.(type) {
	case float64:
		g, ok := got.(float64)
		if !ok || !(math.Abs(g-want) <= abs+rel*math.Abs(want)) {
			return fmt.Errorf("value%s is %v, expected %.17g within %g + %g relative", at, got, want, abs, rel)
		}
		return nil
	case []any:
		g, ok := got.([]any)
		if !ok || len(g) != len(want) {
			return fmt.Errorf("value%s is %v, expected %d elements", at, got, len(want))
		}
		var errs []error
		for i := range want {
			errs = append(errs, same(fmt.Sprintf("%s[%d]", at, i), g[i], want[i], rel, abs))
		}
		return errors.Join(errs...)
	case map[string]any:
		g, ok := got.(map[string]any)
		if !ok || len(g) != len(want) {
			return fmt.Errorf("value%s is %v, expected the keys of %v", at, got, want)
		}
		var errs []error
		for key := range want {
			errs = append(errs, same(fmt.Sprintf("%s[%q]", at, key), g[key], want[key], rel, abs))
		}
		return errors.Join(errs...)
	default: // text, truth value, null
		if got != want {
			return fmt.Errorf("value%s is %v, expected %v", at, got, want)
		}
		return nil
	}
}

func read(t *testing.T, path string) []oracle {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("oracles: %v; set GLASSY_ORACLES to a file like testdata/oracles.json", err)
	}
	var file struct{ Oracles []oracle }
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatalf("oracles: %s: %v", path, err)
	}
	if len(file.Oracles) == 0 {
		t.Fatalf("oracles: %s holds no oracles, expected a list under \"oracles\"", path)
	}
	return file.Oracles
}

func readNames(t *testing.T, path string) []string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Fields(string(data))
}

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
	run(t, write(`{"oracles":[{"id":"a","name":"ch2.E_inf","inputs":{"p":4},"value":1.7320508075688772,"tol":{"rel":1e-14,"abs":0}}]}`), nil)
	if got := read(t, write(`{"oracles":[{"name":"x","tol":{"rel":0.5,"abs":0.25}}]}`))[0].Tol; got.Rel != 0.5 || got.Abs != 0.25 {
		t.Errorf("tolerance read as %+v", got)
	}
}
