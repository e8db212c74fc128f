package checkpoint

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"reflect"
	"strconv"
	"strings"
)

// key names a type: as source, but with the paths of packages in place of their
// names.
func key(t reflect.Type) string {
	if t.Name() != "" {
		if t.PkgPath() == "" {
			return t.Name()
		}
		return t.PkgPath() + "." + t.Name()
	}
	switch t.Kind() {
	case reflect.Pointer:
		return "*" + key(t.Elem())
	case reflect.Slice:
		return "[]" + key(t.Elem())
	case reflect.Array:
		return fmt.Sprintf("[%d]%s", t.Len(), key(t.Elem()))
	case reflect.Map:
		return "map[" + key(t.Key()) + "]" + key(t.Elem())
	case reflect.Struct:
		var fs []string
		for f := range fields(t) {
			text := f.Name + " " + key(f.Type)
			if f.Anonymous {
				text = key(f.Type)
			}
			if f.Tag != "" {
				text += " " + strconv.Quote(string(f.Tag))
			}
			fs = append(fs, text)
		}
		return "struct{" + strings.Join(fs, "; ") + "}"
	}
	return t.String()
}

func fields(t reflect.Type) func(func(reflect.StructField) bool) {
	return func(yield func(reflect.StructField) bool) {
		for i := range t.NumField() {
			if !yield(t.Field(i)) {
				return
			}
		}
	}
}

// layout is a hash of how a value of a type lies in memory: two types of one key
// and one layout take each other's bytes.
func layout(t reflect.Type) uint64 {
	h := fnv.New64a()
	fmt.Fprint(h, binary.NativeEndian.Uint16([]byte{1, 0}))
	var in func(t reflect.Type)
	in = func(t reflect.Type) {
		switch p := planOf(t); p.how {
		case replaced:
			in(p.surrogate.as)
			return
		case marshalled:
			return // its methods know
		}
		fmt.Fprintf(h, "%v %d %d;", t.Kind(), t.Size(), t.Align())
		switch t.Kind() {
		case reflect.Array:
			fmt.Fprintf(h, "%d of ", t.Len())
			in(t.Elem())
		case reflect.Struct:
			for f := range fields(t) {
				fmt.Fprintf(h, "%s at %d ", f.Name, f.Offset)
				in(f.Type)
			}
		case reflect.Pointer, reflect.Slice:
			fmt.Fprint(h, key(t.Elem()))
		case reflect.Map:
			fmt.Fprint(h, key(t.Key()), key(t.Elem()))
		}
	}
	in(t)
	return h.Sum64()
}

// room is how many values of type want follow each other at an offset, in bytes,
// into count values of type t; 0 when there is none.
func room(t reflect.Type, count int, offset uintptr, want reflect.Type) int {
	for {
		size := t.Size()
		if size == 0 || offset >= uintptr(count)*size {
			return 0
		}
		at := int(offset / size)
		offset %= size
		if offset == 0 && t == want {
			return count - at
		}
		switch t.Kind() {
		case reflect.Array:
			t, count = t.Elem(), t.Len()
		case reflect.Struct:
			f, ok := fieldAt(t, offset)
			if !ok {
				return 0
			}
			t, count, offset = f.Type, 1, offset-f.Offset
		default:
			return 0
		}
	}
}

// fieldAt is the field that lies at an offset into a struct.
func fieldAt(t reflect.Type, offset uintptr) (reflect.StructField, bool) {
	for f := range fields(t) {
		if f.Offset <= offset && offset < f.Offset+f.Type.Size() {
			return f, true
		}
	}
	return reflect.StructField{}, false
}
