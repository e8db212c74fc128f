package data

import "fmt"

// ReadCIFAR reads records of the binary version of CIFAR-10 (classes = 10: label,
// 3072 pixels) or CIFAR-100 (classes = 100: coarse label, fine label, 3072
// pixels), raw or gzipped, from one or more files, in order (Krizhevsky 2009).
// Images are 3×32×32, planes red, green, blue; pixels become x/255. The label of
// CIFAR-100 is the fine one.
func ReadCIFAR(name string, classes int, paths ...string) (*Set, error) {
	var files []file
	for _, path := range paths {
		b, err := readFile(path)
		if err != nil {
			return nil, err
		}
		files = append(files, file{path, b})
	}
	return cifarSet(name, classes, files...)
}

const cifarPixels = 3 * 32 * 32

func cifarSet(name string, classes int, files ...file) (*Set, error) {
	labels := 1
	switch classes {
	case 10:
	case 100:
		labels = 2
	default:
		panic(fmt.Sprintf("data: ReadCIFAR: classes is %d, expected 10 or 100", classes))
	}
	record := labels + cifarPixels
	n := 0
	for _, f := range files {
		if len(f.b) == 0 || len(f.b)%record != 0 {
			return nil, fmt.Errorf("data: %s: %s: has %d bytes, expected a multiple of %d, the size of a record", name, f.path, len(f.b), record)
		}
		n += len(f.b) / record
	}
	s := &Set{Name: name, Shape: []int{3, 32, 32}, Classes: classes, X: make([]float32, n*cifarPixels), Y: make([]int32, n)}
	i := 0
	for _, f := range files {
		for b := f.b; len(b) > 0; b = b[record:] {
			s.Y[i] = int32(b[labels-1])
			unitInterval(s.X[i*cifarPixels:(i+1)*cifarPixels], b[labels:record], 255)
			i++
		}
	}
	return s, s.Validate()
}
