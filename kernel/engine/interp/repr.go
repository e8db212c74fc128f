package interp

import (
	"fmt"
	"go/types"
	"reflect"
	"strings"
	"unsafe"

	"glassy/kernel/engine/cell"
)

// A value of a type T is held in memory of the Go type repr(T):
//
//	a compiled type        itself
//	a declared type        what its underlying type is held in
//	a function             *Func
//	an interface           itself when it is a compiled package's, else any
//	a struct               a struct whose field names are all exported
//
// An interface holds a value itself when its type is the same to compiled code,
// and else an *Obj, which knows its type.
//
// A struct that refers to itself cannot be made by reflection: its fields of
// such types are held in opaque memory of the same layout, and viewed as what
// they are (view).

var (
	anyType     = reflect.TypeFor[any]()
	errorType   = reflect.TypeFor[error]()
	funcType    = reflect.TypeFor[*Func]()
	pointerType = reflect.TypeFor[unsafe.Pointer]()
	sliceType   = reflect.TypeFor[opaqueSlice]()
)

type opaqueSlice struct {
	_    unsafe.Pointer // the array
	_, _ int            // length and capacity
}

var basicTypes = map[types.BasicKind]reflect.Type{
	types.Bool: reflect.TypeFor[bool](), types.Int: reflect.TypeFor[int](), types.Int8: reflect.TypeFor[int8](),
	types.Int16: reflect.TypeFor[int16](), types.Int32: reflect.TypeFor[int32](), types.Int64: reflect.TypeFor[int64](),
	types.Uint: reflect.TypeFor[uint](), types.Uint8: reflect.TypeFor[uint8](), types.Uint16: reflect.TypeFor[uint16](),
	types.Uint32: reflect.TypeFor[uint32](), types.Uint64: reflect.TypeFor[uint64](), types.Uintptr: reflect.TypeFor[uintptr](),
	types.Float32: reflect.TypeFor[float32](), types.Float64: reflect.TypeFor[float64](),
	types.Complex64: reflect.TypeFor[complex64](), types.Complex128: reflect.TypeFor[complex128](),
	types.String: reflect.TypeFor[string](), types.UnsafePointer: pointerType,
	types.UntypedBool: reflect.TypeFor[bool](), types.UntypedInt: reflect.TypeFor[int](), types.UntypedRune: reflect.TypeFor[rune](),
	types.UntypedFloat: reflect.TypeFor[float64](), types.UntypedComplex: reflect.TypeFor[complex128](),
	types.UntypedString: reflect.TypeFor[string](), types.UntypedNil: anyType,
}

// key names a type; two types have the same key when they are identical.
func key(t types.Type) string {
	var b strings.Builder
	seen := map[types.Type]bool{}
	var write func(t types.Type)
	tuple := func(tp *types.Tuple) {
		for v := range tp.Variables() {
			write(v.Type())
			b.WriteByte(',')
		}
	}
	write = func(t types.Type) {
		switch t := types.Unalias(t).(type) {
		case *types.Basic:
			b.WriteString(t.Name())
		case *types.Named:
			fmt.Fprintf(&b, "%p", t.Origin().Obj())
			if t.TypeArgs().Len() > 0 {
				b.WriteByte('[')
				for a := range t.TypeArgs().Types() {
					write(a)
					b.WriteByte(',')
				}
				b.WriteByte(']')
			}
		case *types.TypeParam:
			fmt.Fprintf(&b, "$%p", t.Obj())
		case *types.Pointer:
			b.WriteByte('*')
			write(t.Elem())
		case *types.Slice:
			b.WriteString("[]")
			write(t.Elem())
		case *types.Array:
			fmt.Fprintf(&b, "[%d]", t.Len())
			write(t.Elem())
		case *types.Map:
			b.WriteString("map[")
			write(t.Key())
			b.WriteByte(']')
			write(t.Elem())
		case *types.Chan:
			fmt.Fprintf(&b, "chan%d ", t.Dir())
			write(t.Elem())
		case *types.Signature:
			b.WriteString("func(")
			tuple(t.Params())
			fmt.Fprintf(&b, ")%v(", t.Variadic())
			tuple(t.Results())
			b.WriteByte(')')
		case *types.Struct:
			b.WriteString("struct{")
			for i := range t.NumFields() {
				f := t.Field(i)
				fmt.Fprintf(&b, "%s %v %q ", f.Id(), f.Embedded(), t.Tag(i))
				write(f.Type())
			}
			b.WriteByte('}')
		case *types.Interface:
			if seen[t] {
				fmt.Fprintf(&b, "%p", t)
				return
			}
			seen[t] = true
			b.WriteString("interface{")
			for m := range t.Methods() {
				b.WriteString(m.Id() + " ")
				write(m.Type())
			}
			for e := range t.EmbeddedTypes() {
				if _, ok := e.Underlying().(*types.Interface); !ok {
					write(e)
				}
			}
			b.WriteByte('}')
		case *types.Union:
			for m := range t.Terms() {
				fmt.Fprintf(&b, "|%v", m.Tilde())
				write(m.Type())
			}
		case *types.Tuple:
			tuple(t)
		default:
			fmt.Fprintf(&b, "%T %p", t, t)
		}
	}
	write(t)
	return b.String()
}

