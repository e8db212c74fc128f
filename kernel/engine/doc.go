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
// That is the native engine. On a machine without a toolchain the session process
// interprets the same Go instead (package interp, by the tables of package
// symbols): the front end is one, and so are versions, slots, checkpoints and
// interrupts. What an interpreter cannot do right it refuses by name; it has no
// debugger, and loops take some hundred times as long.
//
// The life of a cell:
//
//	parts.go       % ! and ? lines are told from Go; magic.go: the table of magics
//	source.go      imports, declarations and statements are told apart
//	unit.go        what of it is new, what older code has to be compiled again
//	check.go       the type checker, with the live objects in package scope;
//	nearest.go     the name that was meant
//	declare.go     entities: what each name of the session is, and where
//	rewrite.go     edits that make a package of its own of the checked text;
//	instrument.go  and calls that let an interrupt in; shadow.go: fast loops
//	backend.go     what makes code run: native.go compiles it; interpreted.go
//	               leaves it to an interpreter in the session process
//	toolchain.go   compile and link; objfile.go between the two
//	execute.go     load and run; ask.go: the request and its result
//	restart.go     when the process dies
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
// The magics beside Go: timeit.go times statements (cell.Timer), prof.go shows
// where time goes (package profile), variables.go what the session holds, files.go
// reads and writes cells. They ask the session process for what variables hold
// (host/variables.go); table.go is how they show it.
//
// comm.go runs what the page sets going: a slider that was moved.
//
// complete.go, complete_literal.go, inspect.go, lookup.go and docs.go answer a
// front end that asks about a cell that is still being written, from the same
// type checker.
//
// A debugger (debug.go, debug_source.go) has cells compiled in another form
// (instrument_debug.go), with calls of package cell/debug between the
// statements; host/debug.go answers it from within the session process.
//
// What a session remembers beside its memory: checkpoint.go, values in a file
// (package checkpoint); stale.go, which outputs a change has made stale, from
// flow.go, what a cell takes and gives; record.go, what a result depends on; verify.go, whether the cells give
// the same again (package compare).
package engine
