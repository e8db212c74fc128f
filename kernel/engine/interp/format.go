package interp

import (
	"fmt"
	"go/types"
	"io"
	"reflect"
	"slices"
	"strings"

	"glassy/kernel/engine/cell"
)

// Format implements fmt.Formatter: an Obj prints as the value it holds would
// in a compiled program.
func (o *Obj) Format(s fmt.State, verb rune) {
	p := printer{w: o.w, s: s, verb: verb, sharp: s.Flag('#'), plus: s.Flag('+')}
	p.value(o.v, o.t, 0)
}

// printer prints one value.
type printer struct {
	w           *World
	s           fmt.State
	verb        rune
	sharp, plus bool
	hidden      bool // within a field that is not exported: no methods are called
}

func (p *printer) write(s string) { io.WriteString(p.s, s) }

// plain prints with package fmt what needs no types.
func (p *printer) plain(x any) { fmt.Fprintf(p.s, fmt.FormatString(p.s, p.verb), x) }

// basic prints a number, a string or a truth value of type t. Where the verb is
// none for it, package fmt names its type.
func (p *printer) basic(v reflect.Value, t types.Type) {
	x := basicValue(v)
	text := fmt.Sprintf(fmt.FormatString(p.s, p.verb), x)
	if rest, ok := strings.CutPrefix(text, fmt.Sprintf("%%!%c(%T=", p.verb, x)); ok {
		text = fmt.Sprintf("%%!%c(%s=", p.verb, p.w.typeName(t)) + rest
	}
	p.write(text)
}

// methods prints by the value's own method, if it has one for the verb.
func (p *printer) methods(v reflect.Value, t types.Type) bool {
	if p.hidden || types.IsInterface(t) {
		return false
	}
	o := &Obj{p.w, t, v}
	if o.has("Format") {
		state := reflect.New(reflect.TypeFor[fmt.State]()).Elem()
		state.Set(reflect.ValueOf(p.s))
		o.invoke("Format", state, reflect.ValueOf(p.verb))
		return true
	}
	if p.verb == 'v' && p.sharp {
		if o.has("GoString") {
			p.write(o.invoke("GoString")[0].String())
			return true
		}
		return false
	}
	if !strings.ContainsRune("vsxXq", p.verb) {
		return false
	}
	name := ""
	for _, n := range []string{"Error", "String"} {
		m, _, _ := types.LookupFieldOrMethod(t, false, nil, n)
		f, ok := m.(*types.Func)
		if ok && o.has(n) && f.Signature().Params().Len() == 0 && f.Signature().Results().Len() == 1 && isString(f.Signature().Results().At(0).Type()) {
			name = n
			break
		}
	}
	if name == "" {
		return false
	}
	if v.Kind() == reflect.Pointer && v.IsNil() {
		p.write("<nil>")
		return true
	}
	p.plain(o.invoke(name)[0].String())
	return true
}

