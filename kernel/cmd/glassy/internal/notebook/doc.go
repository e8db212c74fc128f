// Package notebook reads, changes and writes Jupyter notebooks, nbformat 4.
//
//	notebook.go   Notebook and Cell: the file, with every field that it does not know kept as it is
//	output.go     Output: what a cell leaves behind, in the form of the file
//	recorder.go   Recorder: from what a running cell emits to its outputs
//	figures.go    the images among the outputs, as files
//
// It executes nothing and knows no kernel.
package notebook
