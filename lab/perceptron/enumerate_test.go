package perceptron_test

import (
	"context"
	"math"
	"math/bits"
	"runtime"
	"slices"
	"strings"
	"testing"

	"glassy/lab/perceptron"
)

func enumerate(t testing.TB, p *perceptron.Perceptron) *perceptron.Enumeration {
	t.Helper()
	e, err := p.Enumerate(context.Background())
	if err != nil || e.Stopped != nil {
		t.Fatal(err, e)
	}
	return e
}

// diluted has inputs that are left out, so that there may be ties, and a margin.
func diluted(t testing.TB) *perceptron.Perceptron {
	t.Helper()
	p, err := perceptron.FromData([][]int8{
		{1, 0, -1, 1, 0, 0, 1, 1, -1, 0, 0, 1, -1}, {0, 1, 1, -1, 0, 1, 0, 0, 0, -1, 0, 0, 1}, {-1, -1, 1, 1, 1, 1, -1, -1, 1, 1, 0, 0, 0},
	}, []int8{1, -1, -1}, perceptron.Margin(0.5))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// What is counted 64 words at a time is what trying one word after the other counts.
func TestEnumerate(t *testing.T) {
	for _, p := range []*perceptron.Perceptron{
		perceptron.New(1, 1), perceptron.New(13, 9, perceptron.Seed(1)), perceptron.New(13, 70), perceptron.New(11, 30, perceptron.Seed(2), perceptron.Teacher()),
		perceptron.New(17, 3, perceptron.Margin(0.7)), perceptron.New(9, 4, perceptron.Margin(-0.4)), perceptron.New(9, 8, perceptron.Margin(100)),
		perceptron.New(5, 9, perceptron.Units(3), perceptron.Seed(3)), perceptron.New(3, 12, perceptron.Units(5), perceptron.Teacher()),
		diluted(t),
	} {
		e := enumerate(t, p)
		counts := make([]int, p.Patterns()+1)
		var solutions []uint32
		for word := range uint32(1) << p.Weights() {
			x := e.Weights(word)
			if p.Word(x) != word {
				t.Fatalf("word %d has the weights %v, which are word %d", word, x, p.Word(x))
			}
			k := p.Errors(x)
			if counts[k]++; k == 0 {
				solutions = append(solutions, word)
			}
		}
		if !slices.Equal(counts, e.Errors) || !slices.Equal(solutions, e.Solutions) {
			t.Errorf("%v:\n%v, %v solutions, expected %v and %v", p, e.Errors, e.Solutions, counts, solutions)
		}
		if x := p.Teacher(); x != nil && p.Errors(x) != 0 {
			t.Errorf("%v: its teacher makes errors", p)
		}
	}
}

func TestEnumerateOnAnyThreads(t *testing.T) {
	p := perceptron.New(19, 11, perceptron.Seed(5))
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	one := enumerate(t, p)
	runtime.GOMAXPROCS(3)
	if three := enumerate(t, p); !slices.Equal(one.Solutions, three.Solutions) || !slices.Equal(one.Errors, three.Errors) {
		t.Error("three threads find other solutions than one")
	}
}

func TestEnumerateStops(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	e, err := perceptron.New(15, 8).Enumerate(ctx)
	if err != nil || e.Stopped == nil || len(e.Solutions) != 0 {
		t.Errorf("stopped enumeration: %+v, %v", e, err)
	}
	if _, err := perceptron.New(27, 8).Enumerate(context.Background()); err == nil || !strings.Contains(err.Error(), "at most 2^25") || !strings.Contains(err.Error(), "BeliefPropagation") {
		t.Errorf("27 weights: %v, expected an error that names the limit and the estimate", err)
	}
}

// The mean number of solutions for random labels is 2^(d−N) exactly: of each
// problem N patterns have all 2^N labels between them.
func TestMeanNumberOfSolutions(t *testing.T) {
	const d, n = 9, 4
	total := 0
	patterns := [][]int8{{1, 1, -1, 1, -1, 1, 1, -1, -1}, {1, -1, -1, 1, 1, 1, -1, 1, 1}, {-1, 1, 1, 1, 1, -1, 1, 1, -1}, {1, 1, 1, -1, -1, -1, -1, 1, 1}}
	for word := range 1 << n {
		labels := make([]int8, n)
		for i := range labels {
			labels[i] = int8(word>>i&1)*2 - 1
		}
		p, err := perceptron.FromData(patterns, labels)
		if err != nil {
			t.Fatal(err)
		}
		total += len(enumerate(t, p).Solutions)
	}
	if mean := float64(total) / (1 << n); math.Abs(math.Log(mean)/d-perceptron.AnnealedClassification(float64(n)/d)) > 1e-14 {
		t.Errorf("%v solutions on average, expected 2^%d", mean, d-n)
	}
}

// Distances and neighbours by Walsh's transform are those of all pairs.
func TestDistances(t *testing.T) {
	for _, p := range []*perceptron.Perceptron{perceptron.New(1, 1), perceptron.New(13, 5, perceptron.Seed(3)), perceptron.New(5, 4, perceptron.Units(3), perceptron.Teacher())} {
		e := enumerate(t, p)
		d := p.Weights()
		pairs := make([]int, d+1)
		for i, x := range e.Solutions {
			for _, y := range e.Solutions[:i] {
				pairs[bits.OnesCount32(x^y)]++
			}
		}
		if got := e.Distances(); !slices.Equal(got, pairs) {
			t.Errorf("%v: distances %v, expected %v", p, got, pairs)
		}
		for _, k := range []int{0, 1, d / 2, d} {
			counts := e.Neighbours(k)
			for x := 0; x < len(counts); x += 1 + len(counts)/500 {
				if want := e.Around(uint32(x))[k]; counts[x] != want {
					t.Fatalf("%v: %d solutions at distance %d of %d, expected %d", p, counts[x], k, x, want)
				}
			}
		}
		if len(e.Solutions) > 0 {
			x := e.Solutions[0]
			for k, n := range e.Around(x) {
				if got, want := e.DiscreteLocalEntropy(x, k), math.Log(float64(n))/float64(d); got != want {
					t.Errorf("local entropy %v at distance %d, expected %v", got, k, want)
				}
			}
		}
		if teacher := p.Teacher(); teacher != nil {
			if from := e.FromTeacher(); from[0] != 1 {
				t.Errorf("%d solutions are the teacher", from[0])
			}
			sum := 0.0
			for _, x := range e.Solutions {
				sum += math.Exp(0.3 * float64(d-2*bits.OnesCount32(x^p.Word(teacher))))
			}
			if got := e.LogPartition(0.3); math.Abs(got-math.Log(sum)) > 1e-12 {
				t.Errorf("log Z = %v, expected %v", got, math.Log(sum))
			}
		}
	}
}

// Clusters part the solutions, none of which has a neighbour in another cluster.
func TestClusters(t *testing.T) {
	e := enumerate(t, perceptron.New(15, 7, perceptron.Seed(2)))
	of := map[uint32]int{}
	last := math.MaxInt
	for i, c := range e.Clusters() {
		if len(c) > last || !slices.IsSorted(c) {
			t.Errorf("cluster %d has %d solutions after one of %d", i, len(c), last)
		}
		last = len(c)
		for _, x := range c {
			of[x] = i
		}
		// Each is reached from the first.
		reached := map[uint32]bool{c[0]: true}
		for grown := true; grown; {
			grown = false
			for _, x := range c {
				for b := range 15 {
					if !reached[x] && reached[x^1<<b] {
						reached[x], grown = true, true
					}
				}
			}
		}
		if len(reached) != len(c) {
			t.Errorf("cluster %d of %d has only %d that can be reached", i, len(c), len(reached))
		}
	}
	if len(of) != len(e.Solutions) {
		t.Errorf("clusters have %d of %d solutions", len(of), len(e.Solutions))
	}
	for _, x := range e.Solutions {
		for b := range 15 {
			if j, ok := of[x^1<<b]; ok && j != of[x] {
				t.Errorf("clusters %d and %d touch", j, of[x])
			}
		}
	}
}

func BenchmarkEnumerate(b *testing.B) {
	p := perceptron.New(25, 20, perceptron.Seed(1))
	for b.Loop() {
		enumerate(b, p)
	}
}

func BenchmarkDistances(b *testing.B) {
	e := enumerate(b, perceptron.New(21, 10, perceptron.Seed(1)))
	for b.Loop() {
		e.Distances()
	}
}
