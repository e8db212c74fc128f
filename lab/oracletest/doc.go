// Package oracletest holds the laboratory, on any device, against oracles:
// published or independently computed values in a file like
// lab/testdata/oracles.json.
//
//	oracletest.go  the file, the comparison, Run and RunOn
//	table.go       what computes the oracles of each name
//	inputs.go      their parameters
//	replay.go      a device whose noise is a list: a trajectory's
//	optim.go       steps and schedules of optimisers
//	critical.go    critical points of glasses
//	wells.go       smoothed energies
//	entropy.go     local entropy
//	glass.go       a spin glass of three spins and all of its critical points
//	trajectory.go  spectra and correlations in time
//	diffusion.go   noise of gradients
//	perceptron.go  binary perceptrons and all of their weights
//
// A new name is an entry in one of the two maps of table.go: closed for a
// formula, moving for what has vectors on a device, which is then tried on every
// device there is.
package oracletest
