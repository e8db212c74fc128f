package host

import (
	"fmt"
	"reflect"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
	"unsafe"

	"glassy/kernel/engine/cell"
)

// Variable names a variable of the session by the compiled cell that holds it.
type Variable struct {
	Name string `json:"name"`
	Unit int    `json:"unit"`
}

// Look is what a variable holds, in short.
type Look struct {
	Value string `json:"value"`
	Bytes int64  `json:"bytes"` // what it holds, as far as it was followed
	More  bool   `json:"more"`  // it holds more than was followed
}

// maxFollowed is how many values are followed to find out how large a variable is.
const maxFollowed = 200_000

// pointer is where a variable lies; not valid when there is none.
func (v Variable) pointer() reflect.Value {
	if vars := unitOf(v.Unit).variables; vars != nil {
		return reflect.ValueOf(vars()[v.Name])
	}
	return reflect.Value{}
}

// variables answers requests that look at variables and call no code of a cell,
// so that they cannot wait for anything. While a cell runs, or a goroutine that an
// earlier one started, nothing is followed that these may be writing: half of a
// pointer, or a map in change, would end the process.
func variables(q Request) (m Message) {
	defer func() {
		if x := recover(); x != nil {
			m = Message{Op: "answer", Err: fmt.Sprint(x)}
		}
	}()
	m.Op = "answer"
	busy := cell.Busy()
	switch q.Op {
	case "look":
		for _, v := range q.Vars {
			var l Look
			if p := v.pointer(); p.IsValid() && busy {
				l = Look{atAGlance(p.Elem()), int64(p.Elem().Type().Size()), refers(p.Elem().Type())}
			} else if p.IsValid() {
				f := follower{seen: map[uintptr]bool{}, left: maxFollowed}
				l.Value, l.Bytes = short(p.Elem(), 2), int64(p.Elem().Type().Size())+f.behind(p.Elem())
				l.More = f.left <= 0
			}
			m.Looks = append(m.Looks, l)
		}
	case "keys":
		if busy {
			break
		}
		for _, v := range q.Vars {
			if p := v.pointer(); p.IsValid() {
				m.Keys = keys(p.Elem(), q.Text)
			}
		}
	case "zero":
		for _, v := range q.Vars {
			if p := v.pointer(); p.IsValid() {
				p.Elem().SetZero()
			}
		}
		debug.FreeOSMemory()
	case "memory":
		var ms runtime.MemStats
		runtime.ReadMemStats(&ms)
		m.Memory = &Memory{Heap: int64(ms.HeapAlloc), HeapFromSystem: int64(ms.HeapSys - ms.HeapReleased),
			Goroutines: runtime.NumGoroutine(), Collections: int(ms.NumGC)}
	}
	return m
}

// Memory is what the session process says of its heap.
type Memory struct {
	Heap           int64 `json:"heap"` // in use, bytes
	HeapFromSystem int64 `json:"sys"`
	Goroutines     int   `json:"goroutines"`
	Collections    int   `json:"collections"`
}

// maxKeys is how many keys of a map are proposed.
const maxKeys = 500

// keys writes the keys of the map at a path of fields from v, as Go has them.
func keys(v reflect.Value, path string) []string {
	for name := range strings.FieldsFuncSeq(path, func(r rune) bool { return r == '.' }) {
		if v = indirect(v); v.Kind() != reflect.Struct {
			return nil
		}
		if v = fieldNamed(v, name); !v.IsValid() {
			return nil
		}
	}
	if v = indirect(v); v.Kind() != reflect.Map {
		return nil
	}
	var found []string
	for it := v.MapRange(); it.Next() && len(found) < maxKeys; {
		switch k := it.Key(); {
		case k.Kind() == reflect.String:
			found = append(found, strconv.Quote(k.String()))
		case k.CanInt(), k.CanUint(), k.CanFloat(), k.Kind() == reflect.Bool:
			found = append(found, fmt.Sprint(k))
		}
	}
	slices.Sort(found)
	return found
}

// fieldNamed is a field of a struct by the name that the user gave it.
func fieldNamed(v reflect.Value, name string) reflect.Value {
	for i := range v.NumField() {
		if cell.Unmark(v.Type().Field(i).Name) == name {
			return v.Field(i)
		}
	}
	return v.FieldByName(name) // a promoted one
}

// indirect follows pointers and interfaces.
func indirect(v reflect.Value) reflect.Value {
	for v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface {
		v = v.Elem()
	}
	return v
}

// follower adds up the memory behind a value, each piece once.
type follower struct {
	seen map[uintptr]bool
	left int // values that may still be followed
}

