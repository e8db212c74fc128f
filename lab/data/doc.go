// Package data holds real data sets in memory: labelled images and texts.
//
//	set.go   Set: samples and labels; subsets, splits, a check
package data
