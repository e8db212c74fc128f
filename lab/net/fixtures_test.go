package net

import (
	"encoding/json"
	"os"
	"testing"
)

// answers is what PyTorch says of one network: see fixtures/make.py.
type answers struct {
	Loss               float64
	Gradient           []float64
	HessianVector      []float64
	GaussNewton        []float64
	SampleSquaredNorms []float64
	Error              float64
}

type fixture struct {
	Name    string
	Samples int
	Dim     int
	Train   *answers  // with batch-norm by the batch
	Kept    []float64 // the statistics after it: mean and variance of each layer
	Eval    answers   // with these statistics
}

func fixtures(t *testing.T) map[string]fixture {
	text, err := os.ReadFile("testdata/pytorch.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Cases []fixture }
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	byName := map[string]fixture{}
	for _, f := range file.Cases {
		byName[f.Name] = f
	}
	return byName
}

// hashed is n numbers in [0, 1), the same as in fixtures/make.py.
func hashed(seed uint32, n int) []float64 {
	x := make([]float64, n)
	for i := range x {
		z := uint32(i) + seed*2654435761
		z = (z ^ z>>16) * 0x7FEB352D
		z = (z ^ z>>15) * 0x846CA68B
		z ^= z >> 16
		x[i] = float64(z) / (1 << 32)
	}
	return x
}

func TestFixturesAreTheCases(t *testing.T) {
	want := fixtures(t)
	for _, a := range cases {
		if err := a.Check(); err != nil {
			t.Error(err)
		}
		if f, ok := want[a.Name]; !ok || f.Dim != a.Dim() {
			t.Errorf("%s has %d parameters, %d in the file; run fixtures/make.py", a.Name, a.Dim(), f.Dim)
		}
		delete(want, a.Name)
	}
	for name := range want {
		t.Errorf("%s is in the file and not among the cases", name)
	}
}
