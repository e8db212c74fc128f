// Package inspect shows live values to a debugger, by reflection. It calls no
// methods, so that looking changes nothing and never waits, and it is bounded,
// whatever the size of a value.
//
//	tree.go    values with their parts, asked for one level at a time
//	text.go    a value in a line
//	eval.go    expressions of variables: selectors, indices, comparisons, sums
package inspect