// value prints v of type t, at a depth of nesting.
func (p *printer) value(v reflect.Value, t types.Type, depth int) {
	t = types.Unalias(t)
	if p.w.held(t) {
		if depth == 0 || v.Kind() != reflect.Interface {
			p.plain(v.Interface())
			return
		}
	}
	if p.methods(v, t) {
		return
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		p.basic(v, t)
	case *types.Interface:
		if v.IsNil() {
			if p.sharp {
				p.write(p.w.typeName(t) + "(nil)")
			} else {
				p.write("<nil>")
			}
			return
		}
		dt, dv := p.w.dynamic(v.Interface())
		if dt == nil {
			p.plain(dv.Interface())
			return
		}
		p.value(dv, dt, depth+1)
	case *types.Struct:
		if p.sharp {
			p.write(p.w.typeName(t))
		}
		p.write("{")
		for i := range u.NumFields() {
			if i > 0 {
				if p.sharp {
					p.write(", ")
				} else {
					p.write(" ")
				}
			}
			f := u.Field(i)
			if p.plus || p.sharp {
				p.write(cell.Unmark(f.Name()) + ":")
			}
			field := *p
			field.hidden = p.hidden || !f.Exported() || strings.HasPrefix(f.Name(), cell.FieldMark)
			field.value(p.w.readable(v.Field(i), f.Type()), f.Type(), depth+1)
		}
		p.write("}")
	case *types.Map:
		p.mapping(v, u, t, depth)
	case *types.Slice:
		if p.asText(u.Elem()) {
			p.plain(v.Convert(reflect.TypeFor[[]byte]()).Bytes())
			return
		}
		if p.sharp && v.IsNil() {
			p.write(p.w.typeName(t) + "(nil)")
			return
		}
		p.list(v, u.Elem(), t, depth)
	case *types.Array:
		if p.asText(u.Elem()) {
			b := make([]byte, v.Len())
			for i := range b {
				b[i] = byte(v.Index(i).Uint())
			}
			p.plain(b)
			return
		}
		p.list(v, u.Elem(), t, depth)
	case *types.Pointer:
		if depth == 0 && !v.IsNil() {
			switch u.Elem().Underlying().(type) {
			case *types.Struct, *types.Map, *types.Slice, *types.Array:
				p.write("&")
				p.value(v.Elem(), u.Elem(), depth+1)
				return
			}
		}
		p.pointer(v.Pointer(), t)
	case *types.Signature:
		fn := v.Interface().(*Func)
		if fn == nil {
			p.pointer(0, t)
		} else {
			p.pointer(v.Pointer(), t)
		}
	case *types.Chan:
		p.pointer(v.Pointer(), t)
	default:
		panic(refusef("printing a value of type %s", p.w.typeName(t)))
	}
}

func (p *printer) pointer(at uintptr, t types.Type) {
	switch {
	case p.verb == 'v' && p.sharp:
		if at == 0 {
			p.write("(" + p.w.typeName(t) + ")(nil)")
		} else {
			p.write(fmt.Sprintf("(%s)(%#x)", p.w.typeName(t), at))
		}
	case p.verb == 'v' && at == 0:
		p.padded("<nil>")
	case p.verb == 'v':
		p.padded(fmt.Sprintf("%#x", at))
	case strings.ContainsRune("pbodxX", p.verb):
		p.plain(at)
	default:
		text := "<nil>"
		if at != 0 {
			text = fmt.Sprintf("%#x", at)
		}
		p.write(fmt.Sprintf("%%!%c(%s=", p.verb, p.w.typeName(t)))
		p.padded(text)
		p.write(")")
	}
}

// padded writes text in the width asked for.
func (p *printer) padded(text string) {
	n, _ := p.s.Width()
	if p.s.Flag('-') {
		n = -n
	}
	p.write(fmt.Sprintf("%*s", n, text))
}

// asText reports whether a list of such elements prints as text.
func (p *printer) asText(element types.Type) bool {
	b, ok := element.Underlying().(*types.Basic)
	return ok && b.Kind() == types.Byte && strings.ContainsRune("sqxX", p.verb)
}

func (p *printer) list(v reflect.Value, et types.Type, t types.Type, depth int) {
	open, shut, sep := "[", "]", " "
	if p.sharp {
		open, shut, sep = p.w.typeName(t)+"{", "}", ", "
	}
	p.write(open)
	for i := range v.Len() {
		if i > 0 {
			p.write(sep)
		}
		p.value(p.w.readable(v.Index(i), et), et, depth+1)
	}
	p.write(shut)
}

func (p *printer) mapping(v reflect.Value, m *types.Map, t types.Type, depth int) {
	open, shut, sep := "map[", "]", " "
	if p.sharp {
		if v.IsNil() {
			p.write(p.w.typeName(t) + "(nil)")
			return
		}
		open, shut, sep = p.w.typeName(t)+"{", "}", ", "
	}
	p.write(open)
	keys := v.MapKeys()
	slices.SortStableFunc(keys, compare)
	for i, k := range keys {
		if i > 0 {
			p.write(sep)
		}
		p.value(p.w.readable(k, m.Key()), m.Key(), depth+1)
		p.write(":")
		p.value(p.w.readable(v.MapIndex(k), m.Elem()), m.Elem(), depth+1)
	}
	p.write(shut)
}

