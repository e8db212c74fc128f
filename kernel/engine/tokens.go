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

// nesting is by how much a token changes the depth of brackets.
func nesting(t token.Token) int {
	switch t {
	case token.LPAREN, token.LBRACK, token.LBRACE:
		return 1
	case token.RPAREN, token.RBRACK, token.RBRACE:
		return -1
	}
	return 0
}
