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

// entries writes a map in the order of its keys.
func (p *printer) entries(v reflect.Value, depth int) {
	pairs := make([]entry, 0, v.Len())
	for it := v.MapRange(); it.Next(); { // not MapIndex, which finds no NaN
		pairs = append(pairs, entry{key: it.Key(), value: it.Value()})
	}
	sortEntries(pairs)
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

// sortEntries orders by key: numbers and strings as fmt does, everything else
// by its text.
func sortEntries(pairs []entry) {
	if len(pairs) == 0 {
		return
	}
	var order func(a, b entry) int
	switch k := pairs[0].key; {
	case k.CanInt():
		order = func(a, b entry) int { return cmp.Compare(a.key.Int(), b.key.Int()) }
	case k.CanUint():
		order = func(a, b entry) int { return cmp.Compare(a.key.Uint(), b.key.Uint()) }
	case k.CanFloat():
		order = func(a, b entry) int { return cmp.Compare(a.key.Float(), b.key.Float()) }
	case k.Kind() == reflect.String:
		order = func(a, b entry) int { return cmp.Compare(a.key.String(), b.key.String()) }
	default:
		for i := range pairs {
			p := printer{limit: 1 << 10}
			p.value(pairs[i].key, 1)
			pairs[i].text = string(p.buf)
		}
		order = func(a, b entry) int { return cmp.Compare(a.text, b.text) }
	}
	slices.SortStableFunc(pairs, order)
}
