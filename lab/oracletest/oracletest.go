package oracletest

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"slices"
	"testing"

	"glassy/lab/device"
)

// An oracle's name says what to compute from the inputs; what is computed agrees
// when |got − value| ≤ abs + rel |value| for every number in it.
type oracle struct {
	ID     string
	Name   string
	Inputs inputs
	Value  any
	Tol    struct{ Rel, Abs float64 }
}

// Run tries every oracle of the file, those with vectors on dev. One whose name
// the laboratory does not compute fails, unless it is in missing.
func Run(t *testing.T, path string, missing []string, dev device.Device) {
	for _, o := range load(t, path) {
		t.Run(o.ID, func(t *testing.T) {
			if !Computes(o.Name) {
				if !slices.Contains(missing, o.Name) {
					t.Fatalf("%s: nothing computes %q", path, o.Name)
				}
				t.Skipf("%s belongs to a chapter still to come", o.Name)
			}
			o.try(t, dev)
		})
	}
}

// RunOn tries the oracles of the file that have vectors on a device, on dev.
func RunOn(t *testing.T, path string, dev device.Device) {
	for _, o := range load(t, path) {
		if moving[o.Name] != nil {
			t.Run(o.ID, func(t *testing.T) { o.try(t, dev) })
		}
	}
}

// Computes says whether the laboratory computes the oracles of that name.
func Computes(name string) bool { return closed[name] != nil || moving[name] != nil }

// Names are those of the file's oracles, each once.
func Names(t *testing.T, path string) (names []string) {
	t.Helper()
	for _, o := range load(t, path) {
		names = append(names, o.Name)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// try computes the oracle and compares.
func (o *oracle) try(t *testing.T, dev device.Device) {
	defer func() {
		if r := recover(); r != nil {
			t.Errorf("%s with inputs %v: panic: %v", o.Name, o.Inputs, r)
		}
	}()
	var got any
	if f := closed[o.Name]; f != nil {
		got = f(o.Inputs)
	} else {
		got = moving[o.Name](dev, o.Inputs)
	}
	if err := agree(got, o.Value, o.Tol.Rel, o.Tol.Abs); err != nil {
		t.Errorf("%s with inputs %v: %v", o.Name, o.Inputs, err)
	}
}

// put is a vector on dev in float64, and read what one has.
func put(dev device.Device, x []float64) device.Vector { return device.Put(dev, device.Float64, x) }

var read = device.Read[float64]

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

// load reads a file of oracles.
func load(t *testing.T, path string) []oracle {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("oracles: %v", err)
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
