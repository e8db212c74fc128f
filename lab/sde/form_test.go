package sde

import (
	"context"
	"math"
	"testing"

	"glassy/lab/device"
)

// tabled is the double well with its slope as a table.
type tabled struct{ well }

func (t tabled) Slope() (device.Walk, []float64, bool) {
	force := []float64{0, -1, 0, 1, 0, -1, 0, 1}
	return device.Walk{Dim: t.d, Powers: 4}, force[:4*min(t.d, 2)], t.d <= 2
}

// elsewhere is a device that is not the processor: its vectors are others than the
// caller's.
type elsewhere struct {
	device.Device
	calls int
}

func (e *elsewhere) Name() string { return "elsewhere" }
func (e *elsewhere) Walkers(w device.Walk, force, x device.Vector) {
	e.calls++
	e.Device.Walkers(w, force, x)
}

// What moves by a table moves as it does by functions, with the same noise, on any
// device, whoever walks along.
func TestForm(t *testing.T) {
	for _, d := range []int{1, 2} {
		e := Langevin(tabled{double(d)}, 0.3)
		if e.Form == nil {
			t.Fatal("no form")
		}
		walk := func(e Equation, first, n int, o Options) []float64 {
			x := make([]float64, n*d)
			o.Step, o.Steps, o.Seed, o.First = 0.01, 600, 9, first
			if steps, status := e.Run(x, o); steps != 600 || status != Finished {
				t.Fatal(steps, status)
			}
			return x
		}
		byTable := walk(e, 0, 301, Options{})
		far, seen := &elsewhere{Device: device.CPU()}, 0
		onDevice := walk(e, 0, 301, Options{Device: far, Every: 100, Observe: func(step int, _ float64, x []float64) {
			seen++
			if step == 100 && x[0] == 0 {
				t.Error("what is observed has not come from the device")
			}
		}})
		part := walk(e, 101, 50, Options{})
		e.Form = nil
		byFunctions := walk(e, 0, 301, Options{})
		for i, want := range byTable {
			near(t, "by functions", byFunctions[i], want, 1e-12)
			near(t, "on a device", onDevice[i], want, 0)
		}
		for i, v := range part {
			near(t, "part", v, byTable[101*d+i], 0)
		}
		if far.calls != 6 || seen != 6 {
			t.Errorf("%d calls of the device, %d observations, expected 6 and 6", far.calls, seen)
		}
	}
	if e := Langevin(tabled{double(3)}, 0.3); e.Form != nil {
		t.Error("a form in three dimensions")
	}
}

// Walkers on a device stop where they are.
func TestFormStopped(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	x := make([]float64, 10)
	steps, status := Langevin(tabled{double(1)}, 0.3).Run(x, Options{
		Step: 0.01, Steps: 1000, Device: &elsewhere{Device: device.CPU()}, Context: ctx, Every: 100,
		Observe: func(int, float64, []float64) { cancel() },
	})
	if steps != 100 || status != Stopped || x[0] == 0 {
		t.Error(steps, status, x[0])
	}
}

// 10,000 walkers in a double well: by a table, by functions as a user writes them, and by
// a landscape.
func BenchmarkWalkers(b *testing.B) {
	const n, steps, D = 10_000, 100, 0.25
	table := Langevin(tabled{double(1)}, D)
	for _, c := range []struct {
		name string
		e    Equation
	}{
		{"table", table},
		{"functions", Equation{Dim: 1,
			Drift: func(_ float64, x, b []float64) { b[0] = x[0] - x[0]*x[0]*x[0] },
			Noise: func(_ float64, _, s []float64) { s[0] = math.Sqrt(2 * D) },
		}},
		{"landscape", Langevin(double(1), D)},
	} {
		b.Run(c.name, func(b *testing.B) {
			x := make([]float64, n)
			for b.Loop() {
				c.e.Run(x, Options{Step: 0.01, Steps: steps, Seed: 1})
			}
			b.ReportMetric(b.Elapsed().Seconds()/float64(b.N)/(n*steps)*1e9, "ns/step")
		})
	}
}
