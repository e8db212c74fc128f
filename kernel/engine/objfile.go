package engine

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"regexp"

	"glassy/kernel/engine/cell"
)

// A compiled cell is package main with a path of its own, so that %T prints
// main.T. Two things in its object file have to change for that.
//
// The compiler writes a table of exported names into every package main, for
// plugin.Lookup. A plugin that contains two of them cannot be opened; cells
// register themselves and need none. So the table gets a name that the linker
// does not know.
//
// Names of types, fields and methods carry the marks of package cell. Reflection
// reads them from symbols called type:.namedata.*; there the mark is taken out,
// and a field becomes unexported again.
func unmarkArchive(ar []byte) ([]byte, error) {
	ar = bytes.ReplaceAll(ar, []byte("go:plugin.tabs"), []byte("go:plugin.none"))
	ar = bytes.ReplaceAll(ar, []byte("go:plugin.exports"), []byte("go:plugin.nothing"))
	start := bytes.Index(ar, []byte(objMagic))
	if start < 0 {
		return nil, fmt.Errorf("object file: no %q in it; this Go toolchain writes another format", objMagic[1:])
	}
	return ar, unmarkNames(ar[start:])
}

// The layout is that of cmd/internal/goobj.
const (
	objMagic     = "\x00go120ld"
	objOffsets   = 8 + 8 + 4 // magic, fingerprint, flags
	objSymSize   = 8 + 2 + 1 + 1 + 1 + 4 + 4
	blkSymdef    = 3
	blkNonpkgref = 7
	blkDataIdx   = 13
	blkData      = 16
	blkCount     = 19
)

// Bits of the first byte of a name (internal/abi.Name).
const (
	nameExported = 1 << iota
	nameHasTag
	nameHasPkg
	nameEmbedded
)

func unmarkNames(obj []byte) error {
	le := binary.LittleEndian
	if len(obj) < objOffsets+4*blkCount {
		return fmt.Errorf("object file: %d bytes are too few for a header", len(obj))
	}
	off := func(blk int) int { return int(le.Uint32(obj[objOffsets+4*blk:])) }
	if off(blkDataIdx) > len(obj) || off(blkData) > len(obj) || off(blkNonpkgref) > len(obj) || off(blkSymdef) > off(blkNonpkgref) {
		return fmt.Errorf("object file: its blocks lie outside of its %d bytes", len(obj))
	}
	const prefix = "type:.namedata."
	n := (off(blkNonpkgref) - off(blkSymdef)) / objSymSize
	for i := range n {
		sym := obj[off(blkSymdef)+i*objSymSize:]
		size, at := int(le.Uint32(sym)), int(le.Uint32(sym[4:]))
		if at+size > len(obj) || size < len(prefix) {
			continue
		}
		if name := string(obj[at : at+size]); name[:len(prefix)] != prefix {
			continue
		}
		idx := off(blkDataIdx) + 4*i
		from, to := off(blkData)+int(le.Uint32(obj[idx:])), off(blkData)+int(le.Uint32(obj[idx+4:]))
		if from > to || to > len(obj) {
			return fmt.Errorf("object file: symbol %d has its data outside of the file", i)
		}
		unmarkName(obj[from:to])
	}
	return nil
}

// unitPrefix is how names of instances of generic types spell the package of a
// type argument.
var unitPrefix = regexp.MustCompile(`glassycell/[0-9]+\.`)

// unmarkName takes the marks out of one name, in place: what is left over at the
// end is zero, and nobody reads it.
func unmarkName(data []byte) {
	if len(data) < 2 || data[0]&nameHasPkg != 0 {
		return
	}
	size, k := binary.Uvarint(data[1:])
	if k <= 0 || 1+k+int(size) > len(data) {
		return
	}
	name := string(data[1+k : 1+k+int(size)])
	clean := unitPrefix.ReplaceAllString(cell.Unmark(name), "main.")
	if clean == name {
		return
	}
	flags := data[0]
	if bytes.HasPrefix([]byte(name), []byte(cell.FieldMark)) || flags&nameEmbedded != 0 {
		flags &^= nameExported
	}
	tail := bytes.Clone(data[1+k+int(size):])
	out := binary.AppendUvarint([]byte{flags}, uint64(len(clean)))
	out = append(append(out, clean...), tail...)
	clear(data[copy(data, out):])
}
