package checkpoint

import (
	"encoding"
	"encoding/gob"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
)

// how a type is kept.
type how int

const (
	refused    how = iota // it is not
	bytewise              // as it lies in memory
	text                  // a string
	pointer               // a place in a region
	slice                 // the same, with lengths
	table                 // a map
	boxed                 // an interface: a type and a value
	record                // a struct, field by field
	row                   // an array, element by element
	marshalled            // by methods of its own
	replaced              // by a surrogate
)

// plan is how values of one type are kept.
type plan struct {
	how       how
	reason    string // refused
	surrogate *surrogate
	gob       bool // marshalled: by GobEncode
}

// surrogate stands for values of another type.
type surrogate struct {
	as       reflect.Type
	to, from func(reflect.Value) (reflect.Value, error)
}

var (
	plansMu    sync.Mutex
	plans      = map[reflect.Type]*plan{}
	surrogates = map[reflect.Type]*surrogate{}
)

// Surrogate says how values of type T, that hold what is no plain data, are kept:
// as those of type S. It is called before the first Save or Load.
func Surrogate[T, S any](to func(T) (S, error), from func(S) (T, error)) {
	value := func(v any, t reflect.Type) reflect.Value {
		p := reflect.New(t).Elem()
		if v != nil {
			p.Set(reflect.ValueOf(v))
		}
		return p
	}
	plansMu.Lock()
	defer plansMu.Unlock()
	surrogates[reflect.TypeFor[T]()] = &surrogate{
		as: reflect.TypeFor[S](),
		to: func(v reflect.Value) (reflect.Value, error) {
			x, _ := v.Interface().(T) // a nil interface is the zero T
			s, err := to(x)
			return value(s, reflect.TypeFor[S]()), err
		},
		from: func(v reflect.Value) (reflect.Value, error) {
			x, err := from(v.Interface().(S))
			return value(x, reflect.TypeFor[T]()), err
		},
	}
	clear(plans)
}

var (
	binaryOut = reflect.TypeFor[encoding.BinaryMarshaler]()
	binaryIn  = reflect.TypeFor[encoding.BinaryUnmarshaler]()
	gobOut    = reflect.TypeFor[gob.GobEncoder]()
	gobIn     = reflect.TypeFor[gob.GobDecoder]()
)

// planOf tells how a type is kept.
func planOf(t reflect.Type) *plan {
	plansMu.Lock()
	defer plansMu.Unlock()
	return makePlan(t)
}

func makePlan(t reflect.Type) *plan {
	if p := plans[t]; p != nil {
		return p
	}
	p := &plan{}
	plans[t] = p // for the types that mention themselves
	p.fill(t)
	return p
}

func (p *plan) fill(t reflect.Type) {
	if s := surrogates[t]; s != nil {
		p.how, p.surrogate = replaced, s
		return
	}
	if ptr := reflect.PointerTo(t); t.Name() != "" && t.Kind() != reflect.Interface && !own(t.PkgPath()) {
		switch {
		case ptr.Implements(gobOut) && ptr.Implements(gobIn):
			p.how, p.gob = marshalled, true
			return
		case ptr.Implements(binaryOut) && ptr.Implements(binaryIn):
			p.how = marshalled
			return
		}
	}
	switch t.Kind() {
	case reflect.Chan, reflect.Func, reflect.UnsafePointer:
		p.reason = map[reflect.Kind]string{
			reflect.Chan:          "a channel",
			reflect.Func:          "a function",
			reflect.UnsafePointer: "a pointer to memory of no type",
		}[t.Kind()]
	case reflect.String:
		p.how = text
	case reflect.Pointer:
		p.how = pointer
	case reflect.Slice:
		p.how = slice
	case reflect.Map:
		p.how = table
	case reflect.Interface:
		p.how = boxed
	case reflect.Array:
		p.how = row
		if makePlan(t.Elem()).how == bytewise {
			p.how = bytewise
		}
	case reflect.Struct:
		p.how = bytewise
		for f := range fields(t) {
			if !f.IsExported() && f.Name != "_" && !plain(t.PkgPath()) {
				p.how, p.reason = refused, fmt.Sprintf("a %s, which keeps to itself what it is made of", t)
				return
			}
			if makePlan(f.Type).how != bytewise {
				p.how = record
			}
		}
	default:
		p.how = bytewise
	}
}

// cells is the path of all cells' types.
const cells = "main"

// own reports whether a package's types are known to be plain data, in which
// their methods for gob would lose what is shared.
func own(path string) bool {
	return path == cells || path == "" || strings.HasPrefix(path, "glassy/") || strings.HasPrefix(path, "gonum.org/v1/")
}

// plain reports whether the fields that a package's types keep to themselves are
// no more than data: no handles of the operating system, nothing that is
// registered elsewhere.
func plain(path string) bool {
	return own(path) || strings.HasPrefix(path, "container/") || strings.HasPrefix(path, "image/") ||
		slices.Contains([]string{"bytes", "image", "math/big", "math/rand", "math/rand/v2", "strings", "sync", "sync/atomic"}, path)
}
