// Package interp interprets Go packages that were type-checked, for machines
// without a toolchain. A [World] loads the same text that the compiler would
// get, and calls compiled packages by tables of their exported things, which
// yaegi's extract writes.
//
// The tables are yaegi's; the evaluator is not. yaegi (v0.16.1) keeps no type
// beside a value in an interface. After
//
//	type Celsius int
//	var x any = 3
//	switch x.(type) {
//	case Celsius: // yaegi goes here, without a word
//	case int:
//	}
//
// nothing that a cell sees tells right from wrong; nor do its loops over
// functions, method values, min and max, and generic functions work. Here
// go/types has found every type before anything runs, and each expression is
// compiled to a closure that knows it.
//
// What cannot be right is a [Refusal], which names it: when the package is
// loaded, before anything of it runs, or at the call, where only the value tells.
// Refused are
//
//	packages that are not in the tables, iter.Pull, atomic.Pointer and other
//	generic things without source at hand, unsafe but for Pointer
//	package reflect on a value of an interpreted type, and packages that use it
//	to call methods or see names: gob, template
//	json of a type that refers to itself or has an unmarshaller of its own
//	an interpreted type as an interface of a compiled package with methods that
//	are not exported
//	a type declared in a generic function
//
// Two things differ where the language leaves them open: n + f() may take n
// before or after f changes it, and a map's order.
//
//	world.go     packages, their variables and functions
//	repr.go      the Go types that hold values; self-reference
//	compiler.go  a function: variables, captures, instances
//	expr.go      expressions; numbers.go arithmetic; convert.go conversions
//	stmt.go      statements; loops.go range and select; assign.go assignments
//	call.go      calls, of interpreted and compiled functions; builtin.go
//	path.go      fields, through embedded structs
//	thread.go    goroutines, frames, panics and deferred calls
//	object.go    values in interfaces whose type compiled code does not know;
//	             compare.go their equality
//	wrap.go      such values as compiled code's interfaces, or the refusal
//	format.go    and in package fmt; typename.go
package interp
