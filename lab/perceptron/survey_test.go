package perceptron_test

import (
	"testing"

	"gonum.org/v1/gonum/floats"

	"glassy/lab/perceptron"
)

// On a tree survey propagation is exact: it finds one cluster, and which weights are
// the same in all solutions. Patterns of two inputs decide both; what that leaves no
// choice is decided with it.
func TestSurveyPropagationOnTrees(t *testing.T) {
	inputs := [][]int{{0, 1}, {1, 2, 3}, {3, 4, 5, 6, 7}, {4, 8, 9}, {9, 10}, {7, 11, 12}}
	frozen := 0
	for seed := range 32 { // the signs with which inputs that two patterns share come into the second
		patterns, labels := make([][]int8, len(inputs)), make([]int8, len(inputs))
		seen := map[int]bool{}
		shared := 0
		for i, js := range inputs {
			patterns[i], labels[i] = make([]int8, 13), int8(1-2*(i%2))
			for _, j := range js {
				patterns[i][j] = labels[i]
				if seen[j] {
					patterns[i][j] *= int8(1 - 2*(seed>>shared&1))
					shared++
				}
				seen[j] = true
			}
		}
		p, err := perceptron.FromData(patterns, labels)
		if err != nil {
			t.Fatal(err)
		}
		m, _ := marginals(t, p, nil)
		s := perceptron.SurveyPropagation(p)
		if s.Status != perceptron.Solved {
			t.Errorf("signs %b: %v after %d steps", seed, s.Status, s.Steps)
		}
		for j := range m {
			plus, minus, free := 0.0, 0.0, 0.0
			switch m[j] {
			case 1:
				plus = 1
			case -1:
				minus = 1
			default:
				free = 1
			}
			frozen += int(1 - free)
			closeTo(t, "always 1", s.Plus[j], plus, 1e-12)
			closeTo(t, "always -1", s.Minus[j], minus, 1e-12)
			closeTo(t, "free", s.Free[j], free, 1e-12)
		}
		closeTo(t, "complexity", s.Complexity, 0, 1e-12)
	}
	if frozen < 100 || frozen > 32*13-100 {
		t.Errorf("%d of %d weights were the same in all solutions, expected some of either kind", frozen, 32*13)
	}
}

// Where each weight hears of many patterns none is free, each cluster is one solution,
// and survey propagation is belief propagation: the more the larger d is. Where it hears
// of few, all stay free.
func TestSurveysOfManyPatterns(t *testing.T) {
	p := perceptron.New(201, 80, perceptron.Seed(3))
	b := perceptron.BeliefPropagation(p, perceptron.BPOptions{Exact: true, Damping: 0.3})
	s := perceptron.SurveyPropagation(p, perceptron.BPOptions{Damping: 0.3})
	for j, m := range b.Magnetisation {
		closeTo(t, "sum of the shares", s.Plus[j]+s.Minus[j]+s.Free[j], 1, 1e-14)
		// Measured: 0.039 and 0.005; at d = 401 0.004 and 0.0003.
		closeTo(t, "magnetisation", s.Plus[j]-s.Minus[j], m, 0.06)
		closeTo(t, "free", s.Free[j], 0, 0.01)
	}
	closeTo(t, "complexity", s.Complexity, b.Entropy, 0.005) // measured: 0.0034; at d = 401 0.0003
	few := perceptron.SurveyPropagation(perceptron.New(51, 20, perceptron.Seed(3)))
	closeTo(t, "complexity", few.Complexity, 0, 1e-12)
	closeTo(t, "free", floats.Min(few.Free), 1, 1e-12)
	if s.Status != perceptron.Solved || few.Status != perceptron.Solved {
		t.Errorf("%v and %v, expected messages at rest", s.Status, few.Status)
	}
}
