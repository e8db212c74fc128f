package checkpoint

import (
	"encoding"
	"encoding/binary"
	"encoding/gob"
	"fmt"
	"reflect"
	"unsafe"
)

// Load sets variables to what Save wrote. All variables that the file has values
// of must be given, with the types that the header lists as dynamic. On an error
// no variable has changed.
func Load(path string, vars []Var, types []reflect.Type) error {
	h, values, err := open(path)
	if err != nil {
		return err
	}
	if err := load(values, vars, types); err != nil {
		return fmt.Errorf("checkpoint %s, written by glassy %s with %s: %w", path, h.Glassy, h.Go, err)
	}
	return nil
}

func load(values []byte, vars []Var, types []reflect.Type) (err error) {
	defer func() {
		if x := recover(); x != nil {
			bad, ok := x.(damage)
			if !ok {
				panic(x)
			}
			err = bad.error
		}
	}()
	l := &loader{reader: reader{values}, known: map[string]reflect.Type{}}
	for _, v := range vars {
		l.learn(reflect.TypeOf(v.At).Elem())
	}
	for _, t := range types {
		l.learn(t)
	}
	l.head(vars)
	for _, r := range l.regions {
		l.run(r)
	}
	for _, m := range l.maps {
		l.fill(m)
	}
	if len(l.data) > 0 {
		damaged("%d bytes behind the values", len(l.data))
	}
	for _, finish := range l.later {
		finish()
	}
	for _, finish := range l.last {
		finish()
	}
	return nil
}

// damage is what loading panics with when the file does not make sense.
type damage struct{ error }

func damaged(format string, args ...any) { panic(damage{fmt.Errorf(format, args...)}) }

// reader reads what a saver wrote.
type reader struct{ data []byte }

func (r *reader) count() int {
	n, size := binary.Uvarint(r.data)
	if size <= 0 || n > 1<<48 {
		damaged("a number is cut off or too large")
	}
	r.data = r.data[size:]
	return int(n)
}

func (r *reader) bytes(n int) []byte {
	if n < 0 || n > len(r.data) {
		damaged("%d bytes are left, expected %d", len(r.data), n)
	}
	b := r.data[:n]
	r.data = r.data[n:]
	return b
}

func (r *reader) text() string { return string(r.bytes(r.count())) }

// index is a count below n.
func (r *reader) index(what string, n int) int {
	i := r.count()
	if i >= n {
		damaged("%s %d, expected one of %d", what, i, n)
	}
	return i
}

// home is where a region is: its values are made at p, and the variable whose
// it is, if any, has it at home.
type home struct {
	extent
	home unsafe.Pointer
}

type madeMap struct {
	v reflect.Value
	n int
}

type loader struct {
	reader
	known   map[string]reflect.Type
	types   []reflect.Type
	regions []home
	maps    []madeMap
	later   []func() // sets what needs other values to be there
	last    []func() // sets the variables
}

// learn makes a type, and those that it is made of, known by name.
func (l *loader) learn(t reflect.Type) {
	if l.known[key(t)] != nil {
		return
	}
	l.known[key(t)] = t
	switch p := planOf(t); {
	case p.how == replaced:
		l.learn(p.surrogate.as)
		return
	case p.how == marshalled, p.how == refused:
		return
	}
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array:
		l.learn(t.Elem())
	case reflect.Map:
		l.learn(t.Key())
		l.learn(t.Elem())
	case reflect.Struct:
		for f := range fields(t) {
			l.learn(f.Type)
		}
	}
}

// head reads what comes before the values, and makes room for them.
func (l *loader) head(vars []Var) {
	for range l.count() {
		name, want := l.text(), binary.LittleEndian.Uint64(l.bytes(8))
		t := l.known[name]
		if t == nil {
			damaged("it has values of type %s, which none of the variables given needs", name)
		}
		if layout(t) != want {
			damaged("the type %s is made of other fields now than when the file was written", name)
		}
		l.types = append(l.types, t)
	}
	for range l.count() {
		t, n := l.types[l.index("type", len(l.types))], l.count()
		most := len(l.data)
		if planOf(t).how == bytewise && t.Size() > 0 {
			most /= int(t.Size())
		}
		if n == 0 || n > most || t.Size() == 0 {
			damaged("%d values of type %s, expected at most %d", n, t, most)
		}
		p := allocate(t, n)
		l.regions = append(l.regions, home{extent{p, t, n}, p})
	}
	for range l.count() {
		t, n := l.types[l.index("type", len(l.types))], l.count()
		if t.Kind() != reflect.Map || n > len(l.data) {
			damaged("a map of type %s with %d entries", t, n)
		}
		l.maps = append(l.maps, madeMap{reflect.MakeMapWithSize(t, n), n})
	}
	given := map[string]reflect.Value{}
	for _, v := range vars {
		given[v.Name] = reflect.ValueOf(v.At)
	}
	n := l.count()
	if n != len(vars) {
		damaged("%d variables were given, expected the %d that it has", len(vars), n)
	}
	for range n {
		name := l.text()
		at, ok := given[name]
		if !ok {
			damaged("the variable %s was not given, or is in it twice", name)
		}
		delete(given, name)
		want := flat(at.UnsafePointer(), at.Type().Elem(), 1)
		no := l.count()
		if want.t.Size() == 0 || want.n == 0 {
			continue
		}
		offset := l.count()
		if no -= firstAt; no < 0 || no >= len(l.regions) || offset != 0 {
			damaged("the variable %s has no memory of its own", name)
		}
		r := &l.regions[no]
		if room(r.t, r.n, 0, want.t) < want.n || uintptr(r.n)*r.t.Size() != at.Type().Elem().Size() || r.home != r.p {
			damaged("the variable %s is of type %s, expected %d of %s", name, at.Type().Elem(), r.n, r.t)
		}
		r.home = at.UnsafePointer()
		from := reflect.NewAt(at.Type().Elem(), r.p)
		l.last = append(l.last, func() { at.Elem().Set(from.Elem()) })
	}
}