func refusef(format string, args ...any) *Refusal {
	return &Refusal{What: fmt.Sprintf(format, args...)}
}

// symbolType is the Go type of an exported type of a compiled package.
func (w *World) symbolType(o *types.TypeName) reflect.Type {
	if o.Pkg() == nil {
		return nil
	}
	v, ok := w.symbols[o.Pkg().Path()][o.Name()]
	if !ok || !v.IsValid() || v.Kind() != reflect.Pointer {
		return w.learnt[o]
	}
	return v.Type().Elem()
}

// compiled reports whether a type's package is a compiled one.
func (w *World) compiled(p *types.Package) bool {
	return p == nil || w.symbols[p.Path()] != nil && w.units[p.Path()] == nil
}

// repr is the Go type that holds values of type t.
func (w *World) repr(t types.Type) reflect.Type {
	switch t := t.(type) {
	case *types.Basic:
		if r := basicTypes[t.Kind()]; r != nil {
			return r
		}
		panic(refusef("values of type %s", t))
	case *types.Alias:
		return w.repr(types.Unalias(t))
	case *types.Interface:
		return anyType
	case *types.Signature:
		return funcType
	case *types.TypeParam:
		panic(refusef("the type parameter %s outside of an instance", t))
	}
	k := key(t)
	if r := w.reprs[k]; r != nil {
		return r
	}
	r := w.makeRepr(t)
	if len(w.making) == 0 || !w.mentionsMaking(t) {
		w.reprs[k] = r
	}
	return r
}

func (w *World) makeRepr(t types.Type) reflect.Type {
	switch t := t.(type) {
	case *types.Named:
		o := t.Obj()
		if o.Pkg() == nil { // error
			if o.Name() == "error" {
				return errorType
			}
			return anyType
		}
		if t.TypeArgs().Len() == 0 {
			if r := w.symbolType(o); r != nil {
				return r
			}
			if w.compiled(o.Pkg()) && w.symbols[o.Pkg().Path()] != nil && w.sources[o.Pkg().Path()] == nil {
				panic(refusef("the type %s.%s, which is not in the tables of this engine", o.Pkg().Name(), o.Name()))
			}
		} else if w.compiled(o.Pkg()) && t.NumMethods() > 0 && w.sourceOf(o.Pkg().Path()) == nil {
			panic(refusef("the generic type %s.%s", o.Pkg().Name(), o.Name()))
		}
		if w.making[o] {
			return w.opaque(t)
		}
		w.making[o] = true
		r := w.repr(t.Underlying())
		delete(w.making, o)
		return r
	case *types.Pointer:
		return reflect.PointerTo(w.repr(t.Elem()))
	case *types.Slice:
		return reflect.SliceOf(w.repr(t.Elem()))
	case *types.Array:
		return reflect.ArrayOf(int(t.Len()), w.repr(t.Elem()))
	case *types.Map:
		return reflect.MapOf(w.repr(t.Key()), w.repr(t.Elem()))
	case *types.Chan:
		dir := map[types.ChanDir]reflect.ChanDir{types.SendRecv: reflect.BothDir, types.SendOnly: reflect.SendDir, types.RecvOnly: reflect.RecvDir}
		return reflect.ChanOf(dir[t.Dir()], w.repr(t.Elem()))
	case *types.Struct:
		fs := make([]reflect.StructField, t.NumFields())
		for i := range fs {
			f := t.Field(i)
			ft := w.fieldRepr(f.Type())
			fs[i] = reflect.StructField{Name: fieldName(f, i), Type: ft, Tag: reflect.StructTag(t.Tag(i))}
			if _, ok := f.Type().Underlying().(*types.Struct); ok && f.Embedded() && w.ours(f.Type()) {
				fs[i].Anonymous = true // its fields are promoted for package json too
			} else if strings.HasPrefix(fs[i].Name, cell.FieldMark) && fs[i].Tag == "" {
				fs[i].Tag = `json:"-" xml:"-"`
			}
		}
		return reflect.StructOf(fs)
	}
	panic(refusef("values of type %s", t))
}

