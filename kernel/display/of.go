package display

import (
	"fmt"
	"html"
	"image"
	"reflect"
	"strings"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/plot"
)

// Of is the bundle of a value, or of the several values of one call. It always
// has text/plain, and it is always valid; where a value's own method fails, its
// text says so.
//
// A [Bundle] is itself, a [Displayer] what it says, a *plot.Plot SVG and PNG, an
// image.Image PNG, a gonum matrix its rows and a table or a heat map, a []complex128
// points in the plane, more than a hundred numbers what they are like, a slice of
// structs and a map also a table, an error also what it wraps and its Help, and
// everything else its text: as %v writes it, with field names as in %+v, and cut
// after 1 MB.
//
// Several values are joined: their texts on one line where each is one line,
// and, if any of them has more than text, an HTML page of all of them. Of a rich
// value and a nil error the value alone is shown, and of nothing and an error
// the error alone.
func Of(values ...any) Bundle {
	shown := split(values)
	switch len(shown) {
	case 0:
		return Text("")
	case 1:
		return shown[0]
	}
	return join(shown)
}

// split makes the bundles of the values of a call. Of (value, error) only the
// one that counts is shown: the value, where it has more than text and there is
// no error, and the error, where there is no value.
func split(values []any) []Bundle {
	if len(values) == 2 {
		if err, ok := values[1].(error); ok && isNothing(values[0]) {
			return []Bundle{one(err)}
		}
	}
	bundles := make([]Bundle, len(values))
	for i, v := range values {
		bundles[i] = one(v)
	}
	if len(values) == 2 && values[1] == nil && len(bundles[0].Data) > 1 {
		return bundles[:1]
	}
	return bundles
}

// isNothing tells whether v is what a function returns beside its error.
func isNothing(v any) bool {
	if v == nil {
		return true
	}
	if b, ok := v.(Bundle); ok {
		return len(b.Data) == 0
	}
	r := reflect.ValueOf(v)
	return r.Kind() == reflect.Pointer && r.IsNil()
}

// one is the bundle of a single value.
func one(v any) Bundle {
	b, problem := attempt(v)
	if b.Data == nil {
		b = Text(text(v))
	}
	b, invalid := check(b, v)
	if problem == "" {
		problem = invalid
	}
	if problem != "" {
		b.Data["text/plain"] = fmt.Sprintf("%v\n(%s)", b.Data["text/plain"], problem)
	}
	return b
}

// attempt asks a value that has more than text for it. The bundle is zero where
// there is only text; the problem is for the user to read.
func attempt(v any) (b Bundle, problem string) {
	defer func() {
		if r := recover(); r != nil {
			b, problem = Bundle{}, fmt.Sprintf("display: showing a %T panicked: %v", v, r)
		}
	}()
	switch x := v.(type) {
	case nil:
		return Bundle{}, ""
	case Bundle:
		return copyOf(x), ""
	case *Bundle:
		if x == nil {
			return Bundle{}, ""
		}
		return copyOf(*x), ""
	case Displayer:
		return Bundle{Data: copyMap(x.MIMEBundle())}, ""
	case *plot.Plot:
		if x == nil {
			return Bundle{}, ""
		}
		return ofPlot(x)
	case image.Image:
		return ofImage(x)
	case mat.Matrix:
		return ofMatrix(x)
	case []complex128:
		return ofComplex(x)
	case error:
		return ofError(x), ""
	}
	if d, ok := viaPointer(v); ok {
		return Bundle{Data: copyMap(d.MIMEBundle())}, ""
	}
	if hasMethods(v) {
		return Bundle{}, ""
	}
	r := reflect.ValueOf(v)
	if b, ok := ofNumbers(r); ok {
		return b, ""
	}
	if table := ofRows(r); table != "" {
		b := Text(text(v))
		b.Data["text/html"] = table
		return b, ""
	}
	return Bundle{}, ""
}

// viaPointer finds MIMEBundle on *T for a value of type T.
func viaPointer(v any) (Displayer, bool) {
	t := reflect.TypeOf(v)
	if !reflect.PointerTo(t).Implements(reflect.TypeFor[Displayer]()) {
		return nil, false
	}
	p := reflect.New(t)
	p.Elem().Set(reflect.ValueOf(v))
	return p.Interface().(Displayer), true
}

// MIMEBundle makes a Bundle a [Displayer], like the values that it stands for.
func (b Bundle) MIMEBundle() map[string]any { return b.Data }

// copyOf is a bundle that can be changed without changing b, which the user may
// hold and show again.
func copyOf(b Bundle) Bundle {
	c := Bundle{Data: copyMap(b.Data)}
	if b.Metadata != nil {
		c.Metadata = copyMap(b.Metadata)
	}
	if c.Data == nil {
		c.Data = map[string]any{"text/plain": ""}
	}
	return c
}

func copyMap(m map[string]any) map[string]any {
	if m == nil {
		return nil
	}
	c := make(map[string]any, len(m))
	for k, v := range m {
		c[k] = v
	}
	return c
}

// join makes one bundle of several.
func join(bundles []Bundle) Bundle {
	var texts, pages []string
	sep, rich := " ", false
	for _, b := range bundles {
		t := b.Data["text/plain"].(string)
		if t != "" {
			texts = append(texts, t)
		}
		if strings.Contains(t, "\n") {
			sep = "\n"
		}
		rich = rich || len(b.Data) > 1
		pages = append(pages, page(b))
	}
	joined := Text(strings.Join(texts, sep))
	if rich {
		joined.Data["text/html"] = strings.Join(pages, "\n")
	}
	return joined
}

// page is a bundle as HTML, by the richest form that HTML can hold.
func page(b Bundle) string {
	if s, ok := b.Data["text/html"].(string); ok {
		return s
	}
	if s, ok := b.Data["image/svg+xml"].(string); ok {
		return s[max(strings.Index(s, "<svg"), 0):] // an XML declaration has no place in HTML
	}
	for _, mime := range []string{"image/png", "image/jpeg", "image/gif", "image/webp"} {
		if s, ok := b.Data[mime].(string); ok {
			return fmt.Sprintf(`<img src="data:%s;base64,%s">`, mime, s)
		}
	}
	if s, ok := b.Data["text/latex"].(string); ok {
		return html.EscapeString(s) // typeset by the page's MathJax
	}
	return "<pre>" + html.EscapeString(b.Data["text/plain"].(string)) + "</pre>"
}
