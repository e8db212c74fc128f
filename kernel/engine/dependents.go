package engine

import "go/token"

// leaveDependents drops from a plan what would be compiled again only because
// something it uses is.
func (u *unit) leaveDependents() {
	keep := u.again[:0]
	for _, e := range u.again {
		own := false
		for i, d := range u.src.decls {
			if d.isMethod() && !u.skipped[i] && d.recv == e.name && e.kind == token.TYPE {
				own = true
			}
		}
		if own {
			keep = append(keep, e)
			continue
		}
		delete(u.defined, e.name)
	}
	u.again = keep
}
