package fig

import (
	"html"
	"reflect"
	"strings"
	"testing"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/recorder"
)

func TestSpans(t *testing.T) {
	for label, want := range map[string][]span{
		"":                 nil,
		"energy":           {{"energy", 0}},
		"E_{∞}":            {{"E", 0}, {"∞", -1}},
		"10^{−3} m":        {{"10", 0}, {"−3", 1}, {" m", 0}},
		"x_{i}^{2}":        {{"x", 0}, {"i", -1}, {"2", 1}},
		"a_b and c^d":      {{"a_b and c^d", 0}},
		"open _{ brace":    {{"open _{ brace", 0}},
		"empty _{}":        {{"empty ", 0}},
		"_{first}":         {{"first", -1}},
		"^{up}_{open":      {{"up", 1}, {"_{open", 0}},
		"}{":               {{"}{", 0}},
		"nested _{a_{b}}c": {{"nested ", 0}, {"a_{b", -1}, {"}c", 0}},
	} {
		if got := spans(label); !reflect.DeepEqual(got, want) {
			t.Errorf("spans(%q) = %v, expected %v", label, got, want)
		}
	}
	if got := Plain("−E_{∞} 10^{3}"); got != "−E_∞ 10^3" {
		t.Errorf("Plain: %q", got)
	}
	if got := HTML("−E_{∞} < 10^{3}"); got != "−E<sub>∞</sub> &lt; 10<sup>3</sup>" {
		t.Errorf("HTML: %q", got)
	}
}

func FuzzSpans(f *testing.F) {
	for _, s := range []string{"E_{∞}", "_{", "^{}", "a_{b^{c}}", "}_{}^"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, label string) {
		var all strings.Builder
		for i, s := range spans(label) {
			if s.text == "" || s.level < -1 || s.level > 1 {
				t.Fatalf("span %d of %q is %+v", i, label, s)
			}
			all.WriteString(s.text)
		}
		// Nothing but marks may be lost.
		lost := len(label) - all.Len()
		if marks := strings.Count(label, "_{") + strings.Count(label, "^{"); lost < 0 || lost > 3*marks || lost%3 != 0 {
			t.Fatalf("%q became %q", label, all.String())
		}
		tags := strings.NewReplacer("<sub>", "", "</sub>", "", "<sup>", "", "</sup>", "")
		if got := html.UnescapeString(tags.Replace(HTML(label))); html.UnescapeString(html.EscapeString(all.String())) != got {
			t.Fatalf("HTML of %q says %q, expected %q", label, got, all.String())
		}
		if w, _, _ := letters().Box(label, sans(9)); w < 0 {
			t.Fatalf("%q is %v wide", label, w)
		}
	})
}

func TestScriptsAreSmallerAndShifted(t *testing.T) {
	h := letters()
	bounds := func(label string) (low, high, width vg.Length) {
		var path vg.Path
		width = h.set(&path, label, sans(10), vg.Point{})
		low, high = 1e9, -1e9
		for _, c := range path {
			if c.Type != vg.CloseComp {
				low, high = min(low, c.Pos.Y), max(high, c.Pos.Y)
			}
		}
		return
	}
	low0, high0, width0 := bounds("H")
	lowS, highS, widthS := bounds("_{H}")
	lowP, _, widthP := bounds("^{H}")
	if low0 != 0 || high0 < 6 || high0 > 8 { // capitals are 0.72 em
		t.Errorf("H reaches from %v to %v at 10 points", low0, high0)
	}
	if !(lowS < 0 && highS < high0 && widthS < width0) {
		t.Errorf("subscript H reaches from %v to %v, %v wide", lowS, highS, widthS)
	}
	if !(lowP > 3 && widthP == widthS) {
		t.Errorf("superscript H starts at %v, %v wide", lowP, widthP)
	}
	if _, _, w := bounds("AV"); w >= width(bounds("A"))+width(bounds("V")) {
		t.Error("no kerning between A and V")
	}
}

func width(_, _, w vg.Length) vg.Length { return w }

func TestTicks(t *testing.T) {
	for _, c := range []struct {
		min, max float64
		n        int
		want     string
	}{
		{0, 10, 5, "0 2 4 6 8 10"},
		{-1, 1, 4, "−1.0 −0.5 0 0.5 1.0"},
		{0, 1, 10, "0 0.1 0.2 0.3 0.4 0.5 0.6 0.7 0.8 0.9 1.0"},
		{-1.663, -1.633, 3, "−1.66 −1.65 −1.64"},
		{0, 3e6, 3, "0 1·10^{6} 2·10^{6} 3·10^{6}"},
		{0, 2e-5, 4, "0 0.5·10^{−5} 1.0·10^{−5} 1.5·10^{−5} 2.0·10^{−5}"},
		{99999, 100001, 2, "0.99999·10^{5} 1.00000·10^{5} 1.00001·10^{5}"},
		{5, 5, 4, "5"},
	} {
		var labels []string
		for _, tick := range (ticks{n: c.n}).between(c.min, c.max) {
			labels = append(labels, tick.Label)
			if !(tick.Value >= c.min-1e-9*(c.max-c.min) && tick.Value <= c.max+1e-9*(c.max-c.min)) {
				t.Errorf("tick %v outside [%v, %v]", tick.Value, c.min, c.max)
			}
		}
		if got := strings.Join(labels, " "); got != c.want {
			t.Errorf("ticks of [%v, %v] are %q, expected %q", c.min, c.max, got, c.want)
		}
	}
	given := ticks{axis: Axis{Ticks: []float64{-1.663, -1.633}}}.between(-2, 0)
	if len(given) != 2 || given[0].Label != "−1.663" || given[1].Label != "−1.633" {
		t.Errorf("given ticks became %v", given)
	}
}

// The legend covers no data while there is a free corner, and leaves the frame
// when there is none.
func TestLegendKeepsClear(t *testing.T) {
	corners := map[Place][2]float64{TopRight: {1, 1}, TopLeft: {0, 1}, BottomRight: {1, 0}, BottomLeft: {0, 0}}
	for want := range corners {
		f := New("")
		f.X.Min, f.X.Max, f.Y.Min, f.Y.Max = 0, 1, 0, 1
		for place, at := range corners {
			if place != want { // curves through all other corners
				f.Line("curve", []float64{at[0], 0.5}, []float64{at[1], 0.5})
			}
		}
		if got := placeOf(f); got != want {
			t.Errorf("legend at %v, expected %v", got, want)
		}
	}
	f := New("")
	f.Fill("everywhere", []float64{0, 1}, []float64{0, 0}, []float64{1, 1})
	f.X.Min, f.X.Max, f.Y.Min, f.Y.Max = 0, 1, 0, 1
	if got := placeOf(f); got != Beside {
		t.Errorf("legend at %v over a full frame, expected Beside", got)
	}
	g := New("") // a mark's label and a note take room as well
	g.Line("a", []float64{0, 1}, []float64{0, 0})
	g.X.Min, g.X.Max, g.Y.Min, g.Y.Max = 0, 1, 0, 1
	g.Note(0.95, 0.95, "in the way")
	if got := placeOf(g); got != TopLeft {
		t.Errorf("legend at %v, expected TopLeft", got)
	}
}

func placeOf(f *Figure) Place {
	w, h := f.size()
	return f.arrange(draw.NewCanvas(new(recorder.Canvas), w, h), panel{}).place
}
