package data

import (
	"math"
	"slices"
	"strings"
	"testing"

	"glassy/lab/rng"
)

// numbered is a set of n samples of two numbers, sample i holding 10i, 10i+1,
// with label i mod classes.
func numbered(n, classes int) *Set {
	s := &Set{Name: "numbered", Shape: []int{2}, Classes: classes}
	for i := range n {
		s.X = append(s.X, float32(10*i), float32(10*i+1))
		s.Y = append(s.Y, int32(i%classes))
	}
	return s
}

func TestSubset(t *testing.T) {
	s := numbered(5, 3)
	sub := s.Subset([]int{4, 0, 0})
	if !slices.Equal(sub.X, []float32{40, 41, 0, 1, 0, 1}) || !slices.Equal(sub.Y, []int32{1, 0, 0}) || sub.Len() != 3 || sub.Classes != 3 {
		t.Errorf("subset is %+v", sub)
	}
	sub.X[0], sub.Shape[0] = -1, 7
	if s.X[8] != 40 || s.Shape[0] != 2 {
		t.Error("a subset shares memory with its set")
	}
	text := &Set{Name: "text", Shape: []int{2}, Classes: 9, Tokens: []int32{1, 2, 3, 4}, Y: []int32{2, 3, 4, 5}}
	if got := text.Subset([]int{1}); !slices.Equal(got.Tokens, []int32{3, 4}) || !slices.Equal(got.Y, []int32{4, 5}) || got.X != nil {
		t.Errorf("subset of a text is %+v", got)
	}
	defer func() {
		if r, _ := recover().(string); r != "data: Subset: index is 5, expected 0..4" {
			t.Errorf("panic %q", r)
		}
	}()
	s.Subset([]int{5})
}

func TestSelect(t *testing.T) {
	got := numbered(7, 4).Select(3, 1)
	if got.Classes != 2 || !slices.Equal(got.Y, []int32{1, 0, 1}) || !slices.Equal(got.X, []float32{10, 11, 30, 31, 50, 51}) {
		t.Errorf("classes 3 and 1: %+v", got)
	}
}

// The two parts are the set: every sample once, each class divided as asked, the
// order kept; and the same key gives the same parts.
func TestSplit(t *testing.T) {
	s := numbered(100, 3) // 34, 33, 33
	a, b := s.Split(0.12, 7)
	if !slices.Equal(b.Counts(), []int{4, 4, 4}) || !slices.Equal(a.Counts(), []int{30, 29, 29}) {
		t.Errorf("counts %v and %v", a.Counts(), b.Counts())
	}
	all := slices.Concat(a.X, b.X)
	slices.Sort(all)
	if !slices.Equal(all, s.X) || !slices.IsSorted(a.X) || !slices.IsSorted(b.X) {
		t.Error("the parts are not the set, in its order")
	}
	a2, _ := s.Split(0.12, 7)
	a3, _ := s.Split(0.12, 8)
	if !slices.Equal(a.X, a2.X) || slices.Equal(a.X, a3.X) {
		t.Error("the split does not follow its key")
	}
	for _, f := range []float64{0, 1} {
		if a, b := s.Split(f, 1); b.Len() != int(f)*100 || a.Len()+b.Len() != 100 {
			t.Errorf("fraction %v: %d and %d", f, a.Len(), b.Len())
		}
	}
	for _, f := range []float64{-0.1, 1.1, math.NaN()} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("fraction %v: no panic", f)
				}
			}()
			s.Split(f, rng.Key(1))
		}()
	}
}

func TestValidate(t *testing.T) {
	if err := numbered(4, 2).Validate(); err != nil {
		t.Error(err)
	}
	text := func() *Set {
		return &Set{Name: "text", Shape: []int{2}, Classes: 3, Tokens: []int32{0, 1, 2, 0}, Y: []int32{1, 2, 0, 1}}
	}
	if err := text().Validate(); err != nil {
		t.Error(err)
	}
	for why, s := range map[string]*Set{
		"shape is [], expected":           {},
		"shape is [2 -1 -1], expected":    {Shape: []int{2, -1, -1}, X: make([]float32, 2), Y: make([]int32, 1)},
		"has no samples":                  {Shape: []int{2}},
		"3 numbers, expected a multiple":  {Shape: []int{2}, X: make([]float32, 3)},
		"1 labels, expected 2":            {Shape: []int{2}, X: make([]float32, 4), Y: make([]int32, 1)},
		"sample 1: number 0 is NaN":       {Shape: []int{2}, Classes: 1, X: []float32{0, 0, float32(math.NaN()), 0}, Y: make([]int32, 2)},
		"sample 0: number 1 is -Inf":      {Shape: []int{2}, Classes: 1, X: []float32{0, float32(math.Inf(-1))}, Y: make([]int32, 1)},
		"label 1 is 2, expected 0..1":     {Shape: []int{1}, Classes: 2, X: make([]float32, 2), Y: []int32{0, 2}},
		"both numbers and tokens":         {Shape: []int{1}, Classes: 2, X: make([]float32, 2), Tokens: make([]int32, 2), Y: make([]int32, 2)},
		"token 3 is 5, expected 0..2":     func() *Set { s := text(); s.Tokens[3] = 5; return s }(),
		"label 0 is -1, expected 0..2":    func() *Set { s := text(); s.Y[0] = -1; return s }(),
		"3 labels, expected 4":            func() *Set { s := text(); s.Y = s.Y[:3]; return s }(),
		"data: name: shape is [0], expec": {Name: "name", Shape: []int{0}},
	} {
		if err := s.Validate(); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%v, expected %q", err, why)
		}
	}
}
