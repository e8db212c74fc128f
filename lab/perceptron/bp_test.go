package perceptron_test

import (
	"context"
	"math"
	"slices"
	"testing"

	"glassy/lab/perceptron"
)

// marginals are those of the solutions, weighed by e^(f·x), and log of their sum.
func marginals(t *testing.T, p *perceptron.Perceptron, field []float64) (m []float64, logZ float64) {
	e := enumerate(t, p)
	m = make([]float64, p.Weights())
	Z := 0.0
	for _, word := range e.Solutions {
		x := e.Weights(word)
		w := 0.0
		for j, f := range field {
			w += f * float64(x[j])
		}
		w = math.Exp(w)
		Z += w
		for j, v := range x {
			m[j] += w * float64(v)
		}
	}
	for j := range m {
		m[j] /= Z
	}
	return m, math.Log(Z)
}

// On a tree belief propagation is exact: 15 weights, patterns that share one
// weight with another pattern at most and close no ring; and one pattern alone,
// of a committee too.
func TestBeliefPropagationOnTrees(t *testing.T) {
	// Each row of inputs; all else is 0.
	inputs := [][]int{{0, 1, 2, 3, 4}, {4, 5, 6}, {6, 7, 8, 9, 10}, {2, 11, 12}, {12, 13, 14}}
	patterns := make([][]int8, len(inputs))
	labels := make([]int8, len(inputs))
	for i, js := range inputs {
		patterns[i] = make([]int8, 15)
		labels[i] = int8(1 - 2*(i%2))
		for _, j := range js {
			patterns[i][j] = int8(1 - 2*((i+j*j)%3%2))
		}
	}
	tree, err := perceptron.FromData(patterns, labels)
	if err != nil {
		t.Fatal(err)
	}
	with, err := perceptron.FromData(patterns[:1], labels[:1], perceptron.Margin(0.3))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []*perceptron.Perceptron{tree, with, perceptron.New(15, 1), perceptron.New(5, 1, perceptron.Units(3))} {
		for _, strength := range []float64{0, 0.4} {
			field := make([]float64, p.Weights())
			for j := range field {
				field[j] = strength * math.Sin(float64(j))
			}
			want, logZ := marginals(t, p, field)
			b := perceptron.BeliefPropagation(p, perceptron.BPOptions{Exact: true, Field: field, Tolerance: 1e-14})
			if b.Status != perceptron.Solved {
				t.Errorf("%v: %v after %d steps", p, b.Status, b.Steps)
			}
			for j, m := range b.Magnetisation {
				closeTo(t, "magnetisation", m, want[j], 1e-12)
			}
			closeTo(t, "log Z", b.LogPartition, logZ, 1e-11)
		}
	}
}

// Not on a tree it is close: to the counts at d = 15 over twelve problems, and to
// the entropy of d → ∞ at d = 1001, where messages are normal.
func TestBeliefPropagationCounts(t *testing.T) {
	for _, exact := range []bool{true, false} {
		for _, units := range []int{1, 3} {
			var off, worst float64
			const problems = 12
			for seed := range uint64(problems) {
				p := perceptron.New(15/units, 5, perceptron.Seed(seed), perceptron.Units(units), perceptron.Teacher())
				want, logZ := marginals(t, p, nil)
				b := perceptron.BeliefPropagation(p, perceptron.BPOptions{Exact: exact, Damping: 0.3})
				off += (b.LogPartition - logZ) / problems
				for j, m := range b.Magnetisation {
					worst = math.Max(worst, math.Abs(m-want[j]))
				}
			}
			// From loops. Measured: up to 0.44, 0.03 per weight, and 0.26.
			if math.Abs(off) > 0.6 || worst > 0.35 {
				t.Errorf("exact messages %v, K = %d: log of the count is off by %.3f on average, a magnetisation by up to %.3f", exact, units, off, worst)
			}
		}
	}
	for _, α := range []float64{0.2, 0.5} {
		p := perceptron.New(1001, int(α*1001), perceptron.Seed(1))
		b := perceptron.BeliefPropagation(p)
		if b.Status != perceptron.Solved {
			t.Errorf("α = %v: %v, last change %v", α, b.Status, b.Change)
		}
		// The entropy of one problem differs by the order 1/√(dN).
		closeTo(t, "entropy", b.Entropy, perceptron.ClassificationEntropy(p.Load(), 0).Entropy, 0.01)
		p = perceptron.New(1001, int(α*1001), perceptron.Seed(1), perceptron.Teacher())
		closeTo(t, "entropy of students", perceptron.BeliefPropagation(p).Entropy, perceptron.StudentEntropy(p.Load()).Entropy, 0.01)
	}
}

