// Package checkpoint keeps the values of variables in a file: pointers that are
// shared stay shared, cycles stay cycles, and what cannot be kept is named with
// the reason.
//
//	file.go      the file: a line that names the format, a header, the values, a checksum
//	plan.go      how a type is kept: as bytes, field by field, by a surrogate, or not
//	layout.go    names and layouts of types, for types of two programs to be compared
//	walk.go      finding all that variables reach
//	regions.go   the memory that it lies in
//	save.go      Save: variables to a file
//	load.go      Load: a file to variables
//
// Memory is kept as regions: arrays of one type that nothing else overlaps. A
// pointer is a region and an offset, so one into the middle of an array is as
// good as any. Numbers are written as they lie in memory. So a file fits programs
// whose types have the same layout; Load compares before it changes anything.
//
// Values must not change while they are saved. The header is for the front end:
// it knows the source text of types, which this package does not.
package checkpoint
