package display

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// maxText is the longest text/plain of a value in bytes: longer ones make a
// notebook that no front end opens.
const maxText = 1 << 20

// maxNote is the room for a note below a text of that length.
const maxNote = 4 << 10

// maxDepth bounds nesting, for the stack's sake.
const maxDepth = 500

// text is a value as %+v of package fmt writes it (without the plus sign that
// %+v gives to the numbers of math/big), but it ends: after maxText
// bytes, and where a value holds itself. A function and a channel are named by
// their type, since their address says nothing. It never panics.
func text(v any) string {
	if v == nil {
		return "<nil>"
	}
	rv := reflect.ValueOf(v)
	switch rv.Kind() {
	case reflect.Func, reflect.Chan:
		if !hasMethods(v) && !rv.IsNil() {
			return rv.Type().String()
		}
	}
	p := printer{limit: maxText}
	p.value(rv, 0)
	s := string(p.buf)
	if len(s) > maxText {
		s = s[:maxText] // half a character at the end becomes U+FFFD below
		p.cut = true
	}
	s = strings.ToValidUTF8(s, "\uFFFD")
	if p.cut {
		s += fmt.Sprintf("\n(display: cut after %d bytes; the value is a %s)", maxText, describe(rv))
	}
	return s
}

// describe names a value's type, with its length where it has one.
func describe(v reflect.Value) string {
	switch v.Kind() {
	case reflect.Slice, reflect.Map, reflect.String:
		return fmt.Sprintf("%s of length %d", v.Type(), v.Len())
	}
	return v.Type().String()
}

// hasMethods tells whether package fmt would ask v for its text.
func hasMethods(v any) bool {
	switch v.(type) {
	case fmt.Formatter, fmt.Stringer, error:
		return true
	}
	return false
}

// printer writes values up to a limit. fmt has no such bound: a slice of 10⁹
// numbers is 20 GB to it, and a slice that holds itself is the death of the
// process.
type printer struct {
	buf   []byte
	limit int
	cut   bool
	path  []visit // the slices and maps that we are inside of
}

// visit is the identity of a slice or map.
type visit struct {
	t   reflect.Type
	ptr uintptr
	len int
}

func (p *printer) full() bool {
	if len(p.buf) > p.limit {
		p.cut = true
	}
	return p.cut
}

// value writes v; depth counts the values around it, as in fmt.
func (p *printer) value(v reflect.Value, depth int) {
	if p.full() {
		return
	}
	if depth > maxDepth {
		p.buf = append(p.buf, "…"...)
		return
	}
	if v.CanInterface() && hasMethods(v.Interface()) {
		// fmt writes the panic of a method in place of its text.
		p.buf = fmt.Append(p.buf, v.Interface())
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		p.buf = append(p.buf, '{')
		for i := range v.NumField() {
			if i > 0 {
				p.buf = append(p.buf, ' ')
			}
			p.buf = append(append(p.buf, v.Type().Field(i).Name...), ':')
			p.value(v.Field(i), depth+1)
		}
		p.buf = append(p.buf, '}')
	case reflect.Map:
		p.inside(v, func() { p.entries(v, depth) })
	case reflect.Slice, reflect.Array:
		p.inside(v, func() {
			p.buf = append(p.buf, '[')
			for i := 0; i < v.Len() && !p.full(); i++ {
				if i > 0 {
					p.buf = append(p.buf, ' ')
				}
				p.value(v.Index(i), depth+1)
			}
			p.buf = append(p.buf, ']')
		})
	case reflect.Interface:
		if v.IsNil() {
			p.buf = append(p.buf, "<nil>"...)
			return
		}
		p.value(v.Elem(), depth+1)
	case reflect.Pointer:
		// As fmt does: only the outermost pointer is followed, so no chain of
		// pointers runs in a circle.
		if depth == 0 && !v.IsNil() {
			switch v.Elem().Kind() {
			case reflect.Struct, reflect.Map, reflect.Slice, reflect.Array:
				p.buf = append(p.buf, '&')
				p.value(v.Elem(), depth+1)
				return
			}
		}
		p.address(v)
	case reflect.Func, reflect.Chan, reflect.UnsafePointer:
		p.address(v)
	case reflect.String:
		s := v.String()
		p.buf = append(p.buf, s[:min(len(s), p.limit+1)]...)
	case reflect.Invalid:
		p.buf = append(p.buf, "<nil>"...)
	default:
		p.buf = fmt.Appendf(p.buf, "%v", v)
	}
}

