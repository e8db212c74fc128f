package data

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"io/fs"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// element is a data element of a MATLAB file; small ones go into their tag.
func element(kind uint32, data []byte) []byte {
	var b []byte
	if n := len(data); n > 0 && n <= 4 {
		b = binary.LittleEndian.AppendUint32(b, kind|uint32(n)<<16)
		return append(append(b, data...), make([]byte, 4-n)...)
	}
	b = binary.LittleEndian.AppendUint32(b, kind)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(data)))
	b = append(b, data...)
	if kind == miCompressed {
		return b
	}
	return append(b, make([]byte, (8-len(b)%8)%8)...)
}

// matrix is an array of that class.
func matrix(class byte, name string, dims []int, kind uint32, values []byte) []byte {
	var lengths []byte
	for _, n := range dims {
		lengths = binary.LittleEndian.AppendUint32(lengths, uint32(n))
	}
	return element(miMatrix, slices.Concat(element(miUint32, []byte{class, 0, 0, 0, 0, 0, 0, 0}),
		element(miInt32, lengths), element(miInt8, []byte(name)), element(kind, values)))
}

func matlabFile(compressed bool, elements ...[]byte) []byte {
	b := append([]byte("MATLAB 5.0 MAT-file"), bytes.Repeat([]byte{' '}, 124-19)...)
	b = append(b, 0, 1, 'I', 'M')
	for _, e := range elements {
		if compressed {
			var z bytes.Buffer
			w := zlib.NewWriter(&z)
			w.Write(e)
			w.Close()
			e = element(miCompressed, z.Bytes())
		}
		b = append(b, e...)
	}
	return b
}

// house is the byte of image i of channel c in that row and column.
func house(i, c, row, col int) byte { return byte(7*i + 80*c + 3*row + col) }

// matlab is a file as Netzer's are, with those labels, of which y has a number each
// of as many bytes: MATLAB stores whole numbers of class double in few bytes.
func matlab(compressed bool, dims []int, labels []byte, bytesEach int) []byte {
	var x, y []byte
	for i, label := range labels {
		for c := range 3 {
			for col := range 32 {
				for row := range 32 {
					x = append(x, house(i, c, row, col))
				}
			}
		}
		if bytesEach == 8 {
			y = binary.LittleEndian.AppendUint64(y, math.Float64bits(float64(label)))
		} else {
			y = append(y, label)
		}
	}
	kind := miUint8
	if bytesEach == 8 {
		kind = miDouble
	}
	return matlabFile(compressed, matrix(4, "made by", []int{1, 2}, miUint16, []byte{104, 0, 105, 0}),
		matrix(9, "X", []int{32, 32, 3, len(labels)}, miUint8, x), matrix(6, "y", dims, kind, y))
}

func TestSVHN(t *testing.T) {
	dir := t.TempDir()
	if _, _, err := SVHN(dir); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "there is no train_32x32.mat") || !strings.Contains(err.Error(), "a folder svhn of the one that GLASSY_DATA names") {
		t.Errorf("no file: %v", err)
	}
	labels := []byte{1, 10, 9, 5, 2, 10, 3}
	put(t, filepath.Join(dir, "svhn", "train_32x32.mat"), matlab(true, []int{7, 1}, labels, 1))
	put(t, filepath.Join(dir, "svhn", "test_32x32.mat"), matlab(false, []int{3, 1}, labels[:3], 8))
	train, test, err := SVHN(dir)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(train.Y, []int32{1, 0, 9, 5, 2, 0, 3}) || !slices.Equal(test.Y, []int32{1, 0, 9}) || train.Classes != 10 {
		t.Errorf("labels %v and %v", train.Y, test.Y)
	}
	for _, s := range []*Set{train, test} {
		if !slices.Equal(s.Shape, []int{3, 32, 32}) {
			t.Fatalf("shape %v", s.Shape)
		}
		for k, x := range s.X {
			i, c, row, col := k/3072, k/1024%3, k/32%32, k%32
			if want := float32(house(i, c, row, col)) / 255; x != want {
				t.Fatalf("image %d, channel %d, row %d, column %d is %v, expected %v", i, c, row, col, x, want)
			}
		}
	}
}

