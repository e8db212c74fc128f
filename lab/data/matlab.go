package data

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
)

// A matlabArray is a numeric array of a MATLAB file: the first axis runs fastest.
type matlabArray struct {
	dims   []int
	kind   uint32 // of the numbers as they are stored
	values []byte
}

// The types of data elements (MATLAB's MAT-File Format, table 1-1).
const (
	miInt8 uint32 = iota + 1
	miUint8
	miInt16
	miUint16
	miInt32
	miUint32
	miSingle
	miDouble     = 9
	miInt64      = 12
	miUint64     = 13
	miMatrix     = 14
	miCompressed = 15
)

// miSize is the bytes of a number, 0 of what is none.
var miSize = [miCompressed + 1]int{miInt8: 1, miUint8: 1, miInt16: 2, miUint16: 2, miInt32: 4, miUint32: 4, miSingle: 4, miDouble: 8, miInt64: 8, miUint64: 8}

func (a matlabArray) len() int { return len(a.values) / miSize[a.kind] }

// at is number i.
func (a matlabArray) at(i int) float64 {
	b, order := a.values[i*miSize[a.kind]:], binary.LittleEndian
	switch a.kind {
	case miInt8:
		return float64(int8(b[0]))
	case miUint8:
		return float64(b[0])
	case miInt16:
		return float64(int16(order.Uint16(b)))
	case miUint16:
		return float64(order.Uint16(b))
	case miInt32:
		return float64(int32(order.Uint32(b)))
	case miUint32:
		return float64(order.Uint32(b))
	case miSingle:
		return float64(math.Float32frombits(order.Uint32(b)))
	case miInt64:
		return float64(int64(order.Uint64(b)))
	case miUint64:
		return float64(order.Uint64(b))
	}
	return math.Float64frombits(order.Uint64(b))
}

// parseMatlab returns the numeric arrays of a file of version 5 to 7.2 by their names:
// a header of 128 bytes, then elements, maybe compressed. It passes over strings,
// structures, cells and sparse matrices.
func parseMatlab(b []byte) (map[string]matlabArray, error) {
	const header = 128
	switch {
	case bytes.HasPrefix(b, []byte("MATLAB 7.3")):
		return nil, errors.New("is a MATLAB file of version 7.3, expected one up to 7.2: save it with -v7")
	case len(b) < header || !bytes.HasPrefix(b, []byte("MATLAB 5.0")):
		return nil, errors.New("is no MATLAB file: it does not begin with \"MATLAB 5.0\" and a header of 128 bytes")
	case string(b[126:128]) == "MI":
		return nil, errors.New("is a MATLAB file with its high bytes first, expected the low ones first")
	case string(b[124:128]) != "\x00\x01IM":
		return nil, fmt.Errorf("is a MATLAB file whose header ends in %q, expected \"\\x00\\x01IM\"", b[124:128])
	}
	arrays := map[string]matlabArray{}
	for b = b[header:]; len(b) > 0; {
		kind, element, rest, err := matlabElement(b)
		if err != nil {
			return nil, err
		}
		if b = rest; kind == miCompressed {
			if kind, element, err = inflate(element); err != nil {
				return nil, err
			}
		}
		if kind != miMatrix {
			continue
		}
		if err := addMatrix(arrays, element); err != nil {
			return nil, err
		}
	}
	return arrays, nil
}

// matlabElement is the element at the start of b, and what comes after it: a tag of 8
// bytes and data up to the next multiple of 8, which are not filled up when they are
// compressed; or at most 4 bytes of data in the tag.
func matlabElement(b []byte) (kind uint32, element, rest []byte, err error) {
	if len(b) < 8 {
		return 0, nil, nil, errors.New("ends within the tag of an element: it is cut off")
	}
	kind, size := binary.LittleEndian.Uint32(b), uint64(binary.LittleEndian.Uint32(b[4:]))
	if small := kind >> 16; small != 0 {
		if small > 4 {
			return 0, nil, nil, fmt.Errorf("has an element of %d bytes in its tag, expected at most 4: it is damaged", small)
		}
		return kind & 0xffff, b[4 : 4+small], b[8:], nil
	}
	b = b[8:]
	if size > uint64(len(b)) {
		return 0, nil, nil, fmt.Errorf("ends within an element of %d bytes: it is cut off", size)
	}
	element, end := b[:size], size
	if kind != miCompressed {
		end = min((size+7)/8*8, uint64(len(b)))
	}
	return kind, element, b[end:], nil
}

// inflate is the element in a compressed one.
func inflate(b []byte) (kind uint32, element []byte, err error) {
	r, err := zlib.NewReader(bytes.NewReader(b))
	if err == nil {
		b, err = io.ReadAll(r)
	}
	if err != nil {
		return 0, nil, fmt.Errorf("has a compressed element that does not unfold: %w", err)
	}
	kind, element, _, err = matlabElement(b)
	return kind, element, err
}

// addMatrix adds an array, the elements of which are its class, its lengths, its name
// and its numbers, when it is a numeric one.
func addMatrix(arrays map[string]matlabArray, b []byte) error {
	var part [4][]byte // the last: the numbers
	var kind uint32
	for i, what := range []string{"class", "lengths", "name", "numbers"} {
		var err error
		if kind, part[i], b, err = matlabElement(b); err != nil {
			return fmt.Errorf("has an array whose %s cannot be read: it %w", what, err)
		}
		const double, uint64s = 6, 15
		if i > 0 {
			continue
		}
		if len(part[0]) < 4 {
			return fmt.Errorf("has an array of which %d bytes tell the class, expected 8", len(part[0]))
		}
		if class := part[0][0]; class < double || class > uint64s {
			return nil
		}
	}
	name := string(part[2])
	if int(kind) >= len(miSize) || miSize[kind] == 0 {
		return fmt.Errorf("has numbers of type %d in the array %q, which is none of MATLAB's", kind, name)
	}
	a := matlabArray{kind: kind, values: part[3]}
	total := 1
	for at := part[1]; len(at) >= 4; at = at[4:] {
		n := int(int32(binary.LittleEndian.Uint32(at)))
		if n < 0 || n > 0 && total > math.MaxInt32*2/n {
			return fmt.Errorf("has an array %q with an axis of length %d, expected what fits in a file", name, n)
		}
		a.dims = append(a.dims, n)
		total *= n
	}
	if len(a.values) != total*miSize[kind] {
		return fmt.Errorf("has %d bytes of numbers in the array %q, expected %d for its lengths %v", len(a.values), name, total*miSize[kind], a.dims)
	}
	arrays[name] = a
	return nil
}
