// Package run is what a computation tells the place it runs in: whether to go
// on, how far it is, and whose work it uses.
//
//	loop.go        Loop: steps that stop, count and report
//	note.go        Note, Listen: numbers of the way, for who draws them
//	run.go         Context, Progress, Version, Cite, Show, AtEnd; Host, the place
//	control.go     Control, Interact: what a reader sets, and what follows from it
//	share.go       Share: pieces of work on all threads
//	reference.go   the works that the laboratory cites; bibtex.go: their entries
//
// A long function of the laboratory takes a context, or [Context] where its
// caller gave none, goes through its steps by a [Loop], which stops and reports,
// and names its sources with [Cite]. Without a host nothing happens: the context
// is context.Background, progress and citations go nowhere, so the laboratory
// works the same in any Go program. A computation that was stopped returns what
// it has, and [Loop.Err] as the reason.
//
// There is one seam, [SetHost], and with who listens it is the only state of the package. A
// notebook cell calls optim.Descend(g, 2000) with no context in sight, yet the
// notebook's interrupt must reach that loop; since Go has no ambient context,
// one process-wide place has to say which computation is running. The session
// process of the kernel registers itself there, runs one cell at a time, and
// hands out that cell's context. A program that runs several computations at
// once passes its contexts explicitly instead: every long function that uses
// this package also accepts one.
//
// Nothing here prints, and nothing is throttled: the host knows how often its
// screen can change, the loop does not. A report costs about as much as reading
// the clock.
package run
