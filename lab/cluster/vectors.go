package cluster

import (
	"fmt"
	"unsafe"

	"github.com/klauspost/compress/s2"

	"glassy/lab/device"
)

// memory is the numbers of v as bytes, in the order of this machine, little-endian
// wherever Glassy runs: shared with v where they are in host memory, else a copy.
func memory(v device.Vector) []byte {
	if v.DType() == device.Float64 {
		return bytesOf(numbers[float64](v))
	}
	return bytesOf(numbers[float32](v))
}

func numbers[T device.Number](v device.Vector) []T {
	if v.OnHost() {
		return device.Host[T](v)
	}
	return device.Read[T](v)
}

func bytesOf[T device.Number](x []T) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(x))), len(x)*int(unsafe.Sizeof(*new(T))))
}

// pack is vectors of one type as bytes, one after the other: shared with the
// vector where there is one, else a copy. Compressed, they are without loss:
// weights hardly repeat, but their signs and exponents do, so the bytes of all
// numbers are sorted by their place first.
func pack(compressed bool, vs ...device.Vector) []byte {
	b := memory(vs[0])
	if len(vs) > 1 {
		b = make([]byte, 0, size(vs))
		for _, v := range vs {
			b = append(b, memory(v)...)
		}
	}
	if !compressed {
		return b
	}
	return s2.EncodeBetter(nil, transpose(b, vs[0].DType().Size()))
}

func size(vs []device.Vector) int {
	n := 0
	for _, v := range vs {
		n += v.DType().Size() * v.Len()
	}
	return n
}

// unpack writes to vectors what pack has made of some like them.
func unpack(b []byte, compressed bool, vs ...device.Vector) error {
	want := size(vs)
	if compressed {
		if n, err := s2.DecodedLen(b); err != nil || n != want {
			return fmt.Errorf("cluster: a compressed vector of %d bytes (%v), expected %d", n, err, want)
		}
		raw, err := s2.Decode(nil, b)
		if err != nil {
			return fmt.Errorf("cluster: a compressed vector: %w", err)
		}
		b = transpose(raw, len(raw)/vs[0].DType().Size())
	}
	if len(b) != want {
		return fmt.Errorf("cluster: a vector of %d bytes, expected %d", len(b), want)
	}
	for _, v := range vs {
		n := size([]device.Vector{v})
		if v.DType() == device.Float64 {
			upload[float64](v, b[:n])
		} else {
			upload[float32](v, b[:n])
		}
		b = b[n:]
	}
	return nil
}

func upload[T device.Number](v device.Vector, b []byte) {
	if v.OnHost() {
		if to := bytesOf(device.Host[T](v)); unsafe.SliceData(to) != unsafe.SliceData(b) { // else it has come there
			copy(to, b)
		}
		return
	}
	x := make([]T, v.Len())
	copy(bytesOf(x), b)
	v.Device().Upload(v, device.Of(x))
}

// transpose is the matrix b with so many columns, row-major, transposed.
func transpose(b []byte, columns int) []byte {
	if columns == 0 {
		return b
	}
	rows := len(b) / columns
	out := make([]byte, len(b))
	for j := range columns {
		column := out[j*rows : (j+1)*rows]
		for i := range column {
			column[i] = b[i*columns+j]
		}
	}
	return out
}
