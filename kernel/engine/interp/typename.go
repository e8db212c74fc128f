package interp

import (
	"fmt"
	"go/types"
	"strconv"
	"strings"

	"glassy/kernel/engine/cell"
)

// typeName is how reflection, and so %T and panics, name a type.
func (w *World) typeName(t types.Type) string { return cell.Unmark(typeText(t)) }

func typeText(t types.Type) string {
	list := func(tp *types.Tuple, variadic bool) string {
		var ss []string
		for i := range tp.Len() {
			s := typeText(tp.At(i).Type())
			if variadic && i == tp.Len()-1 {
				s = "..." + strings.TrimPrefix(s, "[]")
			}
			ss = append(ss, s)
		}
		return strings.Join(ss, ", ")
	}
	signature := func(sig *types.Signature) string {
		s := "(" + list(sig.Params(), sig.Variadic()) + ")"
		switch sig.Results().Len() {
		case 0:
			return s
		case 1:
			return s + " " + list(sig.Results(), false)
		}
		return s + " (" + list(sig.Results(), false) + ")"
	}
	switch t := types.Unalias(t).(type) {
	case *types.Basic:
		return types.Default(t).(*types.Basic).Name()
	case *types.Named:
		s := t.Obj().Name()
		if t.Obj().Pkg() != nil {
			s = t.Obj().Pkg().Name() + "." + s
		}
		if t.TypeArgs().Len() > 0 {
			var as []string
			for a := range t.TypeArgs().Types() {
				as = append(as, typeText(a))
			}
			s += "[" + strings.Join(as, ",") + "]"
		}
		return s
	case *types.Pointer:
		return "*" + typeText(t.Elem())
	case *types.Slice:
		return "[]" + typeText(t.Elem())
	case *types.Array:
		return fmt.Sprintf("[%d]%s", t.Len(), typeText(t.Elem()))
	case *types.Map:
		return "map[" + typeText(t.Key()) + "]" + typeText(t.Elem())
	case *types.Chan:
		return [...]string{types.SendRecv: "chan ", types.SendOnly: "chan<- ", types.RecvOnly: "<-chan "}[t.Dir()] + typeText(t.Elem())
	case *types.Signature:
		return "func" + signature(t)
	case *types.Struct:
		if t.NumFields() == 0 {
			return "struct {}"
		}
		var fs []string
		for i := range t.NumFields() {
			f := t.Field(i)
			s := typeText(f.Type())
			if !f.Embedded() {
				s = f.Name() + " " + s
			}
			if t.Tag(i) != "" {
				s += " " + strconv.Quote(t.Tag(i))
			}
			fs = append(fs, s)
		}
		return "struct { " + strings.Join(fs, "; ") + " }"
	case *types.Interface:
		if t.Empty() {
			return "interface {}"
		}
		var ms []string
		for m := range t.Methods() {
			ms = append(ms, m.Name()+signature(m.Signature()))
		}
		return "interface { " + strings.Join(ms, "; ") + " }"
	}
	return t.String()
}
