package engine

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"glassy/kernel/engine/cell"
)

// A compiled cell is package main with a path of its own, so that %T prints
// main.T. What reflection reads of its types is made what it would be in a
// program of one package main:
//
//   - names lose the marks of package cell, and fields are unexported again
//     (symbols type:.namedata.*);
//   - a struct with unexported fields says of which package they are, main
//     (a relocation to type:.importpath.*, whose text becomes main);
//   - the number of exported methods leaves the marked ones out. They stay in
//     the table, last, for interfaces of other cells.
//
// The compiler writes a table of exported names into every package main, for
// plugin.Lookup. A plugin that contains two of them cannot be opened; cells
// register themselves and need none. So the table gets a name that the linker
// does not know.
func unmarkArchive(ar []byte) ([]byte, error) {
	ar = bytes.ReplaceAll(ar, []byte("go:plugin.tabs"), []byte("go:plugin.none"))
	ar = bytes.ReplaceAll(ar, []byte("go:plugin.exports"), []byte("go:plugin.nothing"))
	start := bytes.Index(ar, []byte(objMagic))
	if start < 0 {
		return nil, fmt.Errorf("object file: no %q in it; this Go toolchain writes another format", objMagic[1:])
	}
	obj, err := unmarkObject(ar[start:])
	if err != nil {
		return nil, err
	}
	return resizeMember(ar, start, obj)
}

// arHeader is the size of the header before each file of an archive; the size
// of the file stands in it from arSize, ten characters wide.
const (
	arHeader = 60
	arSize   = 48
)

// resizeMember replaces ar[start:], the object code at the end of an archive's
// last file, and writes the file's new size.
func resizeMember(ar []byte, start int, obj []byte) ([]byte, error) {
	const name = "_go_.o"
	h := bytes.LastIndex(ar[:start], []byte(name))
	if h < 0 || h+arHeader > start {
		return nil, fmt.Errorf("object file: no %s in the archive", name)
	}
	old := ar[h+arSize : h+arSize+10]
	size, err := strconv.Atoi(strings.TrimSpace(string(old)))
	if err != nil || h+arHeader+size > len(ar) || start > h+arHeader+size {
		return nil, fmt.Errorf("object file: %q is not the size of %s in the archive", old, name)
	}
	size += len(obj) - (len(ar) - start)
	out := append(bytes.Clone(ar[:start]), obj...)
	copy(out[h+arSize:], fmt.Sprintf("%-10d", size))
	return out, nil
}

// The layout is that of cmd/internal/goobj.
const (
	objMagic     = "\x00go120ld"
	objOffsets   = 8 + 8 + 4 // magic, fingerprint, flags
	objSymSize   = 8 + 2 + 1 + 1 + 1 + 4 + 4
	objRelocSize = 4 + 1 + 2 + 8 + 8
	blkSymdef    = 3
	blkHash64def = 4
	blkHashdef   = 5
	blkNonpkgdef = 6
	blkNonpkgref = 7
	blkRelocIdx  = 11
	blkDataIdx   = 13
	blkReloc     = 14
	blkAux       = 15
	blkData      = 16
	blkCount     = 19

	relocAddr = 1 // objabi.R_ADDR
)

// The layout of types is that of internal/abi.
const (
	typeTFlag     = 20 // offset of Type.TFlag
	typeKind      = 23 // offset of Type.Kind_
	kindMask      = 1<<5 - 1
	kindStruct    = 25
	structPkgPath = 48 // offset of StructType.PkgPath
	structSize    = 80
	tflagUncommon = 1
	methodSize    = 16
)

// Bits of the first byte of a name (internal/abi.Name).
const (
	nameExported = 1 << iota
	nameHasTag
	nameHasPkg
	nameEmbedded
)

// symbolBlocks is where a reference's package index says that a symbol of this
// file is defined.
var symbolBlocks = map[int]int{
	1<<31 - 1: blkNonpkgdef, // found by name
	1<<31 - 2: blkHash64def, // found by content
	1<<31 - 3: blkHashdef,
	1<<31 - 5: blkSymdef,
}

const (
	nameSymbol = "type:.namedata."
	pathSymbol = "type:.importpath."
)

// object is an object file. The symbols that it defines are counted from 0
// through all their blocks.
type object struct {
	b     []byte
	block [blkCount]int
	n     int // symbols defined
}

// reloc is a relocation: where the address of a symbol belongs.
type reloc struct {
	off, size, typ int
	sym            int // as objects count, or -1 for a symbol defined elsewhere
}

