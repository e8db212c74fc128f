package checkpoint

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"unsafe"
)

// place is a value in memory. Two values of different types may begin at one
// address: a struct and its first field.
type place struct {
	at uintptr
	t  reflect.Type
}

// extent is memory that a value uses: n values of a type, one behind another.
type extent struct {
	p unsafe.Pointer
	t reflect.Type // no array
	n int
}

func (e extent) start() uintptr { return uintptr(e.p) }
func (e extent) end() uintptr   { return uintptr(e.p) + uintptr(e.n)*e.t.Size() }

// flat is the extent of n values of type t: arrays are their elements.
func flat(p unsafe.Pointer, t reflect.Type, n int) extent {
	for t.Kind() == reflect.Array {
		if how := planOf(t).how; how != row && how != bytewise {
			break
		}
		t, n = t.Elem(), n*t.Len()
	}
	return extent{p, t, n}
}

// mapping is a map, with copies of what it holds.
type mapping struct {
	t       reflect.Type
	entries [][2]unsafe.Pointer // key, value
}

// found is what variables reach.
type found struct {
	extents map[extent]bool
	maps    map[uintptr]*mapping
	boxes   map[uintptr]reflect.Value // interface → pointer to a copy of its value
	stands  map[place]reflect.Value   // value that is replaced → pointer to its surrogate
	blobs   map[place][]byte          // value that marshals itself → what it made
	pointed map[extent]bool           // by pointers and slices, not only by being a variable
	types   map[reflect.Type]bool     // that have to be named
	dynamic map[reflect.Type]bool     // those in interfaces
}

func newFound() *found {
	return &found{
		map[extent]bool{}, map[uintptr]*mapping{}, map[uintptr]reflect.Value{}, map[place]reflect.Value{},
		map[place][]byte{}, map[extent]bool{}, map[reflect.Type]bool{}, map[reflect.Type]bool{},
	}
}

// add takes over what o has found.
func (f *found) add(o *found) {
	merge(f.extents, o.extents)
	merge(f.maps, o.maps)
	merge(f.boxes, o.boxes)
	merge(f.stands, o.stands)
	merge(f.blobs, o.blobs)
	merge(f.pointed, o.pointed)
	merge(f.types, o.types)
	merge(f.dynamic, o.dynamic)
}

func merge[K comparable, V any](to, from map[K]V) {
	for k, v := range from {
		to[k] = v
	}
}

// walker finds what one variable reaches.
type walker struct {
	known  *found // by the variables before it
	found  *found
	naming naming
	todo   []task
	trail  []any // from the task's value to the one that is visited: a field's name or an index
	nested int   // interfaces around it
}

// task is memory that is still to be visited.
type task struct {
	extent
	m  *mapping
	by *steps
}

// steps is a way from a variable.
type steps struct {
	from  *steps
	trail []any
}

// maxNested is how many values may stand in interfaces within each other.
const maxNested = 1000

// walk finds what the variable at p reaches, or why it cannot be kept.
func (w *walker) walk(name string, p unsafe.Pointer, t reflect.Type) error {
	root := &steps{trail: []any{name}}
	w.reach(flat(p, t, 1), root)
	for len(w.todo) > 0 {
		next := w.todo[len(w.todo)-1]
		w.todo = w.todo[:len(w.todo)-1]
		if err := w.visitAll(next); err != nil {
			return fmt.Errorf("%s is %w", next.by.then(w.trail), err)
		}
	}
	return nil
}

// then writes the way as source.
func (s *steps) then(trail []any) string {
	var all []any
	for ; s != nil; s = s.from {
		all = append(slices.Clone(s.trail), all...)
	}
	all = append(all, trail...)
	const most = 8
	var b strings.Builder
	for i, step := range all {
		if i == 1 && len(all) > most {
			b.WriteString("…")
		}
		if i > 0 && i < len(all)-most {
			continue
		}
		switch step := step.(type) {
		case string:
			b.WriteString(step)
		default:
			fmt.Fprintf(&b, "[%v]", step)
		}
	}
	return b.String()
}

// reach notes memory to visit.
func (w *walker) reach(e extent, by *steps) {
	if e.t.Size() == 0 || e.n == 0 || w.known.extents[e] || w.found.extents[e] {
		return
	}
	w.found.extents[e] = true
	w.todo = append(w.todo, task{extent: e, by: by})
}

// point notes memory to visit that a pointer leads to.
func (w *walker) point(e extent, by *steps) {
	w.found.pointed[e] = true
	w.reach(e, w.here(by))
}

// here is the way to the value that is visited.
func (w *walker) here(by *steps) *steps { return &steps{by, slices.Clone(w.trail)} }

func (w *walker) visitAll(k task) error {
	w.trail = w.trail[:0]
	if k.m != nil {
		for _, e := range k.m.entries {
			w.trail = append(w.trail[:0], reflect.NewAt(k.m.t.Key(), e[0]).Elem())
			if err := w.visit(e[0], k.m.t.Key(), k.by); err != nil {
				return err
			}
			if err := w.visit(e[1], k.m.t.Elem(), k.by); err != nil {
				return err
			}
		}
		return nil
	}
	if err := w.naming.named(w.found, k.t, false); err != nil {
		return err
	}
	if planOf(k.t).how == bytewise {
		return nil
	}
	for i := range k.n {
		if k.n > 1 {
			w.trail = append(w.trail[:0], i)
		}
		if err := w.visit(unsafe.Add(k.p, uintptr(i)*k.t.Size()), k.t, k.by); err != nil {
			return err
		}
	}
	return nil
}

