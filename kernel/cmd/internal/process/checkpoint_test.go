package process

import (
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"glassy/kernel/engine/checkpoint"
	"glassy/lab/device"
	"glassy/lab/glass"
	"glassy/lab/optim"
	"glassy/lab/rng"
)

// A glass, descents on it and vectors are after a checkpoint what they were.
func TestCheckpointOfTheLab(t *testing.T) {
	keepVectors()
	type session struct {
		g      *glass.Glass
		single *glass.Glass
		runs   *optim.Descents
		x, y   device.Vector
		z      []device.Vector
		key    rng.Key
		law    glass.Semicircle
	}
	g := glass.New(3, 20, glass.Seed(1))
	v := session{g: g, single: glass.New(3, 12, glass.Seed(2), glass.Float32()), runs: optim.Descend(g, 4), key: rng.Key(5), law: glass.HessianLaw(3, -1.6)}
	v.x = device.Of([]float64{1, 2, 3, 4})
	v.y = v.x.Slice(1, 3)
	v.z = []device.Vector{{}, v.x.Slice(0, 0), device.Of([]int32{7}), device.Of([]float32{8})}
	path := filepath.Join(t.TempDir(), "c")
	h := &checkpoint.Header{Variables: []checkpoint.Variable{{Name: "v"}}}
	types := []reflect.Type{reflect.TypeFor[*glass.Glass]()}
	if _, err := checkpoint.Save(path, h, []checkpoint.Var{{Name: "v", At: &v}}, types); err != nil || h.Variables[0].Reason != "" {
		t.Fatal(err, h.Variables[0].Reason)
	}
	var w session
	if err := checkpoint.Load(path, []checkpoint.Var{{Name: "v", At: &w}}, types); err != nil {
		t.Fatal(err)
	}
	at := device.Of(v.runs.Point(0))
	if a, b := g.Value(at), w.g.Value(at); a != b {
		t.Errorf("the energy of the glass is %v, expected %v", b, a)
	}
	if !slices.Equal(w.runs.Points, v.runs.Points) || !slices.Equal(w.runs.Energies, v.runs.Energies) || w.law != v.law || w.key != v.key {
		t.Error("descents, a law or a key have changed")
	}
	if a, b := v.runs.Polish(), w.runs.Polish(); !reflect.DeepEqual(a, b) {
		t.Errorf("critical points %v, expected %v", b, a)
	}
	if x := device.Read[float64](w.x); !slices.Equal(x, []float64{1, 2, 3, 4}) || w.x.Device() != device.CPU() {
		t.Errorf("vector %v", w.x)
	}
	device.Host[float64](w.y)[0] = 9
	if device.Host[float64](w.x)[1] != 9 {
		t.Error("a slice of a vector does not share its memory any more")
	}
	if w.z[0].Device() != nil || w.z[1].Len() != 0 || device.Read[int32](w.z[2])[0] != 7 || device.Read[float32](w.z[3])[0] != 8 {
		t.Errorf("vectors %v", w.z)
	}
}
