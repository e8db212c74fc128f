// Package files writes, copies and removes files so that nothing is left
// half-done: a file is whole or untouched, a folder is swapped in one step.
//
//	save.go   Save, Writable: one file
//	tree.go   Replace, Remove, Copy: folders, and files into them
package files
