// Package driver is the CUDA driver as package cuda uses it: one GPU with its
// primary context and one stream, its memory, modules, launches and graphs. It
// is the only importer of gorgonia.org/cu and adds the calls which that lacks:
// pinned memory, more than 48 KB of shared memory, launches with packed
// arguments, stream capture, graphs that run, errors in words.
//
//	gpu.go      GPU: what it is and can, its context
//	memory.go   device and pinned memory, copies
//	module.go   PTX to functions
//	launch.go   rows of launches
//	graph.go    rows of launches that run again as one
//	error.go    Error: the driver's code, name and words, and what was being done
//
// Every method makes the context current on the thread it runs on, so any
// goroutine may call any. Work is done in the order of the calls.
package driver
