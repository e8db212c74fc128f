// Package bench compares the laboratory with PyTorch doing the same work on the
// same processor or GPU: same networks, shapes, type (float32), batch and number of
// threads, in turn, so that both meet the same disturbances.
//
//	go test ./lab/bench -table -v -timeout 30m
//
// prints, for one thread and for two, medians, their ratio (above 1 ours is
// faster), that of the fastest repetitions, which a busy machine disturbs less,
// and costs in gradients. With one thread the time is the processor's,
// which other programs on the machine disturb least, with two that on the wall.
// GLASSY_BENCH_PYTHON names the python that has PyTorch, python3 otherwise;
// without PyTorch it says so and prints our numbers. Without -table the tests
// only see to it that every task runs.
//
//	tasks.go           what is measured, on our side
//	memory_test.go     and in a process of its own
//	peers/pytorch.py   the same in PyTorch, as its users would write it
//	descents.go        gradient descents on a spin glass, beside
//	peers/descents.py  the same in NumPy, all gradients as one product of matrices
//	maps.go            t-SNE of Gaussian clusters, beside
//	peers/maps.py      the same in openTSNE, by FFT
//	curvature.go       products, probes, eigenvalues and traces of Hessians, beside
//	                   PyHessian and curvlinops
//	noise.go           the spectrum of the diffusion matrix, beside
//	peers/noise.py     gradients of single samples by PyTorch, eigenvalues by NumPy
//	smoothing.go       chapter 4: smoothing, densities, walkers, beside
//	peers/smoothing.py the same in NumPy and SciPy
//	trajectories.go    spectra and correlations of long trajectories, beside
//	peers/trajectories.py  the same in NumPy
//	currents.go        chapter 6: stationary states, densities, Sinkhorn, beside
//	peers/currents.py  the same in NumPy and SciPy
//	rival.go           tasks that a script of SciPy does too, in turn
//	perceptrons.go     all weights of a binary perceptron, beside
//	peers/perceptrons.py  the same in NumPy, and focusing belief propagation
//	peer.go            PyTorch as a process that answers requests, or says why not
//	table.go           rounds, medians, the table
//
// The tasks, each on a batch of 128 images of 28×28, of tiny-fc of 7×7, in memory:
//
//	step            a training step: forward and backward with dropout and
//	                batch-norm by the batch, then SGD with Nesterov's momentum .9
//	                (PyTorch: the fused optimiser)
//	gradient        in evaluation mode; the unit of the next three
//	product         Hessian times vector from nothing
//	product again   of another vector at the same weights
//	norms           squared norms of the gradients of the single samples
//	                (PyTorch: vmap of grad)
//	evaluate        mean loss and fraction of errors of 2,000 images
//	memory          peak resident memory of five steps above that of the process
//	                before, in a process of its own
//
// Spectra have a table of their own,
//
//	go test ./lab/bench -run Curvatures -table -v
//
// beside PyHessian and curvlinops, where the Python has them.
//
// So has the noise of SGD, chapter 6,
//
//	go test ./lab/bench -run Noise -table -v [-matrix]
//
// all eigenvalues of the diffusion matrix of small-lenet over 5,000 samples, of which
// the peer makes their Gram matrix, or, with -matrix, the 13,338×13,338 matrix itself.
//
// Gradient descents have a table of their own,
//
//	go test ./lab/bench -run Descents -table -v -descents 2000
//
// in the three regimes of Chaudhari 2018, Section 2.4.1: N = 100 spins, in
// float64 and in float32, the same glass and the same starts on both sides.
//
// So have maps,
//
//	go test ./lab/bench -run Maps -table -v
//
// of 20,000 points of 100 dimensions in 250 clusters, about as many as a 3-spin
// glass of 100 spins has minima that descents find.
//
// And so has chapter 4,
//
//	go test ./lab/bench -run Smoothing -table -v
//
// Hopf-Lax on a million points, beside all pairs of fewer, scaled; Cole-Hopf in the
// plane, beside SciPy's transforms, which lose what is 1e-16 of the largest; implicit
// steps of a density, beside its banded solver; a million walkers.
// Trajectories have
//
//	go test ./lab/bench -run Trajectories -table -v
//
// of 10⁵ points of 64 coordinates in memory, point by point as they are recorded, and
// coordinate by coordinate.
// Perceptrons have
//
//	go test ./lab/bench -run Perceptrons -table -v
//
// with all 2^25 weights for 20 patterns, and focusing belief propagation in time
// per input, pattern and step. Chapter 6 has
//
//	go test ./lab/bench -run Currents -table -v
//
// with stationary states beside a sparse factorisation, a density after a time beside
// expm_multiply, and Sinkhorn's iterations in logarithms.
package bench
