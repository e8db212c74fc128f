// Package lab is the root of the laboratory for energy landscapes. Any Go
// program can import its packages; none of them knows of the kernel.
//
// Everything in the thesis is an energy f: R^d → R and something that moves on
// it, smooths it, or measures it: landscapes and operators, which meet only in
// lab/thesis, one function per figure and table.
//
//	glass     spherical p-spin glasses: complexity and its relatives
//	fig       figures over gonum/plot; imports no other lab package
//	run       what a long computation tells the cell that runs it
//	thesis    the figures and tables of Chaudhari (2018), by number
//
// No lab package prints, reads the environment or exits.
package lab
