package trajectory

import "glassy/lab/device"

// A transform is Y_f = Σ_t x_t e^{-2πift/n}, f = 0 … n/2, of a series of length n, for one
// goroutine: the series come from memory or a disk of the host's, and are worked on
// there.
type transform struct {
	line device.Lines
	y    []float64 // real and imaginary parts
}

func newTransform(n int) *transform {
	return &transform{device.Lines{Nodes: n, Count: 1, Rows: true}, make([]float64, 2*device.Bins(n))}
}

// of is that of x, valid until the next call.
func (t *transform) of(x []float64) []float64 {
	device.CPU().Fourier(t.line, device.Of(x), device.Of(t.y))
	return t.y
}

// back makes n times the series of what of returned.
func (t *transform) back(x []float64) {
	device.CPU().FourierInverse(t.line, device.Of(t.y), device.Of(x))
}

// smooth is the least number of at least n that has no prime factors but 2, 3 and 5.
func smooth(n int) int {
	for m := n; ; m++ {
		rest := m
		for _, p := range []int{2, 3, 5} {
			for rest%p == 0 {
				rest /= p
			}
		}
		if rest == 1 {
			return m
		}
	}
}