func (p *printer) address(v reflect.Value) {
	if v.Pointer() == 0 {
		p.buf = append(p.buf, "<nil>"...)
		return
	}
	p.buf = fmt.Appendf(p.buf, "%#x", v.Pointer())
}

// inside runs write unless v is a slice or map that is being written already.
func (p *printer) inside(v reflect.Value, write func()) {
	if v.Kind() == reflect.Array {
		write()
		return
	}
	here := visit{v.Type(), v.Pointer(), v.Len()}
	if here.len > 0 && slices.Contains(p.path, here) {
		p.buf = append(p.buf, "…"...)
		return
	}
	p.path = append(p.path, here)
	write()
	p.path = p.path[:len(p.path)-1]
}

// entry is one pair of a map; text orders keys that have no order of their own.
type entry struct {
	key, value reflect.Value
	text       string
}

// maxEntries is more pairs than fit in maxText: each takes four bytes at least.
const maxEntries = maxText / 4

// entries writes a map in the order of its keys.
func (p *printer) entries(v reflect.Value, depth int) {
	pairs := firstEntries(v, maxEntries)
	p.buf = append(p.buf, "map["...)
	for i, e := range pairs {
		if p.full() {
			break
		}
		if i > 0 {
			p.buf = append(p.buf, ' ')
		}
		p.value(e.key, depth+1)
		p.buf = append(p.buf, ':')
		p.value(e.value, depth+1)
	}
	p.buf = append(p.buf, ']')
}

// firstEntries are the first pairs of a map in the order of its keys, at most so
// many: sorting all of a large map would take longer than a reader waits.
func firstEntries(v reflect.Value, most int) []entry {
	order, byText := orderOf(v.Type().Key())
	pairs := make([]entry, 0, min(v.Len(), 2*most))
	sorted := 0 // of pairs: the first so many, and what comes after the last of them is out
	sort := func() {
		slices.SortStableFunc(pairs, order)
		pairs = pairs[:min(len(pairs), most)]
		sorted = len(pairs)
	}
	for it := v.MapRange(); it.Next(); { // not MapIndex, which finds no NaN
		e := entry{key: it.Key(), value: it.Value()}
		if byText {
			p := printer{limit: 1 << 10}
			p.value(e.key, 1)
			e.text = string(p.buf)
		}
		if sorted == most && order(pairs[most-1], e) <= 0 {
			continue
		}
		if pairs = append(pairs, e); len(pairs) == 2*most {
			sort()
		}
	}
	sort()
	return pairs
}

// orderOf is the order of keys: numbers and strings as fmt has it, everything else
// by its text.
func orderOf(t reflect.Type) (order func(a, b entry) int, byText bool) {
	switch k := t.Kind(); {
	case k >= reflect.Int && k <= reflect.Int64:
		return func(a, b entry) int { return cmp.Compare(a.key.Int(), b.key.Int()) }, false
	case k >= reflect.Uint && k <= reflect.Uintptr:
		return func(a, b entry) int { return cmp.Compare(a.key.Uint(), b.key.Uint()) }, false
	case k == reflect.Float32 || k == reflect.Float64:
		return func(a, b entry) int { return cmp.Compare(a.key.Float(), b.key.Float()) }, false
	case k == reflect.String:
		return func(a, b entry) int { return cmp.Compare(a.key.String(), b.key.String()) }, false
	}
	return func(a, b entry) int { return cmp.Compare(a.text, b.text) }, true
}
