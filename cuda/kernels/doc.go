// Package kernels holds the CUDA kernels: their sources (*.cu, *.h), and the
// PTX that these compile to, embedded.
//
// It needs neither CUDA nor cgo. The PTX is committed, so that only who changes
// a kernel needs a compiler, which compile.sh fetches.
package kernels
