// Package cell is what a compiled cell calls.
//
// A cell becomes a Go plugin whose init function registers its run function
// with [Register]. The compiler front end puts calls into the cell's code where
// Go itself would not let go:
//
//	Check           at loop heads and the entry of recursive functions
//	Sleep Recv Send Range, and a Done case in select: waits that can be stopped
//	Guard Guarded   around goroutines: a panic there is told, not fatal
//	Print Stdout …  so that the two output streams keep their order
//	Show            around the last expression
//	Save Load       in the cells of %checkpoint and %restore
//
// What a cell calls in the form that stops for a debugger is in package debug,
// below this one.
//
// A running cell is a [Run]. It is found from a goroutine's profiler labels,
// which Go hands on to the goroutines it starts; so a stop reaches all of a
// cell's goroutines, and none of another cell's.
package cell
