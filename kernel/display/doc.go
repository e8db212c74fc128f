// Package display turns Go values into what a notebook shows: Jupyter's MIME
// bundles. Cells use it under the name display, without an import line; a plain
// Go program can use it too.
//
//	bundle.go   Bundle, Text, and Displayer, the interface a value satisfies to be shown
//	of.go       Of: the bundle of any value
//	print.go    text/plain, as fmt writes it, bounded in length and safe on cycles
//	check.go    what makes a bundle valid, and what is done when it is not
//	media.go    plots and images
//	matrix.go   matrices: tables, heat maps, TeX
//	numbers.go  many numbers: what they are like; complex ones in the plane
//	table.go    slices of structs, and maps, as tables
//	failure.go  errors: what they wrap, what to do
//	rich.go     HTML, Markdown, LaTeX, JSON, SVG, PNG, ...: text and bytes as rich values
//	svg.go      ids in SVG made unique, so that two figures on a page do not mix
//	sink.go     Show, ShowAs, Update, Clear, and the Sink that they go to
//	comm.go     Comm: messages to a program in the page, and back
//
// Package widgets, below it, is sliders and the like over comms.
//
// Of never panics and never fails: whatever is wrong with a value is said in a
// note below its text. It imports no other package of this module.
package display
