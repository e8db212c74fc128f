// Package net holds the neural networks of the laboratory as energy landscapes
// (package landscape): a network is data, an [Architecture] over layers; its
// loss over a data set is a function of one flat parameter vector.
//
//	architecture.go   Architecture; the layout of the flat parameter vector
//	layer.go          the layer types and their shapes
package net
