package net

import (
	"strings"
	"testing"
)

// Counts by hand: 5·5·1·10+10 + 5·5·10·20+20 + 320·128+128 + 128·10+10 = 47,658,
// the small LeNet of chapter 3; 96→48 LSTM with a learned start and a dense
// layer, 4·(96+48+1)·48 + 2·48 + (48+1)·96 = 32,640, its char-LSTM.
func TestDim(t *testing.T) {
	conv := Architecture{Input: []int{1, 28, 28}, Classes: 10, Layers: []Layer{
		Conv{Out: 10, Kernel: 5}, MaxPool{Size: 2}, ReLU{}, Conv{Out: 20, Kernel: 5}, MaxPool{Size: 2}, ReLU{},
		Dense{Out: 128}, ReLU{}, Dense{Out: 10}}}
	text := Architecture{Input: []int{32}, Classes: 96, Layers: []Layer{
		OneHot{Vocabulary: 96}, LSTM{Hidden: 48, LearnedState: true}, Dense{Out: 96}}}
	for _, c := range []struct {
		a    Architecture
		want int
	}{{conv, 47658}, {text, 32640}} {
		if err := c.a.Check(); err != nil {
			t.Error(err)
		}
		if d := c.a.Dim(); d != c.want {
			t.Errorf("%d parameters, expected %d\n%v", d, c.want, c.a)
		}
		offset := 0
		for _, b := range c.a.Layout() {
			if b.Offset != offset {
				t.Errorf("%s starts at %d, expected %d", b.Name, b.Offset, offset)
			}
			offset += b.Len()
		}
	}
}

func TestCheck(t *testing.T) {
	for _, c := range []struct {
		a    Architecture
		want string // in the error
	}{
		{Architecture{Input: []int{4}, Classes: 3, Layers: []Layer{Dense{Out: 2}}}, "expected 3 numbers"},
		{Architecture{Input: []int{4}, Classes: 1, Layers: []Layer{Dense{Out: 1}}}, "Classes is 1"},
		{Architecture{Input: []int{4, 4}, Classes: 2, Layers: []Layer{Dense{Out: 2}}}, "Input is [4 4]"},
		{Architecture{Classes: 2, Layers: []Layer{Dense{Out: 2}}}, "input has shape []"},
		{Architecture{Input: []int{4}, Classes: 2, Layers: []Layer{Conv{Out: 2, Kernel: 3}}}, "image"},
		{Architecture{Input: []int{1, 4, 4}, Classes: 2, Layers: []Layer{Conv{Out: 2, Kernel: 5}}}, "kernel"},
		{Architecture{Input: []int{1, 4, 4}, Classes: 2, Layers: []Layer{MaxPool{}}}, "window"},
		{Architecture{Input: []int{4}, Classes: 2, Layers: []Layer{Dense{Out: 0}}}, "Out"},
		{Architecture{Input: []int{4}, Classes: 2, Layers: []Layer{Dropout{P: 1}}}, "P in"},
		{Architecture{Input: []int{4}, Classes: 2, Layers: []Layer{LSTM{Hidden: 2}}}, "Embedding"},
		{Architecture{Input: []int{1, 4, 4}, Classes: 2, Layers: []Layer{Residual{Body: []Layer{Conv{Out: 2, Kernel: 1}}}}}, "same shape"},
	} {
		if err := c.a.Check(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: error %v, expected one that says %q", c.a.Layers, err, c.want)
		}
	}
}
