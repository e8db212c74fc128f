package checkpoint

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"sort"
	"unicode"
	"unicode/utf8"
	"unsafe"
)

func exported(name string) bool {
	r, _ := utf8.DecodeRuneInString(name)
	return unicode.IsUpper(r)
}

// regions makes of extents, which may overlap, memory that does not, in the
// order of addresses.
func regions(extents map[extent]bool) ([]extent, error) {
	all := make([]extent, 0, len(extents))
	for e := range extents {
		all = append(all, e)
	}
	slices.SortFunc(all, func(a, b extent) int { return cmp.Or(cmp.Compare(a.start(), b.start()), cmp.Compare(b.end(), a.end())) })
	var out []extent
	for _, e := range all {
		if len(out) == 0 || e.start() >= out[len(out)-1].end() {
			out = append(out, e)
			continue
		}
		last := &out[len(out)-1]
		offset := e.start() - last.start()
		switch {
		case e.end() <= last.end() && room(last.t, last.n, offset, e.t) >= e.n:
		case e.start() == last.start() && e.end() == last.end() && room(e.t, e.n, 0, last.t) >= last.n:
			*last = e
		case e.t == last.t && offset%e.t.Size() == 0:
			last.n = int(offset/e.t.Size()) + e.n
		default:
			return nil, fmt.Errorf("the same memory is used as %d of %s and as %d of %s", last.n, last.t, e.n, e.t)
		}
	}
	return out, nil
}

// regionOf finds the region that an address is in.
func regionOf(rs []extent, p unsafe.Pointer) (i int, offset uintptr) {
	i = sort.Search(len(rs), func(i int) bool { return rs[i].start() > uintptr(p) }) - 1
	return i, uintptr(p) - rs[i].start()
}

// allocate makes the memory of a region, of zeros.
func allocate(t reflect.Type, n int) unsafe.Pointer {
	return reflect.MakeSlice(reflect.SliceOf(t), n, n).UnsafePointer()
}