func (l *loader) run(r home) {
	size := r.t.Size()
	if planOf(r.t).how == bytewise {
		n := uintptr(r.n) * size
		copy(unsafe.Slice((*byte)(r.p), n), l.bytes(int(n)))
		return
	}
	for i := range r.n {
		l.value(unsafe.Add(r.p, uintptr(i)*size), r.t, 0)
	}
}

func (l *loader) fill(m madeMap) {
	for range m.n {
		k, e := reflect.New(m.v.Type().Key()), reflect.New(m.v.Type().Elem())
		l.whole(func() {
			l.value(k.UnsafePointer(), k.Type().Elem(), 0)
			l.value(e.UnsafePointer(), e.Type().Elem(), 0)
		}, func() {
			defer func() {
				if x := recover(); x != nil { // an interface that holds what no key can be
					damaged("a key of a map: %v", x)
				}
			}()
			m.v.SetMapIndex(k.Elem(), e.Elem())
		})
	}
}

// whole calls use when what read has read is there, which may be later.
func (l *loader) whole(read, use func()) {
	n := len(l.later)
	read()
	if len(l.later) > n {
		l.later = append(l.later, use)
	} else {
		use()
	}
}

// place reads where n values of type t are, and how many there is room for.
func (l *loader) place(t reflect.Type, n int) (p unsafe.Pointer, most int) {
	no := l.count()
	switch no {
	case nowhere:
		return nil, 0
	case somewhere:
		if t.Size() > 0 && n > 0 {
			damaged("%d values of type %s are nowhere", n, t)
		}
		return allocate(t, max(n, 1)), n
	}
	offset := uintptr(l.count())
	if no -= firstAt; no >= len(l.regions) {
		damaged("region %d, expected one of %d", no, len(l.regions))
	}
	r, want := l.regions[no], flat(nil, t, 1)
	if want.n > 0 {
		most = room(r.t, r.n, offset, want.t) / want.n
	}
	if n == 0 || n > most {
		damaged("%d values of type %s at byte %d of %d of type %s", n, t, offset, r.n, r.t)
	}
	return unsafe.Add(r.home, offset), most
}

// sliceOf is a slice as it lies in memory.
type sliceOf struct {
	p        unsafe.Pointer
	len, cap int
}

// value reads a value of type t to p.
func (l *loader) value(p unsafe.Pointer, t reflect.Type, nested int) {
	switch plan := planOf(t); plan.how {
	case bytewise:
		copy(unsafe.Slice((*byte)(p), t.Size()), l.bytes(int(t.Size())))
	case text:
		reflect.NewAt(t, p).Elem().SetString(l.text())
	case pointer:
		to, _ := l.place(t.Elem(), 1)
		*(*unsafe.Pointer)(p) = to
	case slice:
		l.slice(p, t)
	case table:
		if i := l.index("map", 1+len(l.maps)); i > 0 {
			m := l.maps[i-1].v
			if !m.CanConvert(t) || m.Type() != t && key(m.Type()) != key(t) {
				damaged("a map of type %s, expected %s", m.Type(), t)
			}
			reflect.NewAt(t, p).Elem().Set(m)
		}
	case boxed:
		i := l.index("type", 1+len(l.types))
		if i == 0 {
			return
		}
		in := l.types[i-1]
		if !in.AssignableTo(t) || in.Kind() == reflect.Interface || nested > maxNested {
			damaged("a %s in a %s", in, t)
		}
		v := reflect.New(in)
		l.whole(func() { l.value(v.UnsafePointer(), in, nested+1) }, func() { reflect.NewAt(t, p).Elem().Set(v.Elem()) })
	case replaced:
		s := reflect.New(plan.surrogate.as)
		l.value(s.UnsafePointer(), plan.surrogate.as, nested)
		l.later = append(l.later, func() {
			v, err := plan.surrogate.from(s.Elem())
			if err != nil {
				damaged("a %s: %w", t, err)
			}
			reflect.NewAt(t, p).Elem().Set(v)
		})
	case marshalled:
		if err := unmarshal(reflect.NewAt(t, p).Interface(), []byte(l.text()), plan.gob); err != nil {
			damaged("a %s: %w", t, err)
		}
	case record:
		for f := range fields(t) {
			l.value(unsafe.Add(p, f.Offset), f.Type, nested)
		}
	case row:
		for i := range t.Len() {
			l.value(unsafe.Add(p, uintptr(i)*t.Elem().Size()), t.Elem(), nested)
		}
	}
}

func (l *loader) slice(p unsafe.Pointer, t reflect.Type) {
	n, capacity := l.count(), l.count()
	at, most := l.place(t.Elem(), n)
	if at == nil && n > 0 || capacity < n {
		damaged("a slice of length %d and capacity %d", n, capacity)
	}
	*(*sliceOf)(p) = sliceOf{at, n, min(capacity, most)}
}

func unmarshal(v any, data []byte, byGob bool) (err error) {
	defer func() {
		if x := recover(); x != nil {
			err = fmt.Errorf("its method failed: %v", x)
		}
	}()
	if byGob {
		return v.(gob.GobDecoder).GobDecode(data)
	}
	return v.(encoding.BinaryUnmarshaler).UnmarshalBinary(data)
}
