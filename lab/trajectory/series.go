package trajectory

import "fmt"

// A Series is a trajectory as it is analysed: T points of d coordinates. It may be read
// from several goroutines.
type Series interface {
	Len() int // T
	Dim() int // d
	// Point writes point k to dst, len d.
	Point(k int, dst []float64) error
	// Columns writes coordinates from … to-1 of the points first … T-1 to dst, one
	// coordinate after the other: (to-from)×(T-first).
	Columns(from, to, first int, dst []float64) error
}

// Of is a trajectory in memory, T×d row-major: x is shared. It panics unless d divides
// the length of x.
func Of(d int, x []float64) Series {
	if d < 1 || len(x)%d != 0 {
		panic(fmt.Sprintf("trajectory: Of: %d numbers in points of %d, expected a multiple", len(x), d))
	}
	return memory{d, x}
}

// Part is the coordinates from … to-1 of a trajectory: the weights of one that has their
// velocities too. It panics unless there are such.
func Part(s Series, from, to int) Series {
	if from < 0 || to <= from || to > s.Dim() {
		panic(fmt.Sprintf("trajectory: Part: coordinates %d … %d, expected some of 0 … %d", from, to-1, s.Dim()-1))
	}
	return part{s, from, to}
}

type part struct {
	Series
	from, to int
}

func (p part) Dim() int { return p.to - p.from }

func (p part) Point(k int, dst []float64) error {
	needPoint(p, k, dst)
	all := make([]float64, p.Series.Dim())
	err := p.Series.Point(k, all)
	copy(dst, all[p.from:])
	return err
}

func (p part) Columns(from, to, first int, dst []float64) error {
	needColumns(p, from, to, first, dst)
	return p.Series.Columns(p.from+from, p.from+to, first, dst)
}

type memory struct {
	d int
	x []float64
}

func (m memory) Len() int { return len(m.x) / m.d }
func (m memory) Dim() int { return m.d }

func (m memory) Point(k int, dst []float64) error {
	needPoint(m, k, dst)
	copy(dst, m.x[k*m.d:])
	return nil
}

func (m memory) Columns(from, to, first int, dst []float64) error {
	needColumns(m, from, to, first, dst)
	n := m.Len() - first
	for k := range n {
		for i, v := range m.x[(first+k)*m.d+from : (first+k)*m.d+to] {
			dst[i*n+k] = v
		}
	}
	return nil
}

func needPoint(s Series, k int, dst []float64) {
	if k < 0 || k >= s.Len() || len(dst) != s.Dim() {
		panic(fmt.Sprintf("trajectory: Point: point is %d and dst has length %d, expected 0 ≤ point < %d and length %d", k, len(dst), s.Len(), s.Dim()))
	}
}

func needColumns(s Series, from, to, first int, dst []float64) {
	if from < 0 || to < from || to > s.Dim() || first < 0 || first > s.Len() || len(dst) != (to-from)*(s.Len()-first) {
		panic(fmt.Sprintf("trajectory: Columns: coordinates %d … %d from point %d into %d numbers, expected some of 0 … %d of %d points and room for them",
			from, to-1, first, len(dst), s.Dim()-1, s.Len()))
	}
}
