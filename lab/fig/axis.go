package fig

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// Axis describes one axis, or the colour bar.
type Axis struct {
	Label    string    // what is measured, e.g. "energy per spin u"
	Unit     string    // its unit, shown in brackets; empty for a pure number
	Min, Max float64   // the range shown; equal means: as the data needs
	Ticks    []float64 // where numbers stand; nil means round numbers, empty none
	Scale    Scale     // how numbers are spaced
	Knee     float64   // of SymLog: the size of number where linear turns to logarithmic; 0 means 1
}

// Scale is how numbers are spaced along an axis.
type Scale int

// Scales of an axis.
const (
	Linear Scale = iota
	Log          // powers of ten are evenly spaced; positive numbers only
	SymLog       // as Log away from zero on both sides, linear near it: log₁₀ by asinh
)

// forward takes a number to its place along the axis, in decades unless the
// axis is linear; inverse takes it back.
func (a Axis) forward(v float64) float64 {
	switch a.Scale {
	case Log:
		return math.Log10(v)
	case SymLog:
		return math.Asinh(v/(2*a.knee())) / math.Ln10
	}
	return v
}

// along is forward for several numbers.
func (a Axis) along(values []float64) []float64 {
	out := make([]float64, len(values))
	for i, v := range values {
		out[i] = a.forward(v)
	}
	return out
}

func (a Axis) inverse(t float64) float64 {
	switch a.Scale {
	case Log:
		return math.Max(math.Pow(10, t), math.SmallestNonzeroFloat64)
	case SymLog:
		return 2 * a.knee() * math.Sinh(t*math.Ln10)
	}
	return t
}

func (a Axis) knee() float64 {
	if a.Knee == 0 {
		return 1
	}
	return a.Knee
}

// share returns how far v is on the way from min to max along the axis.
func (a Axis) share(min, max, v float64) float64 {
	low := a.forward(min)
	return (a.forward(v) - low) / (a.forward(max) - low)
}

// unfit reports what has no place on an axis: NaN, and numbers so large that
// the length of an axis overflows.
func unfit(v float64) bool { return !(math.Abs(v) <= 1e300) }

// lacks reports whether the axis has no place for a number.
func (a Axis) lacks(v float64) bool { return unfit(v) || a.Scale == Log && v <= 0 }

// problems returns what keeps the axis of that name from being drawn.
func (a Axis) problems(name string) []string {
	var out []string
	fail := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	if unfit(a.Min) || unfit(a.Max) || a.Min > a.Max || a.Min < a.Max && a.lacks(a.Min) {
		fail("range of axis %s is [%v, %v], expected Min < Max, or Min == Max for the data's own range; above zero if logarithmic",
			name, a.Min, a.Max)
	}
	if slices.ContainsFunc(a.Ticks, a.lacks) {
		fail("ticks of axis %s are %v, expected finite numbers, above zero on a logarithmic axis", name, a.Ticks)
	}
	if a.Scale < Linear || a.Scale > SymLog {
		fail("scale of axis %s is %d, expected Linear, Log or SymLog", name, a.Scale)
	}
	if unfit(a.Knee) || a.Knee < 0 {
		fail("knee of axis %s is %v, expected a positive number, or 0 for 1", name, a.Knee)
	}
	return out
}

// caption is the axis label with its unit.
func (a Axis) caption() string {
	if a.Unit == "" {
		return a.Label
	}
	return strings.TrimSpace(a.Label + " [" + a.Unit + "]")
}

// An extent is what an axis has to show.
type extent struct {
	axis           Axis
	min, max       float64
	edgeLo, edgeHi float64 // ends at which data is solid and needs no margin
	bars           bool    // something stands on zero
}

func newExtent(a Axis) extent {
	return extent{axis: a, min: math.Inf(1), max: math.Inf(-1), edgeLo: math.NaN(), edgeHi: math.NaN()}
}

func (s *extent) include(values ...float64) {
	for _, v := range values {
		s.min, s.max = math.Min(s.min, v), math.Max(s.max, v)
	}
}

// solid includes an interval that is filled up to its ends.
func (s *extent) solid(low, high float64) {
	if low < s.min {
		s.edgeLo = low
	}
	if high > s.max {
		s.edgeHi = high
	}
	s.include(low, high)
}

// limits returns the ends of the axis: the caller's, or those of the data with
// a margin of 4 %.
func (s extent) limits() (float64, float64) {
	a := s.axis
	if a.Min < a.Max {
		return a.Min, a.Max
	}
	if s.bars && a.Scale != Log {
		s.solid(0, 0)
	}
	if !(s.min <= s.max) { // nothing to show: empty bars on a logarithmic axis
		s.min, s.max = 1, 10
	}
	low, high := a.forward(s.min), a.forward(s.max)
	extra := 0.04 * (high - low)
	size := math.Max(math.Abs(low), math.Abs(high))
	switch {
	case a.Scale != Linear && high-low < 1e-9:
		extra = 0.5
	case size < 1e-290: // no digits below: as good as zero
		extra = 0.5
	case high-low < 1e-9*size: // one value: show it in the middle
		extra = size / 2
	}
	if s.min != s.edgeLo || low == high {
		low -= extra
	}
	if s.max != s.edgeHi || low == high {
		high += extra
	}
	return a.inverse(low), a.inverse(high)
}
