// Package spectrum finds the eigenvalues of symmetric operators that are known
// by their products with vectors: Hessians and diffusion matrices of any landscape, or
// a function. And it looks at a landscape itself along lines and planes.
//
//	operator.go    Operator; Hessian, the Riemannian one on a sphere
//	curvature.go   GaussNewton, Fisher; Block: one layer's part of an operator
//	diffusion.go   Diffusion: the covariance of the gradients of single data
//	diffusionspectrum.go  its eigenvalues: rank, mean, deviation, score
//	track.go       Track: it along a training
//	exact.go       Exact: all eigenvalues, out of the whole matrix
//	matrix.go      Assemble: the whole matrix in a file, product by product, to go on with
//	extremes.go    Lanczos: some at both ends, with eigenvectors and error bounds
//	quadrature.go  Quadrature: the density of all of them, out of a few probes
//	law.go         Law: shares, moments, densities, with their errors
//	lanczos.go     the iteration under Lanczos and Quadrature, and the basis of Trace
//	trace.go       Trace: traces of A and A², the Frobenius norm
//	surface.go     Line, Plane: the energy itself about a point
//	direction.go   their axes: Direction with filters normalised, TrajectoryAxes
//
// Which one: Exact costs d products, 8d² bytes and some 4/3 d³ operations, ten
// seconds of two cores at d = 4000, and leaves no question open. Lanczos takes some
// tens of products for a few outliers and hundreds for what stands at the edge of a
// dense bulk; the larger of both ends is the norm |A|. Quadrature takes Probes × Steps
// products whatever d is. Trace takes 2 × Probes, and where a few eigenvalues make most
// of a trace, errs far less.
//
// A diffusion matrix of N data has at most N eigenvalues that are not 0: its exact
// spectrum takes min(N, d)² numbers, out of the gradients' factors.
//
// Both iterations keep all their vectors, Steps×d numbers of the operator's
// type, and orthogonalise against all of them, twice: no eigenvalue comes out as
// a ghost of another (Parlett 1998, section 6.9 and chapter 13).
//
// The same seed gives the same numbers on any number of threads. A computation
// that was stopped returns what it has found, with a [Status]; a product that is
// not finite, and an operator that is not symmetric, are errors.
package spectrum
