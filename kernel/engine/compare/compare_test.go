package compare

import (
	"math"
	"strings"
	"testing"
)

func TestTexts(t *testing.T) {
	for _, c := range []struct {
		a, b string
		tol  float64
		how  string // in the answer; "" for equal
	}{
		{"x = 1.0000000001, y", "x = 1, y", 1e-9, ""},
		{"x = 1.0000000001, y", "x = 1, y", 1e-11, "1.0000000001 became 1, 1e-10 of its size"},
		{"x = 1", "y = 1", 1, `"x = 1" became "y = 1"`},
		{"-1.5e3 +2", "-1500 2", 0, ""},
		{"−2", "-2", 0, ""},
		{"NaN +Inf -Inf", "NaN +Inf -Inf", 0, ""},
		{"NaN", "1", 1, "NaN became 1"},
		{"Inf", "-Inf", 1, "Inf became -Inf"},
		{"took 1.2 ms", "took 3m20s", 0, ""},
		{"x1 0xc000", "x2 0xc000", 1, "became"},
		{"3rd", "4th", 10, "became"},
		{"a  1\nbb 22", "a   1\nbb  22", 0, ""},
		{"1 2 3", "1 2", 0, "words and numbers became"},
		{"5 4", "5.1 8", 1e-3, "4 became 8, 0.5 of its size"},
		{"1e-16", "0", 1e-9, ""},
		{"1e-12", "2e-12", 1e-9, "became"},
		{"1..2", "1..2", 0, ""},
	} {
		how := Texts(c.a, c.b, c.tol)
		if c.how == "" && how != "" || !strings.Contains(how, c.how) {
			t.Errorf("%q, %q within %g: %q, want %q", c.a, c.b, c.tol, how, c.how)
		}
	}
}

func outputs(f func(o *Outputs)) *Outputs {
	o := new(Outputs)
	f(o)
	return o
}

func TestDiffer(t *testing.T) {
	show := func(mime, text string) func(*Outputs) {
		return func(o *Outputs) { o.Display(map[string]any{mime: text}, "", false) }
	}
	for name, c := range map[string]struct {
		a, b func(*Outputs)
		how  string
	}{
		"streams in pieces": {func(o *Outputs) { o.Stream("stdout", "a"); o.Stream("stdout", "b") }, func(o *Outputs) { o.Stream("stdout", "ab") }, ""},
		"a progress bar": {func(o *Outputs) {
			o.Stream("stdout", "a")
			o.Display(map[string]any{"text/plain": strings.Repeat("█", 30) + " 100%"}, "", false)
			o.Stream("stdout", "b")
		}, func(o *Outputs) { o.Stream("stdout", "ab") }, ""},
		"ids":       {show("image/svg+xml", `<g id="a1"><use href="#a1"/>`), show("image/svg+xml", `<g id="b2"><use href="#b2"/>`), ""},
		"a picture": {show("image/png", "aGk=\n"), show("image/png", "aGk="), ""},
		"another":   {show("image/png", "aGk="), show("image/png", "aGo="), "another image/png"},
		"a curve":   {show("image/svg+xml", `d="M1.5"`), show("image/svg+xml", `d="M 1.6"`), "image/svg+xml"},
		"an update": {func(o *Outputs) {
			o.Display(map[string]any{"text/plain": "1"}, "i", false)
			o.Display(map[string]any{"text/plain": "2"}, "i", true)
		}, show("text/plain", "2"), ""},
		"cleared":       {func(o *Outputs) { o.Stream("stdout", "x"); o.Clear(true); o.Stream("stdout", "y") }, func(o *Outputs) { o.Stream("stdout", "y") }, ""},
		"an error":      {func(o *Outputs) { o.Error("Panic", "a") }, func(o *Outputs) { o.Error("Panic", "b") }, `"Panic: a" became "Panic: b"`},
		"error, value":  {func(o *Outputs) { o.Error("Panic", "a") }, show("text/plain", "1"), "an error (Panic: a) became a value"},
		"fewer":         {show("text/plain", "1"), func(*Outputs) {}, "1 outputs became 0"},
		"another form":  {show("text/plain", "1"), show("text/html", "1"), "text/plain any more"},
		"JSON":          {func(o *Outputs) { o.Display(map[string]any{"application/json": []int{1}}, "", false) }, func(o *Outputs) { o.Display(map[string]any{"application/json": []int{2}}, "", false) }, "1 became 2"},
		"long and same": {show("text/plain", strings.Repeat("a", most+1)), show("text/plain", strings.Repeat("a", most+1)), ""},
		"long":          {show("text/plain", strings.Repeat("a", most+1)), show("text/plain", strings.Repeat("a", most+2)), "became"},
	} {
		how := Differ(outputs(c.a), outputs(c.b), 1e-9)
		if c.how == "" && how != "" || !strings.Contains(how, c.how) {
			t.Errorf("%s: %q, want %q", name, how, c.how)
		}
	}
}

// FuzzTokens: no text is lost, and a text equals itself.
func FuzzTokens(f *testing.F) {
	for _, s := range []string{"x = -1.5e-3, y1 2nd .5 5. 1e400 −2", "1.2 ms", "0xff NaN+Inf", "\xff1"} {
		f.Add(s, "a 1")
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		var all strings.Builder
		for _, k := range tokens(a) {
			all.WriteString(k.text)
		}
		if want := lengths.ReplaceAllString(a, "(time)"); all.String() != want {
			t.Fatalf("tokens of %q: %q", want, all.String())
		}
		if how := Texts(a, a, 0); how != "" {
			t.Errorf("%q differs from itself: %s", a, how)
		}
		if (Texts(a, b, 1e-9) == "") != (Texts(b, a, 1e-9) == "") {
			t.Errorf("%q and %q are equal one way only", a, b)
		}
		if !closeTo(math.NaN(), math.NaN(), 0) {
			t.Error("NaN")
		}
	})
}