// Each search finds a solution of an easy problem, the same one again, and says so
// when it is stopped.
func TestSolvers(t *testing.T) {
	p := perceptron.New(101, 30, perceptron.Seed(1))
	committee := perceptron.New(25, 20, perceptron.Seed(2), perceptron.Units(3))
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for name, solve := range map[string]func(p *perceptron.Perceptron, ctx context.Context) *perceptron.Solution{
		"reinforced BP": func(p *perceptron.Perceptron, ctx context.Context) *perceptron.Solution {
			return perceptron.ReinforcedBP(p, perceptron.ReinforceOptions{Context: ctx})
		},
		"reinforced SP": func(p *perceptron.Perceptron, ctx context.Context) *perceptron.Solution {
			return perceptron.ReinforcedBP(p, perceptron.ReinforceOptions{Surveys: true, Context: ctx})
		},
		"focusing BP": func(p *perceptron.Perceptron, ctx context.Context) *perceptron.Solution {
			return perceptron.FocusingBP(p, perceptron.FocusOptions{Context: ctx})
		},
		"replicated SGD": func(p *perceptron.Perceptron, ctx context.Context) *perceptron.Solution {
			return perceptron.ReplicatedSGD(p, perceptron.SGDOptions{Context: ctx})
		},
		"annealing": func(p *perceptron.Perceptron, ctx context.Context) *perceptron.Solution {
			return perceptron.Anneal(p, perceptron.AnnealOptions{Context: ctx, Sweeps: 3000})
		},
		"replicated annealing": func(p *perceptron.Perceptron, ctx context.Context) *perceptron.Solution {
			return perceptron.Anneal(p, perceptron.AnnealOptions{Context: ctx, Replicas: 5, Sweeps: 600})
		},
	} {
		s := solve(p, nil)
		if s.Status != perceptron.Solved || s.Errors != 0 || p.Errors(s.Weights) != 0 {
			t.Errorf("%s: %v; its weights make %d errors", name, s, p.Errors(s.Weights))
		}
		if again := solve(p, nil); !slices.Equal(again.Weights, s.Weights) || again.Steps != s.Steps {
			t.Errorf("%s: other weights the second time", name)
		}
		if s := solve(committee, nil); s.Errors != committee.Errors(s.Weights) {
			t.Errorf("%s of a committee: %v; its weights make %d errors", name, s, committee.Errors(s.Weights))
		}
		if s := solve(p, ctx); s.Status != perceptron.Stopped || s.Errors != p.Errors(s.Weights) {
			t.Errorf("%s, stopped: %v", name, s)
		}
	}
}

// Damped, focusing belief propagation tells the units of a large committee apart.
func TestFocusingCommittee(t *testing.T) {
	for _, c := range []struct{ d, n, k int }{{101, 150, 3}, {101, 200, 5}, {51, 140, 7}} {
		p := perceptron.New(c.d, c.n, perceptron.Units(c.k), perceptron.Seed(1))
		if s := perceptron.FocusingBP(p); s.Status != perceptron.Solved || p.Errors(s.Weights) != 0 {
			t.Errorf("%v: %v", p, s)
		}
		if s := perceptron.FocusingBP(p, perceptron.FocusOptions{Damping: 1e-9, Steps: 300}); s.Status == perceptron.Solved {
			t.Errorf("%v without damping: %v, expected units that stay alike", p, s)
		}
	}
}

