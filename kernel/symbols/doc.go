// Package symbols holds what interpreted cells import, for a machine without a
// toolchain: tables of the exported things of the standard library, the lab,
// gonum and gonum/plot, and their types.
//
//	symbols.go    reads both
//	tables.go     generated: what the tables of yaegi do not have
//	packages.zip  generated: the types, and the source of generic functions
//	gen           the generator: go generate, after a change of the lab's API
//
// The tables of the standard library are yaegi's; of those that stop at an older
// Go, what is missing is generated.
package symbols
