package engine

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
)

// A front end finds the path of a cell by itself: prefix, hash of the text,
// suffix. No file is there; the source request has the text.
const (
	hashMethod = "Murmur2"
	hashSeed   = 0xc70f6907
	pathSuffix = ".go"
)

// pathPrefix differs from kernel to kernel. JupyterLab calls a cell by its
// number, and not by its path, where the path has ipykernel_ in it.
var pathPrefix = filepath.Join(os.TempDir(), fmt.Sprintf("glassy_ipykernel_%d", os.Getpid())) + string(filepath.Separator)

func cellPathOf(code string) string {
	return pathPrefix + fmt.Sprint(murmur2([]byte(code), hashSeed)) + pathSuffix
}

// murmur2 is MurmurHash2 by Austin Appleby, of 32 bits, with the bytes read in
// little-endian order.
func murmur2(data []byte, seed uint32) uint32 {
	const m = 0x5bd1e995
	h := seed ^ uint32(len(data))
	for ; len(data) >= 4; data = data[4:] {
		k := uint32(data[0]) | uint32(data[1])<<8 | uint32(data[2])<<16 | uint32(data[3])<<24
		k *= m
		k ^= k >> 24
		k *= m
		h = h*m ^ k
	}
	switch len(data) {
	case 3:
		h ^= uint32(data[2]) << 16
		fallthrough
	case 2:
		h ^= uint32(data[1]) << 8
		fallthrough
	case 1:
		h ^= uint32(data[0])
		h *= m
	}
	h ^= h >> 13
	h *= m
	return h ^ h>>15
}

// stops are the lines of a cell, in order, that have a statement where code in
// debug form can stop; nil for a cell that does not parse.
func stops(code string) []int {
	src, err := parseSource(withoutMagics(code))
	if err != nil {
		return nil
	}
	u := newUnit(1, src, newScope())
	u.write()
	u.fset = token.NewFileSet()
	file, err := parser.ParseFile(u.fset, "unit.go", u.text, parser.SkipObjectResolution)
	if err != nil {
		return nil
	}
	var lines []int
	d := &debugForm{rewriter: &rewriter{unit: u}}
	list := func(list []ast.Stmt) {
		for _, st := range list {
			d.lines = map[string]bool{} // each line anew
			switch st.(type) {
			case *ast.CaseClause, *ast.CommClause:
			default:
				if line, ok := d.stop(st); ok {
					lines = append(lines, line)
				}
			}
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GenDecl: // at the top: what is in the statements too
			return false
		case *ast.BlockStmt:
			list(n.List)
		case *ast.CaseClause:
			list(n.Body)
		case *ast.CommClause:
			list(n.Body)
		}
		return true
	})
	slices.Sort(lines)
	return slices.Compact(lines)
}

// stopAt is the first of lines that is not before line, or the last one; line
// itself where there are none.
func stopAt(lines []int, line int) int {
	i, _ := slices.BinarySearch(lines, line)
	switch {
	case len(lines) == 0:
		return line
	case i == len(lines):
		return lines[i-1]
	}
	return lines[i]
}