// Annealing at one temperature draws from the Gibbs law of the energy: the
// errors of its end, over many runs, are those that enumeration weighs.
func TestAnnealingSamples(t *testing.T) {
	p := perceptron.New(9, 12, perceptron.Seed(4))
	const β, runs = 0.7, 1500
	e := enumerate(t, p)
	var Z, mean, square float64
	for k, n := range e.Errors {
		w := float64(n) * math.Exp(-β*float64(k))
		Z += w
		mean += w * float64(k)
		square += w * float64(k*k)
	}
	mean /= Z
	deviation := math.Sqrt(square/Z - mean*mean)
	sum := 0.0
	for seed := range uint64(runs) {
		sum += float64(perceptron.AnnealedErrors(p, β, 12, seed))
	}
	closeTo(t, "mean energy", sum/runs, mean, 4*deviation/math.Sqrt(runs))
}

// Around a solution of focusing belief propagation solutions are dense; about the
// teacher, a typical solution, there are as many as theory says, and none near.
func TestLocalEntropyCurve(t *testing.T) {
	p := perceptron.New(501, 200, perceptron.Seed(1), perceptron.Teacher())
	fields := []float64{1.5, 1, 0.5, 0}
	found := perceptron.FocusingBP(p)
	dense := perceptron.LocalEntropyCurve(p, found.Weights, fields)
	typical := perceptron.LocalEntropyCurve(p, p.Teacher(), fields[1:])
	for _, l := range typical {
		// One problem of d = 501.
		closeTo(t, "entropy about the teacher", l.Entropy, perceptron.StudentsAtOverlap(p.Load(), 1-2*l.Distance).Entropy, 0.02)
	}
	if l := dense[0]; !(l.Entropy > perceptron.StudentsAtOverlap(p.Load(), 1-2*l.Distance).Entropy+0.02) || l.Status != perceptron.Solved {
		t.Errorf("about a solution that was found: %+v, expected more than about the teacher", l)
	}
	// With no field it is the entropy of all solutions, wherever one starts.
	closeTo(t, "entropy of all", dense[3].Entropy, typical[2].Entropy, 1e-7)
}

func TestStudentsAtOverlap(t *testing.T) {
	const α = 0.6
	s := perceptron.StudentEntropy(α)
	at := perceptron.StudentsAtOverlap(α, s.Overlap)
	closeTo(t, "s at the typical overlap", at.Entropy, s.Entropy, 1e-9)
	closeTo(t, "q there", at.Overlap, s.Overlap, 1e-5)
	for _, R := range []float64{-0.3, 0, 0.3, 0.8, 0.95} {
		s := perceptron.StudentsAtOverlap(α, R)
		if s.Entropy > at.Entropy || s.Entropy > perceptron.AnnealedStudents(α, R) {
			t.Errorf("s(%v) = %v, expected less than the largest, %v, and the annealed, %v", R, s.Entropy, at.Entropy, perceptron.AnnealedStudents(α, R))
		}
	}
	if s := perceptron.StudentsAtOverlap(α, 0.99); s.Entropy > 0 {
		t.Errorf("s(0.99) = %v: the teacher is not isolated", s.Entropy)
	}
	closeTo(t, "s without patterns", perceptron.StudentsAtOverlap(0, 0).Entropy, math.Ln2, 1e-12)
}

func benchmarkFocusing(b *testing.B, d, n int) {
	p := perceptron.New(d, n, perceptron.Seed(1))
	for b.Loop() {
		// y = 1 never decides: 200 steps, whatever the problem.
		perceptron.FocusingBP(p, perceptron.FocusOptions{Replicas: 1, Steps: 200})
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/200/float64(d)/float64(n), "ns/(d·N·step)")
}

func BenchmarkFocusing501(b *testing.B)  { benchmarkFocusing(b, 501, 300) }
func BenchmarkFocusing1001(b *testing.B) { benchmarkFocusing(b, 1001, 600) }
func BenchmarkFocusing2001(b *testing.B) { benchmarkFocusing(b, 2001, 1200) }
