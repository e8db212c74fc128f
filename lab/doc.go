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
//	glass       spherical p-spin glasses of any degree, and the exact counts of their critical points
//	            glass/sparse: the random network that the thesis makes one of
//	net         neural networks, the thesis's by name; gradients, exact Hessian-vector products
//	perceptron  binary perceptrons: all their solutions, the theory of how many there are, and searches
//
//	optim       the one family of optimisers, from SGD to Parle; thousands of descents; critical points
//	entropy     local entropy of any landscape: exact, by Laplace's method, or sampled
//	pde         smoothing by the heat and Hamilton-Jacobi equations, Fokker-Planck, control; one or two variables
//	sde         walkers that move by stochastic differential equations: Langevin, with inertia, on two time scales
//	noneq       processes out of equilibrium: currents, potentials, entropy production
//	            noneq/transport: Wasserstein's distance, plans, geodesics, JKO steps
//	            noneq/information: divergences, bounds, bottlenecks
//	trajectory  long trajectories of weights in files; their spectra and correlations in time
//	spectrum    eigenvalues of Hessians and of the noise of gradients: all, the outermost, their density and traces out of a few probes; loss surfaces
//	embed       maps of many points in the plane: t-SNE, and densities for their background
//
//	device      the seam to the hardware: vectors, and what heavy loops are made of
//	rng         random numbers by place: the same on one core, sixteen or a GPU
//	data        real data sets, checked, and what is done to them before training
//	run         what a long computation tells the cell that runs it: progress, stopping, sources
//	fig         figures over gonum/plot; imports no other lab package
//
//	cluster     tasks, and the replicas of Parle, on many processes and machines, by NATS
//
//	thesis      the figures and tables of Chaudhari (2018), by number
//	bench       the same work in PyTorch, timed in turn with ours
//	oracletest  published values, and what computes them on any device
//
// The package itself holds what a notebook calls about its cells: Live (live.go)
// draws a running computation, and with Interact (interact.go) a reader moves what
// a figure is drawn for.
//
// Same seed, same bits, whatever the number of threads: randomness is an
// argument, work is cut by its shape, and sums are in a fixed order.
//
// No lab package prints, reads the environment or exits: they return values and
// errors, only fig, thesis and this package draw, and long work stops with a context.Context
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
