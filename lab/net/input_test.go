package net

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"glassy/lab/data"
	"glassy/lab/device"
	"glassy/lab/landscape"
)

func TestBadData(t *testing.T) {
	good := func() *data.Set {
		return &data.Set{Name: "points", Shape: []int{3}, Classes: 4, X: []float32{1, 2, 3, 4, 5, 6}, Y: []int32{0, 3}}
	}
	words := Architecture{"words", []int{3}, 4, layers(OneHot{4}, Dense{Out: 4})}
	for _, c := range []struct {
		what    string
		a       Architecture
		o       Options
		set     func(s *data.Set)
		message string
	}{
		{what: "NaN", set: func(s *data.Set) { s.X[4] = float32(math.NaN()) }, message: "sample 1: number 1 is NaN"},
		{what: "infinity", set: func(s *data.Set) { s.X[0] = float32(math.Inf(-1)) }, message: "-Inf"},
		{what: "label", set: func(s *data.Set) { s.Y[1] = 4 }, message: "label 1 is 4, expected 0..3"},
		{what: "empty", set: func(s *data.Set) { s.X, s.Y = nil, nil }, message: "no samples"},
		{what: "shape", set: func(s *data.Set) { s.Shape, s.Y = []int{2}, []int32{0, 0, 0} }, message: "samples have shape [2], expected [3]"},
		{what: "labels", set: func(s *data.Set) { s.Y = s.Y[:1] }, message: "1 labels, expected 2"},
		{what: "classes", set: func(s *data.Set) { s.Classes = 9 }, message: "9 classes, expected at most 4"},
		{what: "numbers for tokens", a: words, message: "expected tokens"},
		{what: "tokens for numbers", set: tokens, message: "expected numbers"},
		{what: "vocabulary", a: Architecture{"words", []int{3}, 4, layers(OneHot{2}, Dense{Out: 4})}, set: tokens, message: "a token is 3, expected at most 1"},
		{what: "vocabulary of a branch", a: Architecture{"words", []int{3}, 4, layers(
			Residual{Body: layers(Embedding{2, 4}), Shortcut: layers(OneHot{4})})}, set: tokens, message: "a token is 3, expected at most 1"},
		{what: "architecture", a: Architecture{"wide", []int{3}, 4, layers(Dense{Out: 5})}, message: "expected 4 numbers"},
		{what: "type", o: Options{DType: device.Int32}, message: "DType is int32"},
	} {
		a, set := softmaxRegression, good()
		if c.a.Name != "" {
			a = c.a
		}
		if c.set != nil {
			c.set(set)
		}
		l, err := NewLoss(a, set, c.o)
		if err == nil || l != nil || !strings.Contains(err.Error(), c.message) {
			t.Errorf("%s: error %v, expected one that says %q", c.what, err, c.message)
		}
	}
	if _, err := NewLoss(softmaxRegression, nil, Options{}); err == nil {
		t.Error("no data set is no error")
	}
	l, err := NewLoss(softmaxRegression, good(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.On(&data.Set{Name: "other", Shape: []int{1}, Classes: 2, X: []float32{1}, Y: []int32{0}}); err == nil {
		t.Error("other data of another shape are no error")
	}
}

func tokens(s *data.Set) {
	s.X, s.Tokens, s.Y = nil, []int32{0, 1, 3}, []int32{1, 3, 0}
}

func TestSlips(t *testing.T) {
	a := Architecture{"normalised", []int{3}, 4, layers(Dense{Out: 4}, BatchNorm{})}
	l, x, g := lossOf(t, a, 3)
	short, single := x.Slice(1, x.Len()), x.Device().New(device.Float32, x.Len())
	for _, c := range []struct {
		message string
		f       func()
	}{
		{"Value: x is 23 numbers", func() { l.Value(short) }},
		{"Value: x is 24 numbers of float32, expected 24 of float64", func() { l.Value(single) }},
		{"Gradient: g is", func() { l.Gradient(x, short) }},
		{"HessianVector: v is", func() { l.HessianVector(x, short, g) }},
		{"GaussNewtonVector: gv is", func() { l.GaussNewtonVector(x, x, short) }},
		{"Gradient: g is one of the vectors", func() { l.Gradient(x, x) }},
		{"HessianVector: hv is one of the vectors", func() { l.HessianVector(x, g, g) }},
		{"GaussNewtonVector: gv is one of the vectors", func() { l.GaussNewtonVector(g, x, g) }},
		{"BatchGradient: g is one of the vectors", func() { l.BatchGradient(x, landscape.Batch{Index: []int{0, 1}}, x) }},
		{"BatchGradient: the batch is empty", func() { l.BatchGradient(x, landscape.Batch{}, g) }},
		{"BatchGradient: sample is 3, expected 0..2", func() { l.BatchGradient(x, landscape.Batch{Index: []int{0, 3}}, g) }},
		{"BatchGradient: batch of 1, expected at least 2", func() { l.BatchGradient(x, landscape.Batch{Index: []int{0}}, g) }},
		{"Minibatch: batch of 1", func() { l.Minibatch(landscape.Batch{Index: []int{0}}) }},
		{"Subset: sample is -1", func() { l.Subset([]int{-1}) }},
		{"SampleGradients: the batch is empty", func() { l.SampleGradients(x, nil) }},
		{"FisherDiagonal: kind is Fisher(7)", func() { l.FisherDiagonal(x, 7, 0, g) }},
		{"Rows: rows are 0..3, expected them in 0..2", func() { l.SampleGradients(x, []int{0, 1}).Rows(0, 3, g) }},
		{"SquaredNorms: dst has length 1, expected 2", func() { l.SampleGradients(x, []int{0, 1}).SquaredNorms(make([]float64, 1)) }},
		{"called again", func() {
			s := l.SampleGradients(x, []int{0, 1})
			l.Value(x)
			s.SquaredNorms(make([]float64, 2))
		}},
		{"Initialise: rule is nil", func() { Initialise(a, nil, 1, x) }},
		{"Layout: layer", func() { Architecture{Input: []int{3}, Layers: layers(Conv{Out: 1, Kernel: 1})}.Layout() }},
	} {
		func() {
			defer func() {
				if m, _ := recover().(string); !strings.HasPrefix(m, "net: ") || !strings.Contains(m, c.message) {
					t.Errorf("panic %q, expected one that says %q", m, c.message)
				}
			}()
			c.f()
			t.Errorf("no panic, expected one that says %q", c.message)
		}()
	}
}

// What a notebook shows of gradients says when they are void.
func TestGradientsString(t *testing.T) {
	l, x, _ := lossOf(t, Architecture{"normalised", []int{3}, 4, layers(Dense{Out: 4}, BatchNorm{})}, 3)
	s := l.SampleGradients(x, []int{0, 1})
	if got := fmt.Sprint(s); got != "gradients of 2 samples, d = 24, factored" {
		t.Errorf("shown as %q", got)
	}
	l.Value(x)
	if got := fmt.Sprint(s); !strings.Contains(got, "no longer valid") {
		t.Errorf("after another call shown as %q", got)
	}
}
