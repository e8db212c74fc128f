package server

import "unicode/utf8"

// The protocol counts positions in code points, the engine in bytes.

// toBytes returns the byte offset of code point n of text, kept within it.
func toBytes(text string, n int) int {
	if n <= 0 {
		return 0
	}
	for i := range text {
		if n == 0 {
			return i
		}
		n--
	}
	return len(text)
}

// toPoints returns how many code points of text begin before byte offset n,
// kept within it.
func toPoints(text string, n int) int {
	return utf8.RuneCountInString(text[:min(max(n, 0), len(text))])
}
