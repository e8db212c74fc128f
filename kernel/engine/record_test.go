package engine

import (
	"runtime"
	"testing"
)

func TestRecord(t *testing.T) {
	cfg := testConfig(t)
	cfg.Version = "v9"
	s, err := New(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	b := &bench{t, s, 0}
	do := func(code string) *Record {
		t.Helper()
		_, res := b.do(code)
		if res.Record == nil {
			t.Fatalf("%s: no record; %v", code, res.Error)
		}
		return res.Record
	}
	r := do("func norm() float64 { return mat.Norm(mat.NewVecDense(1, []float64{-3}), 2) }\nstart := time.Now(); for time.Since(start) < 20*time.Millisecond {}")
	if r.Glassy != "v9" || r.Go != runtime.Version() || r.Threads < 1 || r.Device == "" || r.Wall < 0.02 || r.Wall > 60 || r.CPU <= 0 || r.Seed != "" {
		t.Errorf("record %+v", r)
	}
	do("%seed 42")
	r = do("norm()")
	if r.Seed != "42" || r.Modules["gonum.org/v1/gonum"] == "" || len(r.Modules) != 1 || r.Wall >= 0.02 && r.CPU >= 0.02 {
		t.Errorf("record %+v", r)
	}
	if r = do("1 + "); r.Wall != 0 || r.Modules != nil {
		t.Errorf("of a cell that did not run: %+v", r)
	}
	if now := s.Record(); now.Glassy != "v9" {
		t.Errorf("afterwards %+v", now)
	}
}