// behind is the memory that v refers to, without v's own.
func (f *follower) behind(v reflect.Value) (bytes int64) {
	if f.left--; f.left <= 0 {
		return 0
	}
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() || f.again(v.Pointer()) {
			return 0
		}
		return int64(v.Type().Elem().Size()) + f.behind(v.Elem())
	case reflect.Interface:
		if v.IsNil() {
			return 0
		}
		return int64(v.Elem().Type().Size()) + f.behind(v.Elem())
	case reflect.String:
		return int64(v.Len())
	case reflect.Slice:
		if v.IsNil() || v.Cap() == 0 || f.again(v.Pointer()) {
			return 0
		}
		bytes = int64(v.Cap()) * int64(v.Type().Elem().Size())
		if refers(v.Type().Elem()) {
			for i := 0; i < v.Len() && f.left > 0; i++ {
				bytes += f.behind(v.Index(i))
			}
		}
		return bytes
	case reflect.Array:
		if refers(v.Type().Elem()) {
			for i := 0; i < v.Len() && f.left > 0; i++ {
				bytes += f.behind(v.Index(i))
			}
		}
		return bytes
	case reflect.Struct:
		for i := 0; i < v.NumField() && f.left > 0; i++ {
			bytes += f.behind(v.Field(i))
		}
		return bytes
	case reflect.Map:
		if v.IsNil() || f.again(v.Pointer()) {
			return 0
		}
		t := v.Type()
		bytes = int64(v.Len()) * int64(t.Key().Size()+t.Elem().Size())
		if refers(t.Key()) || refers(t.Elem()) {
			for it := v.MapRange(); f.left > 0 && it.Next(); {
				bytes += f.behind(it.Key()) + f.behind(it.Value())
			}
		}
		return bytes
	case reflect.Chan:
		if v.IsNil() || f.again(v.Pointer()) {
			return 0
		}
		return int64(v.Cap()) * int64(v.Type().Elem().Size())
	}
	return 0
}

func (f *follower) again(p uintptr) bool {
	was := f.seen[p]
	f.seen[p] = true
	return was
}

// refers reports whether values of a type refer to other memory.
func refers(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Pointer, reflect.Interface, reflect.String, reflect.Slice, reflect.Map, reflect.Chan, reflect.Func, reflect.UnsafePointer:
		return true
	case reflect.Array:
		return t.Len() > 0 && refers(t.Elem())
	case reflect.Struct:
		for i := range t.NumField() {
			if refers(t.Field(i).Type) {
				return true
			}
		}
	}
	return false
}

const (
	shortItems = 6  // of a slice or struct
	shortText  = 60 // runes
)

// short writes a value in a few words, of its own: a method of the value may do
// anything.
func short(v reflect.Value, depth int) string {
	if v.Kind() == reflect.Interface {
		if v.IsNil() {
			return "nil"
		}
		return cell.Unmark(v.Elem().Type().String()) + " " + short(v.Elem(), depth)
	}
	switch v.Type() {
	case reflect.TypeFor[time.Duration]():
		return time.Duration(v.Int()).String()
	case reflect.TypeFor[time.Time]():
		if v.CanInterface() {
			return v.Interface().(time.Time).Format(time.RFC3339)
		}
	}
	switch v.Kind() {
	case reflect.Bool:
		return strconv.FormatBool(v.Bool())
	case reflect.String:
		s := v.String()
		if utf8.RuneCountInString(s) > shortText {
			return strconv.Quote(string([]rune(s)[:shortText])) + fmt.Sprintf("… (%d bytes)", v.Len())
		}
		return strconv.Quote(s)
	case reflect.Pointer:
		if v.IsNil() {
			return "nil"
		}
		if depth == 0 {
			return "&…"
		}
		return "&" + short(v.Elem(), depth-1)
	case reflect.Slice, reflect.Array:
		if v.Kind() == reflect.Slice && v.IsNil() {
			return "nil"
		}
		if depth == 0 {
			return fmt.Sprintf("[%d]", v.Len())
		}
		items, more := shortList(v.Len(), func(i int) string { return short(v.Index(i), depth-1) })
		if more {
			return fmt.Sprintf("len %d [%s …]", v.Len(), items)
		}
		return "[" + items + "]"
	case reflect.Struct:
		if depth == 0 {
			return "{…}"
		}
		items, more := shortList(v.NumField(), func(i int) string {
			return cell.Unmark(v.Type().Field(i).Name) + ":" + short(v.Field(i), depth-1)
		})
		if more {
			items += " …"
		}
		return "{" + items + "}"
	case reflect.Map:
		if v.IsNil() {
			return "nil"
		}
		return fmt.Sprintf("len %d", v.Len())
	case reflect.Chan:
		if v.IsNil() {
			return "nil"
		}
		return fmt.Sprintf("len %d, cap %d", v.Len(), v.Cap())
	case reflect.Func:
		if v.IsNil() {
			return "nil"
		}
		return "func"
	case reflect.Float32, reflect.Float64:
		return strconv.FormatFloat(v.Float(), 'g', 6, 64)
	case reflect.Complex64, reflect.Complex128:
		return strconv.FormatComplex(v.Complex(), 'g', 6, 128)
	}
	return fmt.Sprint(v)
}

// atAGlance writes what a value is by its first word alone.
func atAGlance(v reflect.Value) string {
	switch v.Kind() {
	case reflect.Slice, reflect.String, reflect.Map, reflect.Chan:
		return fmt.Sprintf("len %d", v.Len())
	case reflect.Pointer, reflect.Func:
		if v.IsNil() {
			return "nil"
		}
	}
	if v.Type().Size() <= unsafe.Sizeof(uintptr(0)) && !refers(v.Type()) {
		return short(v, 0)
	}
	return "…"
}

// shortList joins the first items of a list, as many as a line holds.
func shortList(n int, item func(int) string) (text string, more bool) {
	for i := range n {
		if i == shortItems || utf8.RuneCountInString(text) > shortText {
			return text, true
		}
		if i > 0 {
			text += " "
		}
		text += item(i)
	}
	return text, false
}