func fieldName(f *types.Var, i int) string {
	switch {
	case f.Name() == "_":
		return fmt.Sprintf("%s_%d", cell.FieldMark, i)
	case !f.Exported():
		return cell.FieldMark + f.Name()
	}
	return f.Name()
}

// fieldRepr is the Go type of a field.
func (w *World) fieldRepr(t types.Type) reflect.Type {
	if w.mentionsMaking(t) {
		return w.opaque(t)
	}
	return w.repr(t)
}

// opaque is memory of the layout of a type that is being made.
func (w *World) opaque(t types.Type) reflect.Type {
	switch u := t.Underlying().(type) {
	case *types.Pointer, *types.Map, *types.Chan, *types.Signature:
		return pointerType
	case *types.Slice:
		return sliceType
	case *types.Interface:
		return w.repr(t)
	case *types.Array:
		return reflect.ArrayOf(int(u.Len()), w.fieldRepr(u.Elem()))
	case *types.Struct:
		return w.repr(u)
	}
	return w.repr(t)
}

// mentionsMaking reports whether a type is built from one that is being made.
func (w *World) mentionsMaking(t types.Type) bool {
	if len(w.making) == 0 {
		return false
	}
	seen := map[types.Type]bool{}
	var in func(t types.Type) bool
	in = func(t types.Type) bool {
		t = types.Unalias(t)
		if seen[t] {
			return false
		}
		seen[t] = true
		switch t := t.(type) {
		case *types.Named:
			if w.making[t.Obj()] {
				return true
			}
			if t.Obj().Pkg() == nil || w.reprs[key(t)] != nil || w.symbolType(t.Obj()) != nil {
				return false
			}
			return in(t.Underlying())
		case *types.Pointer:
			return in(t.Elem())
		case *types.Slice:
			return in(t.Elem())
		case *types.Array:
			return in(t.Elem())
		case *types.Chan:
			return in(t.Elem())
		case *types.Map:
			return in(t.Key()) || in(t.Elem())
		case *types.Struct:
			for f := range t.Fields() {
				if in(f.Type()) {
					return true
				}
			}
		}
		return false
	}
	return in(t)
}

// exact reports whether compiled code sees a value of type t as what it is.
func (w *World) exact(t types.Type) bool {
	switch t := types.Unalias(t).(type) {
	case *types.Basic:
		return true
	case *types.Named:
		return t.Obj().Pkg() == nil || t.TypeArgs().Len() == 0 && w.symbolType(t.Obj()) != nil
	case *types.Pointer:
		return w.exact(t.Elem())
	case *types.Slice:
		return w.exact(t.Elem())
	case *types.Array:
		return w.exact(t.Elem())
	case *types.Map:
		return w.exact(t.Key()) && w.exact(t.Elem())
	case *types.Chan:
		return w.exact(t.Elem())
	case *types.Interface:
		return t.Empty()
	case *types.Struct:
		return t.NumFields() == 0
	}
	return false
}

// view is v as what it is: memory of the Go type want.
func (w *World) view(v reflect.Value, want reflect.Type) reflect.Value {
	if v.Type() == want {
		return v
	}
	switch {
	case want == funcType && v.Kind() == reflect.Func:
		return reflect.ValueOf(fromGoFunc(w, v))
	case want.Kind() == reflect.Interface || v.Kind() == reflect.Interface:
		return w.inward(v, want)
	case v.Type().Size() != want.Size() || !opaqueKind(v.Type()) && !opaqueKind(want):
		return w.convertShape(v, want)
	}
	if !v.CanAddr() {
		p := reflect.New(v.Type()).Elem()
		p.Set(v)
		v = p
	}
	return reflect.NewAt(want, v.Addr().UnsafePointer()).Elem()
}

