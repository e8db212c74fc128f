// Package lab is the root of the laboratory for energy landscapes. Any Go
// program can import its packages; none of them knows of the kernel.
//
// Everything in the thesis is an energy f: R^d → R and something that moves on
// it, smooths it, or measures it: landscapes and operators, which meet only in
// lab/thesis, one function per figure and table.
//
//	landscape   what an energy offers and an operator asks for: interfaces, nothing else
//
//	wells       energies of a few variables with their closed forms; a user's own function
//	glass       spherical p-spin glasses: how many critical points, where, of which index
//	net         neural networks, the thesis's by name; gradients, exact Hessian-vector products
//
//	optim       the one family of optimisers, from SGD to Parle
//
//	device      the seam to the hardware: vectors, and what heavy loops are made of
//	rng         random numbers by place: the same on one core, sixteen or a GPU
//	data        real data sets, checked, and what is done to them before training
//	run         what a long computation tells the cell that runs it: progress, stopping, sources
//	fig         figures over gonum/plot; imports no other lab package
//
//	thesis      the figures and tables of Chaudhari (2018), by number
//	bench       the same work in PyTorch, timed in turn with ours
//	oracletest  published values, and what computes them on any device
//
// Same seed, same bits, whatever the number of threads: randomness is an
// argument, work is cut by its shape, and sums are in a fixed order.
//
// No lab package prints, reads the environment or exits: they return values and
// errors, only fig and thesis draw, and long work stops with a context.Context
// and reports progress through run; habits_test.go sees to it. What a package
// may import stands in the table of kernel/arch_test.go.
//
// A caller's slip panics with "package: what, value, expected"; data or a file
// that is bad is an error that says what to do.
//
// oracle_test.go holds the laboratory against testdata/oracles.json, or against
// the file of the same form that GLASSY_ORACLES names, by way of oracletest.
// testdata/missing.txt names the oracles of the chapters still to come; it may
// only shrink, and the test fails when a name in it has got its implementation.
package lab
