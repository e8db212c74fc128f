package perceptron_test

import (
	"strings"
	"testing"

	"glassy/lab/perceptron"
)

func TestBadData(t *testing.T) {
	for want, data := range map[string]struct {
		patterns [][]int8
		labels   []int8
		option   perceptron.Option
	}{
		"0 patterns and 0 labels":               {},
		"1 patterns and 2 labels":               {patterns: [][]int8{{1, 1}}, labels: []int8{1, 1}},
		"pattern 1 has 2 inputs":                {patterns: [][]int8{{1, 1, 1}, {1, 1}}, labels: []int8{1, 1}},
		"has 3 as input 1":                      {patterns: [][]int8{{1, 3, 1}}, labels: []int8{1}},
		"label 0 is 0":                          {patterns: [][]int8{{1, 1, 1}}, labels: []int8{0}},
		"patterns 0 and 2 contradict":           {patterns: [][]int8{{1, -1, 1}, {1, 1, 1}, {1, -1, 1}}, labels: []int8{1, 1, -1}},
		"patterns 0 and 1 contradict each othe": {patterns: [][]int8{{1, -1, 1}, {-1, 1, -1}}, labels: []int8{1, 1}},
		"units K, 2":                            {patterns: [][]int8{{1, -1, 1}}, labels: []int8{1}, option: perceptron.Units(2)},
	} {
		var options []perceptron.Option
		if data.option != nil {
			options = append(options, data.option)
		}
		if _, err := perceptron.FromData(data.patterns, data.labels, options...); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, expected one with %q", err, want)
		}
	}
	// The same pattern twice, or the opposite one with the opposite label, is no
	// contradiction.
	if _, err := perceptron.FromData([][]int8{{1, -1, 1}, {1, -1, 1}, {-1, 1, -1}}, []int8{1, 1, -1}); err != nil {
		t.Error(err)
	}
}

func TestSlips(t *testing.T) {
	p := perceptron.New(5, 3)
	for want, slip := range map[string]func(){
		"perceptron: New: d (inputs), 4, expected an odd":       func() { perceptron.New(4, 3) },
		"perceptron: New: N (patterns), 0, expected":            func() { perceptron.New(5, 0) },
		"perceptron: New: units K, 4, expected an odd":          func() { perceptron.New(5, 3, perceptron.Units(4)) },
		"expected 0: a vote has no margin":                      func() { perceptron.New(5, 3, perceptron.Units(3), perceptron.Margin(1)) },
		"perceptron: Errors: 3 weights, expected D = 5":         func() { p.Errors([]int8{1, 1, 1}) },
		"perceptron: Errors: weight 1 is 0, expected 1 or −1":   func() { p.Errors([]int8{1, 0, 1, 1, 1}) },
		"ClassificationEntropy: α (patterns per weight), -1":    func() { perceptron.ClassificationEntropy(-1, 0) },
		"GeneralisationError: R (overlap), 1.5, expected −1":    func() { perceptron.GeneralisationError(1.5) },
		"Disagreement: d = 4, k = 1, expected an odd d and 0 ≤": func() { perceptron.Disagreement(4, 1) },
		"FranzParisi: p (overlap), 1, expected 0 < p < 1":       func() { perceptron.FranzParisi(0.5, 1) },
	} {
		func() {
			defer func() {
				if r, _ := recover().(string); !strings.Contains(r, want) {
					t.Errorf("panic %q, expected one with %q", r, want)
				}
			}()
			slip()
		}()
	}
}

func TestString(t *testing.T) {
	for want, p := range map[string]*perceptron.Perceptron{
		"d = 25 inputs, N = 10 patterns, α = 0.4, seed 3\nrandom labels, α_c = 0.8331, entropy per weight of the solutions 0.3965": perceptron.New(25, 10, perceptron.Seed(3)),
		"labels of a teacher, α_TS = 1.245":     perceptron.New(25, 10, perceptron.Teacher()),
		"a committee of K = 3, N = 9":           perceptron.New(5, 9, perceptron.Units(3)),
		"α = 0.4762, seed 0, margin κ = 0.2\nr": perceptron.New(21, 10, perceptron.Margin(0.2), perceptron.Seed(0)),
	} {
		if !strings.Contains(p.String(), want) {
			t.Errorf("%v\nlacks %q", p, want)
		}
	}
}
