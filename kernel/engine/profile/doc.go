// Package profile shows a CPU profile of a cell: the functions and the lines
// that took the time, as tables, and a flame graph.
//
//	profile.go  what the samples of runtime/pprof say of functions and lines
//	flame.go    the flame graph, as SVG
//
// What a function or a file of a cell is called is the engine's to say.
package profile
