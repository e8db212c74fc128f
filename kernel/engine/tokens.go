package engine

import (
	"go/scanner"
	"go/token"
)

// eachToken calls f with every token of a text, errors passed over.
func eachToken(text string, f func(off int, t token.Token, lit string)) {
	fset := token.NewFileSet()
	file := fset.AddFile("", fset.Base(), len(text))
	var sc scanner.Scanner
	sc.Init(file, []byte(text), func(token.Position, string) {}, scanner.ScanComments)
	for {
		pos, t, lit := sc.Scan()
		if t == token.EOF {
			return
		}
		f(file.Offset(pos), t, lit)
	}
}
