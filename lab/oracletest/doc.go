// Package oracletest holds the laboratory, on any device, against oracles:
// published or independently computed values in a file like
// lab/testdata/oracles.json.
//
//	oracletest.go  the file, the comparison, Run and RunOn
//	table.go       what computes the oracles of each name
//	inputs.go      their parameters
//	replay.go      a device whose noise is a list: a trajectory's
//	optim.go       steps and schedules of optimisers
//	wells.go       smoothed energies
//
// A new name is an entry in one of the two maps of table.go: closed for a
// formula, moving for what has vectors on a device, which is then tried on every
// device there is.
package oracletest
