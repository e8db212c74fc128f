// Package compare tells whether two runs of a cell gave the same: the same words
// in the same places, and numbers that differ by no more than a tolerance.
//
//	numbers.go   texts taken apart into words and numbers
//	outputs.go   outputs of a cell, kept and compared
//	verdict.go   what became of a cell: equal, differs, not comparable
//
// Lengths of time and progress bars are left out: they depend on the day. So are
// the ids in SVG, which are made unique in each run.
package compare
