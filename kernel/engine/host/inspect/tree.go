package inspect

import (
	"cmp"
	"fmt"
	"reflect"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
)

// Variable is a value as the debug adapter protocol has it.
type Variable struct {
	Name    string `json:"name"`
	Value   string `json:"value"`
	Type    string `json:"type"`
	Ref     int    `json:"variablesReference"` // to ask for its parts; 0: it has none
	Named   int    `json:"namedVariables,omitempty"`
	Indexed int    `json:"indexedVariables,omitempty"`
}

// Named is a variable or part of one.
type Named struct {
	Name  string
	Value reflect.Value
}

// most is how many parts are listed at once; more come in groups.
const most = 100

// Tree remembers what it has shown, so that it can be asked for the parts.
type Tree struct {
	mu    sync.Mutex
	last  int // the reference given last: none is given twice
	nodes map[int]node
}

// node is something with parts: those from lo to hi of a value, or a list.
type node struct {
	v      reflect.Value
	keys   []reflect.Value // of a map
	lo, hi int
	list   []Named
}

// Forget makes all references invalid.
func (t *Tree) Forget() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.nodes = nil
}

// List is a reference to a list of variables.
func (t *Tree) List(list []Named) int {
	return t.add(node{list: list, hi: len(list)})
}

func (t *Tree) add(n node) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.nodes == nil {
		t.nodes = map[int]node{}
	}
	t.last++
	t.nodes[t.last] = n
	return t.last
}

// Show shows a variable.
func (t *Tree) Show(name string, v reflect.Value) (shown Variable) {
	defer func() {
		if x := recover(); x != nil { // it is being written by others
			shown = Variable{Name: name, Value: fmt.Sprintf("(it changes while it is read: %v)", x)}
		}
	}()
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	shown = Variable{Name: name, Value: Text(v), Type: typeName(v)}
	p := whole(v)
	switch n := size(p); {
	case n == 0:
		return shown
	case p.Kind() == reflect.Slice || p.Kind() == reflect.Array:
		shown.Indexed = n
	default:
		shown.Named = n
	}
	shown.Ref = t.add(node{v: v, hi: -1})
	return shown
}

// Parts lists the parts behind a reference: count of them from start on, or all
// when count is 0, where many come in groups.
func (t *Tree) Parts(ref, start, count int) (parts []Variable, err error) {
	t.mu.Lock()
	n, ok := t.nodes[ref]
	t.mu.Unlock()
	if !ok {
		return nil, fmt.Errorf("variable reference %d is none, or is not valid any more: ask for the variables again", ref)
	}
	defer func() {
		if x := recover(); x != nil {
			parts, err = nil, fmt.Errorf("the value changes while it is read: %v", x)
		}
	}()
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	if n.hi < 0 {
		n = expanded(n.v)
	}
	if count > 0 {
		n.lo = min(n.lo+max(start, 0), n.hi)
		n.hi = min(n.lo+count, n.hi)
	} else if n.list == nil && n.hi-n.lo > most {
		return t.groups(n), nil
	}
	parts = []Variable{}
	for i := n.lo; i < n.hi; i++ {
		p := n.at(i)
		parts = append(parts, t.Show(p.Name, p.Value))
	}
	return parts, nil
}

// groups are the ranges of what is too long to list.
func (t *Tree) groups(n node) []Variable {
	step := most
	for (n.hi-n.lo+step-1)/step > most {
		step *= most
	}
	var parts []Variable
	for lo := n.lo; lo < n.hi; lo += step {
		part := n
		part.lo, part.hi = lo, min(lo+step, n.hi)
		parts = append(parts, Variable{Name: fmt.Sprintf("[%d … %d]", lo, part.hi-1), Ref: t.add(part), Indexed: part.hi - lo})
	}
	return parts
}

// whole follows interfaces, and a pointer to what has parts.
func whole(v reflect.Value) reflect.Value {
	for v.Kind() == reflect.Interface && !v.IsNil() {
		v = v.Elem()
	}
	if v.Kind() == reflect.Pointer && !v.IsNil() {
		if e := v.Elem(); e.Kind() == reflect.Struct {
			return e
		}
	}
	return v
}

// size is the number of parts.
func size(v reflect.Value) int {
	switch v.Kind() {
	case reflect.Struct:
		return v.NumField()
	case reflect.Slice, reflect.Array, reflect.Map:
		return v.Len()
	case reflect.Pointer:
		if !v.IsNil() {
			return 1
		}
	}
	return 0
}

func expanded(v reflect.Value) node {
	v = whole(v)
	n := node{v: v, hi: size(v)}
	if v.Kind() == reflect.Map {
		n.keys = v.MapKeys()
		slices.SortStableFunc(n.keys, compare)
		n.hi = len(n.keys)
	}
	return n
}

func (n node) at(i int) Named {
	if n.list != nil {
		return n.list[i]
	}
	switch n.v.Kind() {
	case reflect.Struct:
		return Named{n.v.Type().Field(i).Name, n.v.Field(i)}
	case reflect.Map:
		return Named{"[" + Text(n.keys[i]) + "]", n.v.MapIndex(n.keys[i])}
	case reflect.Pointer:
		return Named{"*", n.v.Elem()}
	}
	return Named{fmt.Sprintf("[%d]", i), n.v.Index(i)}
}

// compare orders the keys of a map: numbers by size, all else as text.
func compare(a, b reflect.Value) int {
	switch {
	case a.CanInt() && b.CanInt():
		return cmp.Compare(a.Int(), b.Int())
	case a.CanUint() && b.CanUint():
		return cmp.Compare(a.Uint(), b.Uint())
	case a.CanFloat() && b.CanFloat():
		return cmp.Compare(a.Float(), b.Float())
	}
	return strings.Compare(Text(a), Text(b))
}

func typeName(v reflect.Value) string {
	if !v.IsValid() {
		return ""
	}
	name := v.Type().String()
	if v.Kind() == reflect.Interface && !v.IsNil() {
		name += " (" + v.Elem().Type().String() + ")"
	}
	return strings.ReplaceAll(strings.ReplaceAll(name, "interface {}", "any"), "main.", "")
}
