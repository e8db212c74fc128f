package engine

import (
	"fmt"
	"go/token"
	"go/types"
	"strconv"
	"strings"

	"glassy/kernel/engine/cell"
)

// unnameable is the error of a type that other packages cannot write.
type unnameable struct{ t types.Type }

func (e unnameable) Error() string {
	return fmt.Sprintf("the type %s has no name outside of where it is declared, so no variable of a later cell can hold it: declare the variable with an interface type, or use the value within one statement", e.t)
}

// typeString writes a type as source of unit u; it adds to u's imports what the
// text needs.
func (u *unit) typeString(t types.Type) (s string, err error) {
	defer func() {
		if x := recover(); x != nil {
			e, ok := x.(unnameable)
			if !ok {
				panic(x)
			}
			err = e
		}
	}()
	return u.writeType(t), nil
}

func (u *unit) writeType(t types.Type) string {
	switch t := t.(type) {
	case *types.Basic:
		if t.Kind() == types.UnsafePointer {
			return u.importName("unsafe") + ".Pointer"
		}
		return t.Name()
	case *types.Alias:
		return u.typeName(t.Obj(), t) + u.typeArgs(t.TypeArgs())
	case *types.Named:
		return u.typeName(t.Obj(), t) + u.typeArgs(t.TypeArgs())
	case *types.Pointer:
		return "*" + u.writeType(t.Elem())
	case *types.Slice:
		return "[]" + u.writeType(t.Elem())
	case *types.Array:
		return fmt.Sprintf("[%d]%s", t.Len(), u.writeType(t.Elem()))
	case *types.Map:
		return "map[" + u.writeType(t.Key()) + "]" + u.writeType(t.Elem())
	case *types.Chan:
		switch t.Dir() {
		case types.SendOnly:
			return "chan<- (" + u.writeType(t.Elem()) + ")"
		case types.RecvOnly:
			return "<-chan (" + u.writeType(t.Elem()) + ")"
		}
		return "chan (" + u.writeType(t.Elem()) + ")"
	case *types.Signature:
		return "func" + u.signature(t)
	case *types.Struct:
		var fs []string
		for i := range t.NumFields() {
			f := t.Field(i)
			text := u.writeType(f.Type())
			if !f.Embedded() {
				text = fieldName(f) + " " + text
			} else if base := strings.TrimPrefix(text, "*"); base == f.Name() && !f.Exported() {
				text = strings.TrimSuffix(text, base) + embeddable(base)
			}
			if tag := t.Tag(i); tag != "" {
				text += " " + strconv.Quote(tag)
			}
			fs = append(fs, text)
		}
		return "struct{" + strings.Join(fs, "; ") + "}"
	case *types.Interface:
		if t.Empty() && !t.IsComparable() {
			return "any"
		}
		var ms []string
		for m := range t.ExplicitMethods() {
			ms = append(ms, methodName(m)+u.signature(m.Type().(*types.Signature)))
		}
		for e := range t.EmbeddedTypes() {
			ms = append(ms, u.writeType(e))
		}
		return "interface{" + strings.Join(ms, "; ") + "}"
	case *types.Union:
		var ts []string
		for term := range t.Terms() {
			s := u.writeType(term.Type())
			if term.Tilde() {
				s = "~" + s
			}
			ts = append(ts, s)
		}
		return strings.Join(ts, " | ")
	}
	panic(unnameable{t})
}

func (u *unit) typeArgs(l *types.TypeList) string {
	if l.Len() == 0 {
		return ""
	}
	var as []string
	for t := range l.Types() {
		as = append(as, u.writeType(t))
	}
	return "[" + strings.Join(as, ", ") + "]"
}

func (u *unit) signature(t *types.Signature) string {
	s := "(" + u.tuple(t.Params(), t.Variadic()) + ")"
	if t.Results().Len() > 0 {
		s += " (" + u.tuple(t.Results(), false) + ")"
	}
	return s
}

func (u *unit) tuple(tp *types.Tuple, variadic bool) string {
	var ps []string
	for i := range tp.Len() {
		t := tp.At(i).Type()
		if variadic && i == tp.Len()-1 {
			ps = append(ps, "..."+u.writeType(t.(*types.Slice).Elem()))
			continue
		}
		ps = append(ps, u.writeType(t))
	}
	return strings.Join(ps, ", ")
}

func (u *unit) typeName(o *types.TypeName, t types.Type) string {
	if o.Pkg() == nil {
		return o.Name()
	}
	if e := u.entityOf(o); e != nil {
		return u.reference(e)
	}
	if o.Pkg().Path() == cellPath || o.Parent() != o.Pkg().Scope() || !o.Exported() {
		panic(unnameable{t})
	}
	return u.importName(o.Pkg().Path()) + "." + o.Name()
}

// exported gives a name of a cell its capital letter.
func exported(name string) string {
	if token.IsExported(name) {
		return name
	}
	return cell.Mark + name
}

func methodName(m *types.Func) string { return exported(m.Name()) }

// fieldName is the name a field has in compiled code. An embedded field has the
// name of its type.
func fieldName(f *types.Var) string {
	switch {
	case f.Exported() || f.Name() == "_":
		return f.Name()
	case f.Embedded():
		return cell.Mark + f.Name()
	}
	return cell.FieldMark + f.Name()
}

// embeddable is the name of a predeclared type for embedding.
func embeddable(name string) string { return cellImport + "." + cell.Mark + name }