// compare orders keys as package fmt does.
func compare(a, b reflect.Value) int {
	order := func(less, more bool) int {
		switch {
		case less:
			return -1
		case more:
			return 1
		}
		return 0
	}
	switch k := a.Kind(); {
	case isSigned(k):
		return order(a.Int() < b.Int(), a.Int() > b.Int())
	case isUnsigned(k):
		return order(a.Uint() < b.Uint(), a.Uint() > b.Uint())
	case isFloat(k):
		x, y := a.Float(), b.Float()
		return order(x < y || x != x && y == y, x > y || y != y && x == x)
	case k == reflect.String:
		return strings.Compare(a.String(), b.String())
	case k == reflect.Bool:
		return order(!a.Bool() && b.Bool(), a.Bool() && !b.Bool())
	case k == reflect.Struct:
		for i := range a.NumField() {
			if r := compare(a.Field(i), b.Field(i)); r != 0 {
				return r
			}
		}
	case k == reflect.Array:
		for i := range a.Len() {
			if r := compare(a.Index(i), b.Index(i)); r != 0 {
				return r
			}
		}
	case k == reflect.Pointer:
		return order(a.Pointer() < b.Pointer(), a.Pointer() > b.Pointer())
	}
	return 0
}

// held reports whether package fmt sees a value of type t as it is.
func (w *World) held(t types.Type) bool {
	w.mu.RLock()
	defer w.mu.RUnlock()
	return w.exact(t) && !types.IsInterface(t)
}

// readable is the value of a part, whatever form it is held in.
func (w *World) readable(v reflect.Value, t types.Type) reflect.Value {
	w.mu.Lock()
	rt := w.repr(t)
	w.mu.Unlock()
	return w.view(v, rt)
}

// basicValue is v without a name.
func basicValue(v reflect.Value) any {
	switch k := v.Kind(); {
	case k == reflect.Bool:
		return v.Bool()
	case isSigned(k):
		return v.Int()
	case k == reflect.Uint8:
		return uint8(v.Uint())
	case isUnsigned(k):
		return v.Uint()
	case k == reflect.Float32:
		return float32(v.Float())
	case isFloat(k):
		return v.Float()
	case k == reflect.Complex64:
		return complex64(v.Complex())
	case isComplex(k):
		return v.Complex()
	}
	return v.String()
}

// formatArgs prepares the arguments of a function that prints: the verbs %T and
// %p look at a value's Go type, past its Formatter.
func (w *World) formatArgs(args []reflect.Value) []reflect.Value {
	n := len(args)
	if n < 2 || args[n-1].Type() != reflect.TypeFor[[]any]() {
		return args
	}
	format, list := args[n-2], args[n-1]
	if format.Kind() != reflect.String {
		return args
	}
	objects := false
	for i := range list.Len() {
		_, ok := unwrap(list.Index(i).Interface()).(*Obj)
		objects = objects || ok
	}
	text := format.String()
	if !objects || !strings.ContainsAny(text, "Tp") {
		return args
	}
	verbs, ok := verbsOf(text)
	if !ok {
		panic(refusef("the verbs %%T and %%p beside * or [n] in the format %q", text))
	}
	list = reflect.AppendSlice(reflect.MakeSlice(list.Type(), 0, list.Len()), list)
	b := []byte(text)
	for i, v := range verbs {
		if i >= list.Len() || b[v] != 'T' && b[v] != 'p' {
			continue
		}
		if o, ok := unwrap(list.Index(i).Interface()).(*Obj); ok {
			if b[v] == 'T' {
				b[v] = 's'
				list.Index(i).Set(reflect.ValueOf(w.typeName(o.t)))
			} else {
				list.Index(i).Set(o.v)
			}
		}
	}
	out := slices.Clone(args)
	out[n-2], out[n-1] = reflect.ValueOf(string(b)), list
	return out
}

// verbsOf finds where the verb of each argument stands in a format.
func verbsOf(format string) (at []int, ok bool) {
	for i := 0; i < len(format); i++ {
		if format[i] != '%' {
			continue
		}
		i++
		for i < len(format) && strings.IndexByte("+-# 0123456789.", format[i]) >= 0 {
			i++
		}
		switch {
		case i >= len(format):
			return at, true
		case format[i] == '*', format[i] == '[':
			return nil, false
		case format[i] != '%':
			at = append(at, i)
		}
	}
	return at, true
}
