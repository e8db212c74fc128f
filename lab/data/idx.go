package data

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// ReadIDX reads images and labels in the IDX format of MNIST (LeCun, Cortes,
// Burges), raw or gzipped: unsigned bytes, N×H×W and N. Pixels become x/255, so
// that they are on [0, 1]. Labels must be 0..classes-1.
func ReadIDX(name, images, labels string, classes int) (*Set, error) {
	pixels, err := readFile(images)
	if err != nil {
		return nil, err
	}
	digits, err := readFile(labels)
	if err != nil {
		return nil, err
	}
	return idxSet(name, classes, file{images, pixels}, file{labels, digits})
}

// file is what a file holds, decompressed.
type file struct {
	path string
	b    []byte
}

func idxSet(name string, classes int, images, labels file) (*Set, error) {
	shape, pixels, err := parseIDX(images.b)
	if err == nil && len(shape) != 3 {
		err = fmt.Errorf("has %d axes, expected 3: images, rows, columns", len(shape))
	}
	if err != nil {
		return nil, fmt.Errorf("data: %s: %s: %w", name, images.path, err)
	}
	count, y, err := parseIDX(labels.b)
	if err == nil && (len(count) != 1 || count[0] != shape[0]) {
		err = fmt.Errorf("has labels of shape %v, expected [%d], one for each image", count, shape[0])
	}
	if err != nil {
		return nil, fmt.Errorf("data: %s: %s: %w", name, labels.path, err)
	}
	s := &Set{Name: name, Shape: []int{1, shape[1], shape[2]}, Classes: classes, X: make([]float32, len(pixels)), Y: make([]int32, len(y))}
	unitInterval(s.X, pixels, 255)
	for i, c := range y {
		s.Y[i] = int32(c)
	}
	return s, s.Validate()
}

// parseIDX reads the header (two zero bytes, the type 8 of unsigned bytes, the
// number of axes, their lengths in big-endian 32 bits) and returns the shape and
// the bytes after it.
func parseIDX(b []byte) (shape []int, values []byte, err error) {
	if len(b) < 4 || b[0] != 0 || b[1] != 0 || b[3] < 1 || b[3] > 4 {
		return nil, nil, errors.New("is no IDX file: its first four bytes are no header")
	}
	if b[2] != 8 {
		return nil, nil, fmt.Errorf("is an IDX file of type %#02x, expected 0x08, unsigned bytes", b[2])
	}
	axes := int(b[3])
	if len(b) < 4+4*axes {
		return nil, nil, errors.New("ends within its header")
	}
	total := 1
	for i := range axes {
		n := int(binary.BigEndian.Uint32(b[4+4*i:]))
		if n == 0 || n > 1<<40/total {
			return nil, nil, fmt.Errorf("axis %d has length %d, expected 1 to what fits in memory", i, n)
		}
		shape = append(shape, n)
		total *= n
	}
	values = b[4+4*axes:]
	if len(values) != total {
		return nil, nil, fmt.Errorf("has %d bytes after its header, expected %d for shape %v: it is cut off, or too long", len(values), total, shape)
	}
	return shape, values, nil
}

// unitInterval is x = b/top.
func unitInterval(x []float32, b []byte, top int) {
	var table [256]float32
	for i := range table {
		table[i] = float32(i) / float32(top)
	}
	for i, v := range b {
		x[i] = table[v]
	}
}
