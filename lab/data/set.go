package data

import (
	"fmt"
	"math"
	"slices"

	"glassy/lab/rng"
)

// A Set is labelled data in memory: N samples of one shape, either numbers (X)
// or tokens (Tokens), and their labels. Images are C×H×W.
type Set struct {
	Name    string
	Shape   []int     // of one sample: 1×28×28 for MNIST, T for a text
	Classes int       // labels and tokens are 0..Classes-1: digits, objects, characters, words
	X       []float32 // N×ΠShape
	Tokens  []int32   // instead of X: N×T
	Y       []int32   // labels: N, or N×T for a text: the token after each
}

// String is one line: how many samples, of which shape.
func (s *Set) String() string {
	return fmt.Sprintf("%s: %d samples of shape %v, %d classes", s.Name, s.Len(), s.Shape, s.Classes)
}

// Len is N, the number of samples.
func (s *Set) Len() int {
	n := s.Size()
	if n == 0 {
		return 0
	}
	if s.Tokens != nil {
		return len(s.Tokens) / n
	}
	return len(s.X) / n
}

// Size is ΠShape, the numbers (or tokens) of one sample.
func (s *Set) Size() int {
	if len(s.Shape) == 0 {
		return 0
	}
	n := 1
	for _, d := range s.Shape {
		n *= d
	}
	return n
}

// Subset is a copy of the samples of that index, in its order; one that stands
// twice comes twice. An index outside 0..N-1 panics.
func (s *Set) Subset(index []int) *Set {
	n, size := s.Len(), s.Size()
	sub := &Set{Name: s.Name, Shape: slices.Clone(s.Shape), Classes: s.Classes}
	labels := 1
	if s.Tokens != nil {
		labels = size
		sub.Tokens = make([]int32, 0, len(index)*size)
	} else {
		sub.X = make([]float32, 0, len(index)*size)
	}
	sub.Y = make([]int32, 0, len(index)*labels)
	for _, i := range index {
		if i < 0 || i >= n {
			panic(fmt.Sprintf("data: Subset: index is %d, expected 0..%d", i, n-1))
		}
		if s.Tokens != nil {
			sub.Tokens = append(sub.Tokens, s.Tokens[i*size:(i+1)*size]...)
		} else {
			sub.X = append(sub.X, s.X[i*size:(i+1)*size]...)
		}
		sub.Y = append(sub.Y, s.Y[i*labels:(i+1)*labels]...)
	}
	return sub
}

// Select is a copy of the samples whose label is one of classes; classes[k]
// becomes label k. The digits 0 to 4, as small experiments take them:
// s.Select(0, 1, 2, 3, 4).
func (s *Set) Select(classes ...int32) *Set {
	s.needLabels("Select")
	var index []int
	for i, y := range s.Y {
		if slices.Contains(classes, y) {
			index = append(index, i)
		}
	}
	sub := s.Subset(index)
	sub.Classes = len(classes)
	for i, y := range sub.Y {
		sub.Y[i] = int32(slices.Index(classes, y))
	}
	return sub
}

// Split is a training and a validation part, copies, stratified: of the n
// samples of each class, round(fraction·n), drawn without replacement by key, go
// to validation. Both keep the order of s. A text is split where it is made.
func (s *Set) Split(fraction float64, key rng.Key) (train, validation *Set) {
	s.needLabels("Split")
	if !(fraction >= 0 && fraction <= 1) {
		panic(fmt.Sprintf("data: Split: fraction is %v, expected 0..1", fraction))
	}
	byClass := make([][]int, s.Classes)
	for i, y := range s.Y {
		if y < 0 || int(y) >= s.Classes {
			panic(fmt.Sprintf("data: Split: label %d is %d, expected 0..%d", i, y, s.Classes-1))
		}
		byClass[y] = append(byClass[y], i)
	}
	held := make([]bool, len(s.Y))
	for c, members := range byClass {
		k := int(math.Round(fraction * float64(len(members))))
		for _, j := range key.Split(uint64(c)).Stream().Perm(len(members))[:k] {
			held[members[j]] = true
		}
	}
	var in, out []int
	for i, h := range held {
		if h {
			out = append(out, i)
		} else {
			in = append(in, i)
		}
	}
	return s.Subset(in), s.Subset(out)
}

func (s *Set) needLabels(what string) {
	if s.Tokens != nil || len(s.Y) != s.Len() {
		panic(fmt.Sprintf("data: %s: %s has %d labels for %d samples, expected one for each", what, s.Name, len(s.Y), s.Len()))
	}
}

// Counts is the number of labels of each class, len Classes.
func (s *Set) Counts() []int {
	counts := make([]int, s.Classes)
	for _, y := range s.Y {
		counts[y]++
	}
	return counts
}

// Validate tells what is wrong with a set: no samples, lengths that do not fit
// the shape, a number that is NaN or infinite, a label or token out of range.
func (s *Set) Validate() error {
	fail := func(format string, args ...any) error {
		return fmt.Errorf("data: %s: %s", s.Name, fmt.Sprintf(format, args...))
	}
	size := s.Size()
	numbers, labels := len(s.X), s.Len()
	if s.Tokens != nil {
		numbers, labels = len(s.Tokens), len(s.Tokens)
	}
	switch {
	case size <= 0:
		return fail("shape is %v, expected one or more positive numbers", s.Shape)
	case slices.Min(s.Shape) < 1:
		return fail("shape is %v, expected positive numbers", s.Shape)
	case s.X != nil && s.Tokens != nil:
		return fail("has both numbers and tokens, expected one of them")
	case numbers == 0:
		return fail("has no samples")
	case numbers%size != 0:
		return fail("%d numbers, expected a multiple of %d, the size of %v", numbers, size, s.Shape)
	case len(s.Y) != labels:
		return fail("%d labels, expected %d", len(s.Y), labels)
	}
	for i, x := range s.X {
		if x-x != 0 { // NaN or ±Inf
			return fail("sample %d: number %d is %v, expected a finite one", i/size, i%size, x)
		}
	}
	for i, y := range s.Y {
		if y < 0 || int(y) >= s.Classes {
			return fail("label %d is %d, expected 0..%d", i, y, s.Classes-1)
		}
	}
	for i, y := range s.Tokens {
		if y < 0 || int(y) >= s.Classes {
			return fail("token %d is %d, expected 0..%d", i, y, s.Classes-1)
		}
	}
	return nil
}
