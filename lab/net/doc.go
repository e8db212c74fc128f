// Package net holds the neural networks of the laboratory as energy landscapes
// (package landscape). A network is data, an [Architecture] of layers; its [Loss]
// over a data set is a function of one flat parameter vector, with exact
// derivatives: gradients, gradients of single samples, Hessian- and
// Gauss-Newton-vector products, Fisher diagonals.
//
//	architecture.go   Architecture; the layout of the flat parameter vector
//	layer.go          the layer types
//	named.go          the networks of the thesis
//	initialise.go     where training starts, by papers
//	file.go           parameters in a file
//	loss.go           Loss: value, gradient, training batches, evaluation
//	curvature.go      Hessian- and Gauss-Newton-vector products
//	gradients.go      gradients of single samples, factored; part.go their blocks
//	fisher.go         diagonals of Fisher matrices
//	machine.go        passes through the network: forward, back, and their tangents
//	feed.go, head.go  its two ends: samples in, cross-entropy out
//	dense.go, conv.go, norm.go, activation.go, pool.go, dropout.go,
//	embedding.go, lstm.go, residual.go
//	                  each layer: its shapes and blocks, then its passes
//
// All arithmetic is package device's. A Hessian-vector product is forward over
// reverse (Pearlmutter 1994). Where a layer multiplies by its weights, a gradient
// takes one product forward and two back; a Hessian-vector product takes two
// forward and four back for the tangents, and one each way for the point, which
// further products at the same point share. The first layer has no products for
// its input: 2 for a gradient, 3 for a Hessian-vector product, 2 for a further one.
package net