// opaqueKind reports whether a type is, or has in it, opaque memory, or a struct
// that reflection made.
func opaqueKind(t reflect.Type) bool {
	switch {
	case t == pointerType, t == sliceType:
		return true
	}
	switch t.Kind() {
	case reflect.Struct, reflect.Array, reflect.Pointer, reflect.Slice, reflect.Map:
		return true
	}
	return false
}

// convertShape gives values of the same make that compiled code names otherwise.
func (w *World) convertShape(v reflect.Value, want reflect.Type) reflect.Value {
	if v.Type().ConvertibleTo(want) {
		return v.Convert(want)
	}
	panic(refusef("a value of type %s where compiled code has %s", v.Type(), want))
}

// substitute puts type arguments in the place of type parameters.
func (w *World) substitute(t types.Type, env map[*types.TypeParam]types.Type) types.Type {
	if len(env) == 0 || t == nil {
		return t
	}
	seen := map[types.Type]bool{}
	var sub func(t types.Type) types.Type
	vars := func(tp *types.Tuple) (*types.Tuple, bool) {
		changed := false
		vs := make([]*types.Var, tp.Len())
		for i := range vs {
			v := tp.At(i)
			n := sub(v.Type())
			if n != v.Type() {
				changed = true
				v = types.NewVar(v.Pos(), v.Pkg(), v.Name(), n)
			}
			vs[i] = v
		}
		return types.NewTuple(vs...), changed
	}
	sub = func(t types.Type) types.Type {
		switch t := t.(type) {
		case *types.TypeParam:
			if a := env[t]; a != nil {
				return a
			}
		case *types.Alias:
			return sub(types.Unalias(t))
		case *types.Named:
			if t.TypeArgs().Len() == 0 {
				return t
			}
			args := make([]types.Type, t.TypeArgs().Len())
			changed := false
			for i := range args {
				args[i] = sub(t.TypeArgs().At(i))
				changed = changed || args[i] != t.TypeArgs().At(i)
			}
			if !changed {
				return t
			}
			n, err := types.Instantiate(w.ctx, t.Origin(), args, false)
			if err != nil {
				panic(refusef("the instance %s: %v", t, err))
			}
			return n
		case *types.Pointer:
			if e := sub(t.Elem()); e != t.Elem() {
				return types.NewPointer(e)
			}
		case *types.Slice:
			if e := sub(t.Elem()); e != t.Elem() {
				return types.NewSlice(e)
			}
		case *types.Array:
			if e := sub(t.Elem()); e != t.Elem() {
				return types.NewArray(e, t.Len())
			}
		case *types.Chan:
			if e := sub(t.Elem()); e != t.Elem() {
				return types.NewChan(t.Dir(), e)
			}
		case *types.Map:
			k, e := sub(t.Key()), sub(t.Elem())
			if k != t.Key() || e != t.Elem() {
				return types.NewMap(k, e)
			}
		case *types.Tuple:
			if n, changed := vars(t); changed {
				return n
			}
		case *types.Signature:
			ps, c1 := vars(t.Params())
			rs, c2 := vars(t.Results())
			if c1 || c2 {
				return types.NewSignatureType(t.Recv(), nil, nil, ps, rs, t.Variadic())
			}
		case *types.Struct:
			changed := false
			fs := make([]*types.Var, t.NumFields())
			tags := make([]string, len(fs))
			for i := range fs {
				f := t.Field(i)
				tags[i] = t.Tag(i)
				if n := sub(f.Type()); n != f.Type() {
					changed = true
					f = types.NewField(f.Pos(), f.Pkg(), f.Name(), n, f.Embedded())
				}
				fs[i] = f
			}
			if changed {
				return types.NewStruct(fs, tags)
			}
		case *types.Interface:
			if seen[t] {
				return t
			}
			seen[t] = true
			changed := false
			var ms []*types.Func
			for m := range t.Methods() {
				if n := sub(m.Signature()); n != m.Signature() {
					changed = true
					m = types.NewFunc(m.Pos(), m.Pkg(), m.Name(), n.(*types.Signature))
				}
				ms = append(ms, m)
			}
			if changed {
				return types.NewInterfaceType(ms, nil).Complete()
			}
		}
		return t
	}
	return sub(t)
}
