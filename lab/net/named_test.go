package net

import (
	"reflect"
	"slices"
	"strings"
	"testing"
)

// The counts of the thesis, and for three networks that it gives no count of
// (marked) those of their layers, added up by hand.
func TestNamedCounts(t *testing.T) {
	want := map[string]int{
		"mnistfc":         1867786,
		"mnistfc-16x128":  784*128 + 128 + 15*(128*128+128) + 128*10 + 10, // none given
		"smallfc":         50890,
		"lenet":           131220,
		"lenet-block":     25*32 + 32 + 64 + 25*32*64 + 64 + 128 + 64*512 + 512 + 5120 + 10, // none given
		"small-lenet-ch3": 47658,
		"small-lenet":     13338,
		"small-fc":        3978,
		"tiny-fc":         917,
		"allcnn":          1667166,
		"small-allcnn":    26982,
		"wrn-28-10":       36479194, // "36.5 M"; this is Zagoruyko & Komodakis's own
		"wrn-16-4":        2748890,  // theirs too
		"char-lstm":       32640,
		"warpeace-lstm":   4*128*(87+128+1) + 4*128*(128+128+1) + 128*87 + 87, // none given
		"ptb-lstm":        66022000,                                           // "66 million"; Zaremba et al. (2014)
	}
	for _, name := range Names() {
		a, err := Named(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := a.Check(); err != nil {
			t.Error(err)
		}
		if a.Name != name {
			t.Errorf("%s says that it is %s", name, a.Name)
		}
		if d := a.Dim(); d != want[name] {
			t.Errorf("%s has %d parameters, expected %d\n%v", name, d, want[name], a)
		}
		delete(want, name)
	}
	if len(want) > 0 {
		t.Errorf("not named: %v", want)
	}
}

func TestNamedUnknown(t *testing.T) {
	_, err := Named("lenet5")
	if err == nil || !strings.Contains(err.Error(), "lenet5") || !strings.Contains(err.Error(), "small-allcnn") {
		t.Errorf("error %v, expected one that lists the known names", err)
	}
}

func TestNamedAreCopies(t *testing.T) {
	a, _ := Named("wrn-16-4")
	b, _ := Named("wrn-16-4")
	a.Layers[1].(Residual).Body[0] = Tanh{}
	a.Layers[0], a.Input[0] = Tanh{}, 7
	if c, _ := Named("wrn-16-4"); !reflect.DeepEqual(b, c) {
		t.Error("changing one changed the other")
	}
}

func TestWithDropout(t *testing.T) {
	probabilities := func(a Architecture) (p []float64) {
		eachLayer(a.Layers, func(l *Layer) {
			if d, ok := (*l).(Dropout); ok {
				p = append(p, d.P)
			}
		})
		return p
	}
	a, _ := Named("allcnn")
	if p := probabilities(a.WithDropout(.1, .2, .3)); !slices.Equal(p, []float64{.1, .2, .3}) {
		t.Errorf("dropout %v, expected .1, .2, .3", p)
	}
	if p := probabilities(a.WithDropout(.4)); !slices.Equal(p, []float64{.4, .4, .4}) {
		t.Errorf("dropout %v, expected .4 three times", p)
	}
	if p := probabilities(a); !slices.Equal(p, []float64{.2, .5, .5}) {
		t.Errorf("the network itself has now %v", p)
	}
	w, _ := Named("wrn-16-4")
	if p := probabilities(w.WithDropout(0)); !slices.Equal(p, make([]float64, 6)) {
		t.Errorf("dropout %v, expected 0 in each of 6 blocks", p)
	}
	defer func() {
		if e, _ := recover().(string); !strings.Contains(e, "expected 1 or 3") {
			t.Errorf("panic %q, expected the number of layers", e)
		}
	}()
	a.WithDropout(.1, .2)
}

// 36,536,884 is the count that Zagoruyko & Komodakis's code gives for CIFAR-100.
func TestWithClasses(t *testing.T) {
	for name, d := range map[string]int{"wrn-28-10": 36536884, "small-allcnn": 26982 + 90*(24+1+2)} {
		a, _ := Named(name)
		b := a.WithClasses(100)
		if err := b.Check(); err != nil {
			t.Error(err)
		}
		if b.Dim() != d {
			t.Errorf("%s of 100 classes has %d parameters, expected %d", name, b.Dim(), d)
		}
		if err := a.Check(); err != nil || a.Classes != 10 {
			t.Errorf("%s itself has changed", name)
		}
	}
}