func (o *object) u32(at int) int { return int(binary.LittleEndian.Uint32(o.b[at:])) }

func readObject(b []byte) (*object, error) {
	o := &object{b: b}
	if len(b) < objOffsets+4*blkCount {
		return nil, fmt.Errorf("object file: %d bytes are too few for a header", len(b))
	}
	prev := objOffsets + 4*blkCount
	for i := range o.block {
		o.block[i] = o.u32(objOffsets + 4*i)
		if o.block[i] < prev || o.block[i] > len(b) {
			return nil, fmt.Errorf("object file: block %d lies outside of its %d bytes", i, len(b))
		}
		prev = o.block[i]
	}
	o.n = (o.block[blkNonpkgref] - o.block[blkSymdef]) / objSymSize
	index := func(blk, next, size int) error {
		if o.block[blk]+4*(o.n+1) > len(b) {
			return fmt.Errorf("object file: block %d is too short for %d symbols", blk, o.n)
		}
		prev := 0
		for i := range o.n + 1 {
			at := o.u32(o.block[blk] + 4*i)
			if at < prev || at > (len(b)-o.block[next])/size {
				return fmt.Errorf("object file: symbol %d has its part of block %d outside of the file", i, next)
			}
			prev = at
		}
		return nil
	}
	if err := index(blkRelocIdx, blkReloc, objRelocSize); err != nil {
		return nil, err
	}
	return o, index(blkDataIdx, blkData, 1)
}

// name of symbol i, or "" when it lies outside of the file.
func (o *object) name(i int) string {
	sym := o.block[blkSymdef] + i*objSymSize
	size, at := o.u32(sym), o.u32(sym+4)
	if at+size > len(o.b) {
		return ""
	}
	return string(o.b[at : at+size])
}

// first is the number of the first symbol of a block.
func (o *object) first(blk int) int {
	return (o.block[blk] - o.block[blkSymdef]) / objSymSize
}

// reference writes a reference to symbol i.
func (o *object) reference(to []byte, i int) {
	for pkg, blk := range symbolBlocks {
		if k := i - o.first(blk); k >= 0 && k < o.first(blk+1)-o.first(blk) {
			binary.LittleEndian.PutUint32(to, uint32(pkg))
			binary.LittleEndian.PutUint32(to[4:], uint32(k))
		}
	}
}

func (o *object) data(i int) []byte {
	idx := o.block[blkDataIdx] + 4*i
	return o.b[o.block[blkData]+o.u32(idx) : o.block[blkData]+o.u32(idx+4)]
}

func (o *object) relocs(i int) []reloc {
	idx := o.block[blkRelocIdx] + 4*i
	var rs []reloc
	for k := o.u32(idx); k < o.u32(idx+4); k++ {
		at := o.block[blkReloc] + k*objRelocSize
		r := reloc{off: o.u32(at), size: int(o.b[at+4]), typ: int(binary.LittleEndian.Uint16(o.b[at+5:])), sym: -1}
		if blk, ok := symbolBlocks[o.u32(at+15)]; ok {
			if sym := o.first(blk) + o.u32(at+19); sym < o.n {
				r.sym = sym
			}
		}
		rs = append(rs, r)
	}
	return rs
}

// unmarkObject does to an object file what unmarkArchive says.
func unmarkObject(b []byte) ([]byte, error) {
	o, err := readObject(b)
	if err != nil {
		return nil, err
	}
	fields, marked := map[int]bool{}, map[int]bool{} // names that had a mark
	path := -1
	var types []int
	for i := range o.n {
		switch name := o.name(i); {
		case strings.HasPrefix(name, nameSymbol):
			field, mark := unmarkName(o.data(i))
			fields[i], marked[i] = field, mark
		case strings.HasPrefix(name, pathSymbol):
			if unmarkPath(o.data(i)) {
				path = i
			}
		case strings.HasPrefix(name, "type:") && !strings.HasPrefix(name, "type:."):
			types = append(types, i)
		}
	}
	var structs []int
	for _, i := range types {
		rs, data := o.relocs(i), o.data(i)
		if len(data) <= typeKind {
			continue
		}
		if data[typeTFlag]&tflagUncommon != 0 {
			o.countExported(data, rs, marked)
		}
		if data[typeKind]&kindMask != kindStruct || len(data) < structSize {
			continue
		}
		hidden, has := false, false
		for _, r := range rs {
			has = has || r.off == structPkgPath
			hidden = hidden || r.typ == relocAddr && fields[r.sym]
		}
		if hidden && !has {
			structs = append(structs, i)
		}
	}
	if len(structs) > 0 && path < 0 {
		return nil, fmt.Errorf("object file: no symbol %s in it, for the unexported fields of a struct", pathSymbol)
	}
	return o.setPkgPath(structs, path), nil
}

