package cell

import "strings"

// A cell's lower-case names must be reachable from later cells, which are other
// packages. So the compiler gives them a capital letter that nobody types, and
// takes it out of the type information again (engine/objfile.go). Fields have a
// letter of their own, because a field, unlike a method, can be made unexported
// again for reflection.
const (
	Mark      = "𐐀" // U+10400, Deseret capital letter long I
	FieldMark = "𐐁" // U+10401, Deseret capital letter long E
)

// RunFunc is the name of the function that holds a cell's statements.
const RunFunc = "run۰"

var unmark = strings.NewReplacer(Mark, "", FieldMark, "")

// Unmark takes the letters out of a text.
func Unmark(s string) string { return unmark.Replace(s) }
