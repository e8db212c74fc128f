package checkpoint

import (
	"bufio"
	"encoding"
	"encoding/binary"
	"encoding/gob"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"unsafe"
)

// Var is a variable: At points to it.
type Var struct {
	Name string
	At   any
}

// Save writes variables to a file, and returns its size. Types are those of the
// cells as they are declared now. The header comes with source text and with one
// Variable for each of vars; Save completes it: a variable that cannot be kept
// gets a reason and the file is without its value.
func Save(path string, h *Header, vars []Var, types []reflect.Type) (size int64, err error) {
	if len(h.Variables) != len(vars) {
		return 0, fmt.Errorf("checkpoint %s: %d variables in the header, expected %d", path, len(h.Variables), len(vars))
	}
	n := naming{map[string]reflect.Type{}}
	for _, t := range types {
		n.live[key(t)] = t
	}
	all := newFound()
	var kept []int
	for i, v := range vars {
		at := reflect.ValueOf(v.At)
		w := &walker{known: all, found: newFound(), naming: n}
		if h.Variables[i].Reason != "" {
			continue
		}
		if err := w.walk(v.Name, at.UnsafePointer(), at.Type().Elem()); err != nil {
			h.Variables[i].Reason = err.Error()
			continue
		}
		all.add(w.found)
		kept = append(kept, i)
	}
	rs, err := regions(all.extents)
	if err != nil {
		return 0, fmt.Errorf("checkpoint %s: %w", path, err)
	}
	h.Dynamic = nil
	for t := range all.dynamic {
		h.Dynamic = append(h.Dynamic, key(t))
	}
	slices.Sort(h.Dynamic)
	s := newSaver(all, rs)
	s.noteShared(h, vars, kept)
	return write(path, h, func(w *bufio.Writer) {
		s.w = w
		s.values(vars, kept)
	})
}

// saver writes values.
type saver struct {
	*found
	w       *bufio.Writer
	regions []extent
	tables  []*mapping
	mapNo   map[uintptr]int
	typeNo  map[reflect.Type]int
	names   []reflect.Type
}

func newSaver(all *found, rs []extent) *saver {
	s := &saver{found: all, regions: rs, mapNo: map[uintptr]int{}, typeNo: map[reflect.Type]int{}}
	for _, at := range slices.Sorted(maps.Keys(all.maps)) {
		s.mapNo[at] = len(s.tables)
		s.tables = append(s.tables, all.maps[at])
	}
	for t := range all.types {
		s.names = append(s.names, t)
	}
	slices.SortFunc(s.names, func(a, b reflect.Type) int { return strings.Compare(key(a), key(b)) })
	for i, t := range s.names {
		s.typeNo[t] = i
	}
	return s
}

// noteShared tells which variables others point into.
func (s *saver) noteShared(h *Header, vars []Var, kept []int) {
	of := map[uintptr]int{}
	for _, i := range kept {
		of[uintptr(reflect.ValueOf(vars[i].At).UnsafePointer())] = i
	}
	for e := range s.pointed {
		if !s.extents[e] {
			continue // of size 0
		}
		r, _ := regionOf(s.regions, e.p)
		if i, ok := of[s.regions[r].start()]; ok {
			h.Variables[i].Shared = true
		}
	}
}

// values writes
//
//	types:   a count; of each its key and its layout
//	regions: a count; of each its type and length
//	maps:    a count; of each its type and length
//	the regions of the variables: a count; of each its name and its region
//	what is in the regions, and in the maps
func (s *saver) values(vars []Var, kept []int) {
	s.count(len(s.names))
	for _, t := range s.names {
		s.text(key(t))
		s.w.Write(binary.LittleEndian.AppendUint64(nil, layout(t)))
	}
	s.count(len(s.regions))
	for _, r := range s.regions {
		s.count(s.typeNo[r.t])
		s.count(r.n)
	}
	s.count(len(s.tables))
	for _, m := range s.tables {
		s.count(s.typeNo[m.t])
		s.count(len(m.entries))
	}
	s.count(len(kept))
	for _, i := range kept {
		at := reflect.ValueOf(vars[i].At)
		s.text(vars[i].Name)
		s.place(flat(at.UnsafePointer(), at.Type().Elem(), 1))
	}
	for _, r := range s.regions {
		s.run(r)
	}
	for _, m := range s.tables {
		for _, e := range m.entries {
			s.value(e[0], m.t.Key())
			s.value(e[1], m.t.Elem())
		}
	}
}

// A bufio.Writer keeps its first error, which Flush returns.

func (s *saver) count(n int) { s.w.Write(binary.AppendUvarint(s.w.AvailableBuffer(), uint64(n))) }

func (s *saver) text(t string) {
	s.count(len(t))
	s.w.WriteString(t)
}

// How a place is written: as 0 or 1, or as its region, counted from 2, and the
// offset in bytes.
const (
	nowhere   = 0 // nil
	somewhere = 1 // of size 0: anywhere does
	firstAt   = 2
)

func (s *saver) place(e extent) {
	switch {
	case e.p == nil:
		s.count(nowhere)
	case e.t.Size() == 0 || e.n == 0:
		s.count(somewhere)
	default:
		i, offset := regionOf(s.regions, e.p)
		s.count(firstAt + i)
		s.count(int(offset))
	}
}

func (s *saver) run(e extent) {
	size := e.t.Size()
	if planOf(e.t).how == bytewise {
		s.w.Write(unsafe.Slice((*byte)(e.p), uintptr(e.n)*size))
		return
	}
	for i := range e.n {
		s.value(unsafe.Add(e.p, uintptr(i)*size), e.t)
	}
}

func (s *saver) value(p unsafe.Pointer, t reflect.Type) {
	switch planOf(t).how {
	case bytewise:
		s.w.Write(unsafe.Slice((*byte)(p), t.Size()))
	case text:
		s.text(reflect.NewAt(t, p).Elem().String())
	case pointer:
		s.place(flat(*(*unsafe.Pointer)(p), t.Elem(), 1))
	case slice:
		v := reflect.NewAt(t, p).Elem()
		s.count(v.Len())
		s.count(v.Cap())
		s.place(flat(v.UnsafePointer(), t.Elem(), v.Len()))
	case table:
		if v := reflect.NewAt(t, p).Elem(); v.IsNil() {
			s.count(0)
		} else {
			s.count(1 + s.mapNo[uintptr(v.UnsafePointer())])
		}
	case boxed:
		c, ok := s.boxes[uintptr(p)]
		if !ok {
			s.count(0)
			return
		}
		s.count(1 + s.typeNo[c.Type().Elem()])
		s.value(c.UnsafePointer(), c.Type().Elem())
	case replaced:
		c := s.stands[place{uintptr(p), t}]
		s.value(c.UnsafePointer(), c.Type().Elem())
	case marshalled:
		s.text(string(s.blobs[place{uintptr(p), t}]))
	case record:
		for f := range fields(t) {
			s.value(unsafe.Add(p, f.Offset), f.Type)
		}
	case row:
		for i := range t.Len() {
			s.value(unsafe.Add(p, uintptr(i)*t.Elem().Size()), t.Elem())
		}
	}
}

func marshal(v any, byGob bool) ([]byte, error) {
	if byGob {
		return v.(gob.GobEncoder).GobEncode()
	}
	return v.(encoding.BinaryMarshaler).MarshalBinary()
}