// visit notes what the value of type t at p reaches. On an error the trail
// leads to what cannot be kept.
func (w *walker) visit(p unsafe.Pointer, t reflect.Type, by *steps) error {
	within := func(step any, p unsafe.Pointer, t reflect.Type) error {
		w.trail = append(w.trail, step)
		if err := w.visit(p, t, by); err != nil {
			return err
		}
		w.trail = w.trail[:len(w.trail)-1]
		return nil
	}
	switch plan := planOf(t); plan.how {
	case refused:
		if !reflect.NewAt(t, p).Elem().IsZero() {
			return errors.New(plan.reason)
		}
	case pointer:
		if to := *(*unsafe.Pointer)(p); to != nil {
			w.point(flat(to, t.Elem(), 1), by)
		}
	case slice:
		if s := reflect.NewAt(t, p).Elem(); s.Len() > 0 {
			w.point(flat(s.UnsafePointer(), t.Elem(), s.Len()), by)
		}
	case table:
		return w.visitMap(reflect.NewAt(t, p).Elem(), by)
	case boxed:
		return w.visitBox(p, t, by)
	case replaced:
		s, err := plan.surrogate.to(reflect.NewAt(t, p).Elem())
		if err != nil {
			return err
		}
		w.found.stands[place{uintptr(p), t}] = s.Addr()
		return w.visit(s.Addr().UnsafePointer(), s.Type(), by)
	case marshalled:
		data, err := marshal(reflect.NewAt(t, p).Interface(), plan.gob)
		if err != nil {
			return fmt.Errorf("a %s: %w", t, err)
		}
		w.found.blobs[place{uintptr(p), t}] = data
	case record:
		for f := range fields(t) {
			if err := within("."+f.Name, unsafe.Add(p, f.Offset), f.Type); err != nil {
				return err
			}
		}
	case row:
		for i := range t.Len() {
			if err := within(i, unsafe.Add(p, uintptr(i)*t.Elem().Size()), t.Elem()); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *walker) visitMap(v reflect.Value, by *steps) error {
	at := uintptr(v.UnsafePointer())
	if v.IsNil() || w.known.maps[at] != nil || w.found.maps[at] != nil {
		return nil
	}
	if err := w.naming.named(w.found, v.Type(), false); err != nil {
		return err
	}
	m := &mapping{t: v.Type()}
	w.found.maps[at] = m
	for it := v.MapRange(); it.Next(); {
		k, e := reflect.New(m.t.Key()), reflect.New(m.t.Elem())
		k.Elem().SetIterKey(it)
		e.Elem().SetIterValue(it)
		m.entries = append(m.entries, [2]unsafe.Pointer{k.UnsafePointer(), e.UnsafePointer()})
	}
	w.todo = append(w.todo, task{m: m, by: w.here(by)})
	return nil
}

func (w *walker) visitBox(p unsafe.Pointer, t reflect.Type, by *steps) error {
	v := reflect.NewAt(t, p).Elem().Elem()
	if !v.IsValid() {
		return nil
	}
	if w.nested++; w.nested > maxNested {
		return fmt.Errorf("the %dth interface within another", w.nested)
	}
	defer func() { w.nested-- }()
	if how := planOf(v.Type()); how.how == refused {
		return errors.New(how.reason)
	}
	if err := w.naming.named(w.found, v.Type(), true); err != nil {
		return err
	}
	c := reflect.New(v.Type())
	c.Elem().Set(v)
	w.found.boxes[uintptr(p)] = c
	return w.visit(c.UnsafePointer(), v.Type(), by)
}

// naming knows which types a later session can name.
type naming struct {
	live map[string]reflect.Type // by key: the cells' types, as they are declared now
}

// named notes a type of which the file has to speak. One that stands in an
// interface has to have a name that others can write.
func (n naming) named(f *found, t reflect.Type, dynamic bool) error {
	if f.types[t] && (!dynamic || f.dynamic[t]) {
		return nil
	}
	if live := n.live[key(t)]; live != nil && live != t {
		return fmt.Errorf("of a type %s that was declared again since", t)
	}
	if dynamic {
		if err := n.nameable(t); err != nil {
			return err
		}
		f.dynamic[t] = true
	}
	f.types[t] = true
	return nil
}

func (n naming) nameable(t reflect.Type) error {
	if t.Name() != "" {
		switch path := t.PkgPath(); {
		case path == "":
		case path == cells:
			if base, _, generic := strings.Cut(t.Name(), "["); !generic && n.live[key(t)] != t || strings.Contains(base, "·") {
				return fmt.Errorf("a %s, a type that was declared within a function, or again since", t)
			}
		case strings.Contains("/"+path+"/", "/internal/") || !exported(t.Name()):
			return fmt.Errorf("a %s, a type that its package keeps to itself", t)
		}
		return nil
	}
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array:
		return n.nameable(t.Elem())
	case reflect.Map:
		if err := n.nameable(t.Key()); err != nil {
			return err
		}
		return n.nameable(t.Elem())
	case reflect.Struct:
		for f := range fields(t) {
			if err := n.nameable(f.Type); err != nil {
				return err
			}
		}
	}
	return nil
}
