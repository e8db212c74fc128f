package data

import (
	"errors"
	"fmt"
	"slices"
)

// ReadSVHN reads a file of the cropped house numbers of Street View, as MATLAB saves
// it (Netzer et al. 2011): X, 32×32×3×n, and y, 1…10, of which 10 is the digit 0. Images
// are 3×32×32, planes red, green, blue; pixels become x/255.
func ReadSVHN(name, path string) (*Set, error) {
	b, err := readFile(path)
	if err != nil {
		return nil, err
	}
	return svhnSet(name, file{path, b})
}

func svhnSet(name string, f file) (*Set, error) {
	s, err := parseSVHN(f.b)
	if err != nil {
		return nil, fmt.Errorf("data: %s: %s: %w", name, f.path, err)
	}
	s.Name = name
	return s, s.Validate()
}

func parseSVHN(b []byte) (*Set, error) {
	arrays, err := parseMatlab(b)
	if err != nil {
		return nil, err
	}
	x, images := arrays["X"]
	y, labels := arrays["y"]
	switch {
	case !images || !labels:
		return nil, errors.New("lacks X or y, expected both: the images and their labels")
	case len(x.dims) != 4 || !slices.Equal(x.dims[:3], []int{32, 32, 3}) || x.kind != miUint8:
		return nil, fmt.Errorf("has X of the lengths %v, %d bytes each, expected 32×32×3×n bytes", x.dims, miSize[x.kind])
	case y.len() != x.dims[3] || y.len() == 0:
		return nil, fmt.Errorf("has %d labels for %d images", y.len(), x.dims[3])
	}
	const side, plane = 32, 32 * 32
	n := y.len()
	s := &Set{Shape: []int{3, side, side}, Classes: 10, X: make([]float32, n*cifarPixels), Y: make([]int32, n)}
	image := make([]byte, cifarPixels)
	for i := range n {
		label := y.at(i)
		if !(label >= 1 && label <= 10) || label != float64(int(label)) {
			return nil, fmt.Errorf("label %d is %v, expected a whole number 1..10", i, label)
		}
		s.Y[i] = int32(label) % 10
		// Of an image of MATLAB's the row runs fastest, then the column.
		from := x.values[i*cifarPixels:]
		for c := range 3 {
			for row := range side {
				for col := range side {
					image[c*plane+row*side+col] = from[c*plane+col*side+row]
				}
			}
		}
		unitInterval(s.X[i*cifarPixels:(i+1)*cifarPixels], image, 255)
	}
	return s, nil
}