func TestMatlabSlips(t *testing.T) {
	good := matlab(false, []int{2, 1}, []byte{1, 2}, 1)
	byHand := func(change func(b []byte)) []byte {
		b := slices.Clone(good)
		change(b)
		return b
	}
	torn := matlab(true, []int{2, 1}, []byte{1, 2}, 1)
	x := matrix(9, "X", []int{32, 32, 3, 1}, miUint8, make([]byte, 3072))
	for why, b := range map[string][]byte{
		"is no MATLAB file":             []byte("MATLAB 5.0"),
		"of version 7.3":                []byte("MATLAB 7.3 MAT-file"),
		"high bytes first":              byHand(func(b []byte) { copy(b[124:], "\x01\x00MI") }),
		"whose header ends in":          byHand(func(b []byte) { b[125] = 9 }),
		"ends within an element of":     good[:len(good)-20],
		"ends within the tag":           append(slices.Clone(good), 1, 2, 3),
		"does not unfold":               byHand(func(b []byte) { b[128] = miCompressed }),
		"lacks X or y":                  matlabFile(true, x),
		"has 2 labels for 1 images":     matlabFile(true, x, matrix(6, "y", []int{2, 1}, miUint8, []byte{1, 2})),
		"label 0 is 11, expected":       matlabFile(true, x, matrix(6, "y", []int{1, 1}, miUint8, []byte{11})),
		"label 0 is 0, expected":        matlabFile(true, x, matrix(6, "y", []int{1, 1}, miUint8, []byte{0})),
		"expected 32×32×3×n bytes":      matlabFile(true, matrix(9, "X", []int{2, 2}, miUint8, make([]byte, 4)), matrix(6, "y", []int{1, 1}, miUint8, []byte{1})),
		"expected 5 for its lengths":    matlabFile(true, matrix(9, "X", []int{5, 1}, miUint8, make([]byte, 4))),
		"an axis of length -1":          matlabFile(true, matrix(9, "X", []int{-1, 1}, miUint8, make([]byte, 4))),
		"none of MATLAB's":              matlabFile(true, matrix(9, "X", []int{5, 1}, 8, make([]byte, 5))),
		"whose name cannot be read":     matlabFile(true, element(miMatrix, slices.Concat(element(miUint32, []byte{9, 0, 0, 0, 0, 0, 0, 0}), element(miInt32, make([]byte, 8))))),
		"compressed element that does ": torn[:128+8+20],
	} {
		if why == "compressed element that does " {
			binary.LittleEndian.PutUint32(b[132:], 20)
		}
		if _, err := svhnSet("svhn", file{"f.mat", b}); err == nil || !strings.Contains(err.Error(), why) || !strings.Contains(err.Error(), "svhn: f.mat: ") {
			t.Errorf("%v, expected %q", err, why)
		}
	}
	for kind, b := range map[uint32][]byte{miInt8: {0xfe}, miInt16: {0xfe, 0xff}, miInt32: {0xfe, 0xff, 0xff, 0xff},
		miInt64: {0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, miSingle: {0, 0, 0, 0xc0}, miDouble: {0, 0, 0, 0, 0, 0, 0, 0xc0}} {
		if x := (matlabArray{kind: kind, values: b}).at(0); x != -2 {
			t.Errorf("type %d: %v, expected -2", kind, x)
		}
	}
	for kind, b := range map[uint32][]byte{miUint8: {2}, miUint16: {2, 0}, miUint32: {2, 0, 0, 0}, miUint64: {2, 0, 0, 0, 0, 0, 0, 0}} {
		if x := (matlabArray{kind: kind, values: b}).at(0); x != 2 {
			t.Errorf("type %d: %v, expected 2", kind, x)
		}
	}
}
