package engine

import (
	"fmt"
	"go/token"
	"maps"
	"slices"
)

// release empties, at the end of the cell, the variables whose names the cell
// gave to variables of other types, when no function and no pointer can reach
// them any more: a compiled cell is never unloaded, and what its variables hold
// would stay for ever.
func (r *rewriter) release() {
	text := ""
	for _, name := range slices.Sorted(maps.Keys(r.newDefs)) {
		old := r.session.live[name]
		if old == nil || old.kind != token.VAR || old.mem.shared {
			continue
		}
		if e := r.newDefs[name]; e.kind == token.VAR && (e.unit == old.unit || e.boxed) {
			continue
		}
		text += fmt.Sprintf(" defer %s.Zero(&%s);", cellImport, r.reference(old))
	}
	if text != "" {
		r.insert(r.runBody().Lbrace+1, text)
	}
}
