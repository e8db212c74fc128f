package engine

import (
	"context"
	"go/types"
	"slices"
)

// repeated makes of a part what %timeit runs: declarations once, and a loop over
// the statements that a [cell.Timer] leads.
func (s *Session) repeated(ctx context.Context, p part, c Cell, out Output) ([]part, *Error) {
	u, _, fail := s.checked(ctx, p.text, c, out) // errors have the places of the text as it is written
	if u == nil {
		return nil, fail
	}
	src := u.src
	outer := slices.Clone(src.hidden)
	for _, d := range src.decls {
		outer = append(outer, d.whole)
	}
	body := masked(src.text, outer, false)
	if e := u.lastExpr(); e != nil {
		if keep := keeper(u.info.TypeOf(e)); keep != "" {
			body = body[:src.last.start] + keep + body[src.last.start:src.last.end] + ")" + body[src.last.end:]
		}
	}
	how := p.measure
	how.repeat = false
	var parts []part
	if len(outer) > 0 {
		parts = append(parts, part{text: masked(src.text, outer, true)})
	}
	const timer = "timer" + aliasSuffix
	loop := "for " + timer + " := " + cellImport + ".NewTimer(); " + timer + ".Next(); { for range " + timer + ".N {" + body + "\n}}"
	return append(parts, part{text: loop, measure: how}), nil
}

// keeper begins a call that uses values of a type, or is "" where none is needed.
func keeper(t types.Type) string {
	switch t := t.(type) {
	case nil:
		return ""
	case *types.Tuple:
		if t.Len() == 2 {
			return cellImport + ".Keep2("
		}
		return ""
	}
	return cellImport + ".Keep("
}
