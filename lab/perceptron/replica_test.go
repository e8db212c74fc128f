package perceptron_test

import (
	"math"
	"testing"

	"glassy/lab/perceptron"
)

func closeTo(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s is %.15g, expected %.15g within %g", what, got, want, tolerance)
	}
}

// Limits and identities of the saddle points; their digits are oracles.
func TestReplicaLimits(t *testing.T) {
	closeTo(t, "s at α = 0", perceptron.ClassificationEntropy(0, 0).Entropy, math.Ln2, 1e-14)
	closeTo(t, "s of students at α = 0", perceptron.StudentEntropy(0).Entropy, math.Ln2, 1e-14)
	// No margin at all: each pattern is right with probability 1, or ½ at κ = 0.
	closeTo(t, "s at κ = −20", perceptron.ClassificationEntropy(1, -20).Entropy, math.Ln2, 1e-12)
	for _, α := range []float64{0.1, 0.3, 0.6} {
		s := perceptron.ClassificationEntropy(α, 0)
		if s.Entropy > perceptron.AnnealedClassification(α) {
			t.Errorf("s(%v) = %v is above the annealed entropy", α, s.Entropy)
		}
		student := perceptron.StudentEntropy(α)
		if bound := perceptron.AnnealedStudents(α, student.Overlap); student.Entropy > bound {
			t.Errorf("students at R = %v: s = %v is above the annealed %v", student.Overlap, student.Entropy, bound)
		}
		// More is known of students' labels than of random ones.
		if student.Entropy < s.Entropy {
			t.Errorf("α = %v: fewer students, %v, than solutions, %v", α, student.Entropy, s.Entropy)
		}
	}
	if s := perceptron.ClassificationEntropy(2, 0); s.Overlap != 1 || !math.IsInf(s.Entropy, -1) {
		t.Errorf("far beyond α_c: %+v", s)
	}
	if s := perceptron.StudentEntropy(1.6); s.Overlap != 1 || s.Entropy != 0 {
		t.Errorf("beyond the branch R < 1: %+v", s)
	}
	// The capacity falls with the margin, and is the zero of the entropy.
	last := math.Inf(1)
	for _, κ := range []float64{-0.5, 0, 0.2, 1} {
		α, q := perceptron.Capacity(κ)
		s := perceptron.ClassificationEntropy(α, κ)
		closeTo(t, "s(α_c)", s.Entropy, 0, 1e-12)
		closeTo(t, "q(α_c)", s.Overlap, q, 1e-9)
		if α >= last {
			t.Errorf("α_c(%v) = %v, expected less than %v", κ, α, last)
		}
		last = α
	}
}

// At the typical overlap the potential is the entropy of all solutions; near 1
// there is nothing; and it is highest at the typical overlap.
func TestFranzParisi(t *testing.T) {
	const α = 0.5
	s := perceptron.ClassificationEntropy(α, 0)
	at := perceptron.FranzParisi(α, s.Overlap)
	closeTo(t, "s(q)", at.Entropy, s.Entropy, 1e-7)
	closeTo(t, "r(q)", at.Overlap, s.Overlap, 1e-4)
	for _, p := range []float64{0.2, 0.5} {
		if n := perceptron.FranzParisi(α, p); n.Entropy >= s.Entropy {
			t.Errorf("s(%v) = %v, expected below %v", p, n.Entropy, s.Entropy)
		}
	}
	if n := perceptron.FranzParisi(0.9, 0.9); !math.IsNaN(n.Entropy) {
		t.Errorf("beyond α_c: %+v", n)
	}
}

// The exact mean number of students, over all problems that there are: three
// inputs, two patterns.
func TestExpectedStudents(t *testing.T) {
	const d, n = 3, 2
	var counts [d + 1]int
	teacher := []int8{1, 1, 1}
	word := func(w, j int) int8 { return int8(w>>j&1)*2 - 1 }
	for w := range 1 << (d * n) {
		patterns, labels := make([][]int8, n), make([]int8, n)
		for i := range patterns {
			sum := int8(0)
			for j := range d {
				patterns[i] = append(patterns[i], word(w, i*d+j))
				sum += patterns[i][j]
			}
			labels[i] = 1
			if sum < 0 {
				labels[i] = -1
			}
		}
		p, err := perceptron.FromData(patterns, labels)
		if err != nil {
			t.Fatal(err)
		}
		for k, c := range enumerate(t, p).Around(p.Word(teacher)) {
			counts[k] += c
		}
	}
	for k, c := range counts {
		closeTo(t, "mean number of students", float64(c)/(1<<(d*n)), perceptron.ExpectedStudents(d, n, k), 1e-12)
	}
	// (3.3) is the limit.
	closeTo(t, "disagreement", perceptron.Disagreement(1001, 200), perceptron.GeneralisationError(1-2*200./1001), 5e-4)
}

func BenchmarkCapacity(b *testing.B) {
	for b.Loop() {
		perceptron.Capacity(0)
	}
}

func BenchmarkFranzParisi(b *testing.B) {
	for b.Loop() {
		perceptron.FranzParisi(0.5, 0.9)
	}
}
