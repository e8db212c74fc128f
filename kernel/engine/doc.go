// Package engine runs notebook cells: Go text in, values, output and errors
// out. It knows no sockets and no notebook.
//
// A [Session] has two halves. This process holds the front end: it takes a cell
// apart, type-checks it against what earlier cells declared, writes Go that can
// be compiled and drives the toolchain's compile and link. A child, the session
// process, opens what comes out as a plugin and runs it; it holds the user's
// memory, and may die without the front end (packages cell and host). Both are
// Linux programs: they lean on process groups, /proc and ELF plugins.
//
// The life of a cell:
//
//	magic.go       % ! and ? lines are taken out
//	source.go      imports, declarations and statements are told apart
//	unit.go        what of it is new, what older code has to be compiled again
//	check.go       the type checker, with the live objects in package scope
//	declare.go     entities: what each name of the session is, and where
//	rewrite.go     edits that make a package of its own of the checked text;
//	instrument.go  and calls that let an interrupt in; shadow.go: fast loops
//	toolchain.go   compile and link; objfile.go between the two
//	execute.go     load, run, wait; restart.go when the process dies
//
// Each cell is a package, called a unit. Names are reached across units by
// three means. Marks: a lower-case name gets a capital letter that nobody types,
// for another package to see it, and loses it again in the object file, so that
// fmt and reflection show what was written. Slots: functions are called through
// variables, so that callers see a redefinition; a variable of the same type
// keeps its memory for the same reason. Versions: a type that is declared again
// is a new type, unless its text is what it was; one that only gets methods is
// compiled again over the same memory.
//
// complete.go, lookup.go and docs.go answer a front end that asks about a cell
// that is still being written, from the same type checker.
package engine
