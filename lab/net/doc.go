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
// reverse (Pearlmutter 1994): the tangent of the forward pass, then the tangent
// of the backward pass, so that a linear layer costs four products more than the
// two of the gradient's own passes back.
package net
