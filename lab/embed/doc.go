// Package embed draws maps: points of many dimensions as points in the plane,
// neighbours as neighbours. It is t-SNE (van der Maaten & Hinton 2008) for a few
// points to some hundred thousand, and the density of a map for its background.
//
//	tsne.go        TSNE, Options, Embedding
//	neighbours.go  exact nearest neighbours, by matrix products
//	affinity.go    perplexities, and the sparse matrix P
//	start.go       where points start: on their principal axes, or at random
//	descend.go     gradient descent with momentum and gains
//	forces.go      the gradient and KL: all pairs on a device, or a grid
//	grid.go        the potential of all points on each, in time linear in their number
//	spline.go      the polynomials that join points and grid
//	place.go       new points in a finished map
//	density.go     Density: a Gaussian kernel estimate
//	average.go     Average: values at points, smoothed
//	chunks.go      work in pieces, on all threads
//
// How it goes. The k = 3·perplexity nearest neighbours of each point are found
// among all, and get probabilities of that perplexity, made symmetric: P. The map
// is moved down KL(P‖Q), Q ∝ 1/(1+|y_i-y_j|²): neighbours attract each other,
// pair by pair, and all points repel each other, by a potential that is read off a
// grid (Linderman et al. 2019). Methods and defaults are those of openTSNE
// (Poličar, Stražar & Zupan 2024), whose gradient lacks the factor 4 as ours
// does, so that rates are comparable.
//
// What it costs, for n points of d dimensions, k neighbours and a map of extent
// e: 2n²d operations of matrix products for the neighbours; then in each iteration
// n·k/1.5 pairs, and some 100 e³ operations of matrix products for a grid with two
// nodes to a unit. Maps grow as √n. 20,000 points of 100 dimensions take 15 s of
// one processor for 750 iterations, and 150 MB. A map that spreads over more than
// 500 units, as one of a million points may, gets no finer grid but a coarser one.
//
// Same bits: results depend on the data, the options and the machine's BLAS, not
// on the number of threads. A map follows its forces as weather does: rounding
// otherwise, as on a GPU, gives another map of about the same KL.
package embed
