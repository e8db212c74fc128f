// Package transport measures how far distributions are from each other by Wasserstein's
// distance, moves them along its geodesics, and lets free energies fall in steps of it:
// Chaudhari (2018), Sections 6.2.1 and 6.2.2.
//
//	line.go      laws and samples of one variable, by their quantiles
//	gaussian.go  Gaussian laws: distance, Brenier's map, McCann's geodesic
//	exact.go     masses at points, by shortest augmenting paths; a dual that proves it
//	sinkhorn.go  the same with entropy, in logarithms, between two certain bounds
//	geodesic.go  masses on their way; Benamou and Brenier's action of a path of densities
//	dynamic.go   the path of densities of least action, on a line and in the plane
//	jko.go       steps of Jordan, Kinderlehrer and Otto on the line
//
// What is called a distance here is W₂², (6.16) squared: its least mean cost, with the
// cost |x-y|² where there is no other. A cost matrix is n×m, from sources to sinks.
package transport
