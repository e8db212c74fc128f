package inspect

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
)

const (
	width = 120 // of a value's text, about
	depth = 3   // of structures in it
)

// Text writes a value in a line.
func Text(v reflect.Value) string {
	w := &writer{}
	w.value(v, 0)
	return w.String()
}

// writer writes until the line is full.
type writer struct{ strings.Builder }

func (w *writer) full() bool { return w.Len() > width }

func (w *writer) value(v reflect.Value, level int) {
	if !v.IsValid() {
		w.WriteString("nil")
		return
	}
	switch v.Kind() {
	case reflect.Bool:
		w.WriteString(strconv.FormatBool(v.Bool()))
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		w.WriteString(strconv.FormatInt(v.Int(), 10))
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		w.WriteString(strconv.FormatUint(v.Uint(), 10))
	case reflect.Float32:
		w.WriteString(strconv.FormatFloat(v.Float(), 'g', -1, 32))
	case reflect.Float64:
		w.WriteString(strconv.FormatFloat(v.Float(), 'g', -1, 64))
	case reflect.Complex64, reflect.Complex128:
		fmt.Fprint(w, v.Complex())
	case reflect.String:
		w.quoted(v.String())
	case reflect.Interface:
		w.value(v.Elem(), level)
	case reflect.Pointer:
		w.pointer(v, level)
	case reflect.Struct:
		w.list("{", "}", v.NumField(), level, func(i int) {
			w.WriteString(v.Type().Field(i).Name + ": ")
			w.value(v.Field(i), level+1)
		})
	case reflect.Array:
		w.list("[", "]", v.Len(), level, func(i int) { w.value(v.Index(i), level+1) })
	case reflect.Slice:
		if v.IsNil() {
			w.WriteString("nil")
			return
		}
		w.list("[", "]", v.Len(), level, func(i int) { w.value(v.Index(i), level+1) })
		if v.Len() > 3 && level == 0 {
			fmt.Fprintf(w, " (%d)", v.Len())
		}
	case reflect.Map: // to read one that is written to would end the process
		if v.IsNil() {
			w.WriteString("nil")
			return
		}
		fmt.Fprintf(w, "%s (%d)", typeName(v), v.Len())
	case reflect.Chan:
		if v.IsNil() {
			w.WriteString("nil")
			return
		}
		fmt.Fprintf(w, "%s (%d of %d)", typeName(v), v.Len(), v.Cap())
	case reflect.Func:
		if v.IsNil() {
			w.WriteString("nil")
			return
		}
		w.WriteString(typeName(v))
	default:
		fmt.Fprintf(w, "%s %#x", typeName(v), v.Pointer())
	}
}

func (w *writer) pointer(v reflect.Value, level int) {
	switch {
	case v.IsNil():
		w.WriteString("nil")
	case level >= depth || v.Elem().Kind() == reflect.Pointer:
		fmt.Fprintf(w, "%#x", v.Pointer())
	default:
		w.WriteByte('&')
		w.value(v.Elem(), level+1)
	}
}

func (w *writer) quoted(s string) {
	if len(s) > width {
		w.WriteString(strconv.Quote(s[:width]) + fmt.Sprintf("… (%d bytes)", len(s)))
		return
	}
	w.WriteString(strconv.Quote(s))
}

func (w *writer) list(open, end string, n, level int, item func(i int)) {
	w.WriteString(open)
	for i := range n {
		if i > 0 {
			w.WriteString(" ")
		}
		if w.full() || level >= depth {
			w.WriteString("…")
			break
		}
		item(i)
	}
	w.WriteString(end)
}
