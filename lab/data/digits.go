package data

import (
	_ "embed"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strconv"
)

//go:embed testdata/digits.csv.gz
var digitsGz []byte

// Digits is 1,797 handwritten digits of 8×8 pixels (Alpaydin and Kaynak 1998; see
// testdata/NOTICE.txt). They come with the program: no file is needed. Pixels
// are x/16, on [0, 1]. The set has no test part of its own: see [Set.Split].
func Digits() *Set {
	s, err := digitsSet(digitsGz)
	if err != nil {
		panic(err) // the program's own bytes
	}
	return s
}

func digitsSet(gz []byte) (*Set, error) {
	r, err := decompress(gz)
	if err != nil {
		return nil, fmt.Errorf("data: digits: %w", err)
	}
	pixels, y, err := parseDigits(r)
	if err != nil {
		return nil, fmt.Errorf("data: digits: %w", err)
	}
	s := &Set{Name: "digits", Shape: []int{1, 8, 8}, Classes: 10, X: make([]float32, len(pixels)), Y: y}
	unitInterval(s.X, pixels, 16)
	return s, s.Validate()
}

// parseDigits reads lines of 64 counts 0..16 and a digit.
func parseDigits(r io.Reader) (pixels []byte, y []int32, err error) {
	const size = 64
	lines := csv.NewReader(r)
	lines.FieldsPerRecord = size + 1
	lines.ReuseRecord = true
	for {
		record, err := lines.Read()
		if errors.Is(err, io.EOF) {
			return pixels, y, nil
		}
		if err != nil {
			return nil, nil, err
		}
		for i, field := range record {
			top := 16
			if i == size {
				top = 9
			}
			v, err := strconv.Atoi(field)
			if err != nil || v < 0 || v > top {
				line, column := lines.FieldPos(i)
				return nil, nil, fmt.Errorf("line %d, column %d: %q, expected a number 0..%d", line, column, field, top)
			}
			if i == size {
				y = append(y, int32(v))
			} else {
				pixels = append(pixels, byte(v))
			}
		}
	}
}