// countExported writes the number of exported methods of a type.
func (o *object) countExported(data []byte, rs []reloc, marked map[int]bool) {
	at := -1 // of the type's abi.UncommonType, which begins with a package path
	for _, r := range rs {
		if r.sym >= 0 && r.size == 4 && strings.HasPrefix(o.name(r.sym), pathSymbol) {
			at = r.off
		}
	}
	if at < 0 || at+16 > len(data) {
		return
	}
	le := binary.LittleEndian
	count, first := int(le.Uint16(data[at+4:])), at+int(le.Uint32(data[at+8:]))
	exported := int(le.Uint16(data[at+6:]))
	for _, r := range rs {
		if k := r.off - first; k >= 0 && k < count*methodSize && k%methodSize == 0 && marked[r.sym] {
			exported = min(exported, k/methodSize) // marked names sort last
		}
	}
	le.PutUint16(data[at+6:], uint16(exported))
}

// setPkgPath adds to each of the structs a relocation of its package path.
func (o *object) setPkgPath(structs []int, path int) []byte {
	slices.Sort(structs)
	le := binary.LittleEndian
	r := make([]byte, objRelocSize)
	le.PutUint32(r, structPkgPath)
	r[4] = 8
	le.PutUint16(r[5:], relocAddr)
	if path >= 0 {
		o.reference(r[15:], path)
	}
	out := bytes.Clone(o.b[:o.block[blkReloc]])
	from := o.block[blkReloc]
	for _, i := range structs {
		to := o.block[blkReloc] + o.u32(o.block[blkRelocIdx]+4*(i+1))*objRelocSize
		out = append(append(out, o.b[from:to]...), r...)
		from = to
	}
	out = append(out, o.b[from:]...)
	for i, k := 0, 0; i <= o.n; i++ {
		for k < len(structs) && structs[k] < i {
			k++
		}
		at := o.block[blkRelocIdx] + 4*i
		le.PutUint32(out[at:], uint32(o.u32(at)+k))
	}
	for blk := blkAux; blk < blkCount; blk++ {
		le.PutUint32(out[objOffsets+4*blk:], uint32(o.block[blk]+len(structs)*objRelocSize))
	}
	return out
}

// unitPrefix is how names of instances of generic types spell the package of a
// type argument.
var unitPrefix = regexp.MustCompile(`glassycell/[0-9]+\.`)

// readName returns the text of a name and how many bytes stand before it.
func readName(data []byte) (name string, at int, ok bool) {
	if len(data) < 2 || data[0]&nameHasPkg != 0 {
		return "", 0, false
	}
	size, k := binary.Uvarint(data[1:])
	if k <= 0 || size > uint64(len(data)-1-k) {
		return "", 0, false
	}
	return string(data[1+k : 1+k+int(size)]), 1 + k, true
}

// writeName puts a shorter name in the place of one: what is left over at the
// end is zero, and nobody reads it.
func writeName(data []byte, flags byte, old, name string, at int) {
	tail := bytes.Clone(data[at+len(old):])
	out := binary.AppendUvarint([]byte{flags}, uint64(len(name)))
	out = append(append(out, name...), tail...)
	clear(data[copy(data, out):])
}

// unmarkName takes the marks out of one name. It reports whether the name had
// one, and whether it is of a field that is unexported now.
func unmarkName(data []byte) (field, marked bool) {
	name, at, ok := readName(data)
	if !ok {
		return false, false
	}
	clean := unitPrefix.ReplaceAllString(cell.Unmark(name), "main.")
	if clean == name || len(clean) > len(name) {
		return false, false
	}
	flags := data[0]
	marked = strings.HasPrefix(name, cell.Mark)
	field = strings.HasPrefix(name, cell.FieldMark) || marked && flags&nameEmbedded != 0
	if field {
		flags &^= nameExported
	}
	writeName(data, flags, name, clean, at)
	return field, marked
}

// unmarkPath makes the path of a cell's package main, and reports whether it
// was one.
func unmarkPath(data []byte) bool {
	name, at, ok := readName(data)
	if !ok || !strings.HasPrefix(name, "glassycell/") {
		return false
	}
	writeName(data, data[0], name, "main", at)
	return true
}
