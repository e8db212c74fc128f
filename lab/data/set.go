package data

// A Set is labelled data in memory: N samples of one shape, either numbers (X)
// or tokens (Tokens), and their labels. Images are C×H×W.
type Set struct {
	Name    string
	Shape   []int     // of one sample: 1×28×28 for MNIST, T for a text
	Classes int       // labels and tokens are 0..Classes-1: digits, objects, characters, words
	X       []float32 // N×ΠShape
	Tokens  []int32   // instead of X: N×T
	Y       []int32   // labels: N, or N×T for a text: the token after each
}

// Len is N, the number of samples.
func (s *Set) Len() int {
	n := s.Size()
	if n == 0 {
		return 0
	}
	if s.Tokens != nil {
		return len(s.Tokens) / n
	}
	return len(s.X) / n
}

// Size is ΠShape, the numbers (or tokens) of one sample.
func (s *Set) Size() int {
	if len(s.Shape) == 0 {
		return 0
	}
	n := 1
	for _, d := range s.Shape {
		n *= d
	}
	return n
}
