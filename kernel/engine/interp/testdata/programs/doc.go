// Package programs is what the interpreter's tests run twice: compiled, and
// interpreted from the same text. Both must print the same.
package programs
