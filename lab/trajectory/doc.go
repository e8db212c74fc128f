// Package trajectory keeps long trajectories of weights and analyses them in time:
// Chaudhari (2018), Section 6.3.3, which records the weights of a network after each
// of 10⁵ epochs and asks whether they move like a random walk.
//
//	series.go       Series: T points of d coordinates, read by columns; Of, in memory; Part of one
//	record.go       Recorder: a trajectory on its way into a file
//	file.go         File: what it has become; the format
//	columns.go      all coordinates, some at a time, on all threads
//	transform.go    discrete Fourier transforms of any length
//	spectrum.go     Spectrum of the increments x_{k+1} - x_k, beside that of white ones
//	correlation.go  Correlation of the points, beside white noise and an autoregression
//	brownian.go     the correlation of Brownian motion, by simulation
//	gradient.go     norms of the gradient along a trajectory
//
// Nothing here has a whole trajectory in memory: points go to the file in chunks, each
// with its coordinates one after the other, so that a few coordinates over all times are
// a few contiguous reads a chunk. What is averaged over coordinates is added up in
// blocks of them, in their order: the same bits on any number of threads.
//
// A training run records through the hook that it has for evaluations:
//
//	rec, err := trajectory.Record("tiny-fc.trajectory", "tiny-fc", f.New())
//	optim.Run(ctx, f, x, optim.Nesterov(1e-3, .9), optim.Options{Epochs: 1e5, Batch: 128,
//		Evaluate: func(x device.Vector) (loss, err float64) { rec.Append(x); return })})
//	err = rec.Close()
//
// One that is to go on after it was killed records its momentum too, all that
// [glassy/lab/optim.Part.State] has: Last is where it goes on.
package trajectory
