// Package sparse is the random, sparse network from which the thesis derives a
// spin glass (Chaudhari 2018, Section 2.1): p layers of N units, each joined to
// d others on average, with weights as often positive as negative.
//
//	network.go     Config and Network: layers drawn at random; data generated
//	               downwards (2.1), hidden units recovered upwards (2.2)
//	measure.go     how well, how sparse, and the couplings of (2.6)
//	paths.go       sums over paths with Gaussian couplings (2.7)
//	kolmogorov.go  a sample against a law
//
// What the thesis infers from it is a heuristic, and the package is for measuring
// how far it holds.
package sparse
