package fig

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
)

// ticks places about n labelled ticks at round numbers, or at powers of ten with
// unlabelled ones between; fewer if their labels would not fit side by side.
type ticks struct {
	axis Axis
	n    int
	room vg.Length // the length of an axis whose labels stand side by side; 0: they do not
}

// Ticks is what gonum/plot asks for, in places along the axis.
func (t ticks) Ticks(min, max float64) []plot.Tick {
	out := t.between(t.axis.inverse(min), t.axis.inverse(max))
	for i := range out {
		out[i].Value = t.axis.forward(out[i].Value)
	}
	return out
}

// between returns the ticks in a range of numbers.
func (t ticks) between(min, max float64) []plot.Tick {
	if t.axis.Ticks != nil {
		return labelled(t.axis.Ticks)
	}
	for n := t.n; ; n-- {
		var out []plot.Tick
		switch t.axis.Scale {
		case Linear:
			out = labelled(roundNumbers(min, max, n))
		case Log:
			out = logTicks(min, max, n)
		case SymLog:
			out = symLogTicks(min, max, n, t.axis.knee())
		}
		if n <= 2 || t.fit(out) {
			return out
		}
	}
}

// fit reports whether the labels stand clear of each other.
func (t ticks) fit(out []plot.Tick) bool {
	if t.room == 0 {
		return true
	}
	sum := vg.Length(0)
	for _, tick := range out {
		if !tick.IsMinor() {
			w, _, _ := letters().Box(tick.Label, sans(tickSize))
			sum += w + 2*gap
		}
	}
	return sum <= t.room
}

func labelled(values []float64) []plot.Tick {
	out := make([]plot.Tick, len(values))
	for i, label := range tickLabels(values) {
		out[i] = plot.Tick{Value: values[i], Label: label}
	}
	return out
}

// logTicks labels the powers of ten, every second or third of them if they are
// many. An axis with fewer than two of them has 1, 2 and 5 labelled, or round
// numbers if it is shorter than that.
func logTicks(min, max float64, n int) []plot.Tick {
	low, high := int(math.Floor(math.Log10(min))), int(math.Ceil(math.Log10(max)))
	inside := func(v float64) bool { return v >= min*(1-1e-9) && v <= max*(1+1e-9) }
	powers := 0
	var few []float64
	for k := low; k <= high; k++ {
		for _, m := range []float64{1, 2, 5} {
			if v := m * math.Pow10(k); inside(v) {
				if few = append(few, v); m == 1 {
					powers++
				}
			}
		}
	}
	if powers < 2 {
		if len(few) < 3 {
			few = roundNumbers(min, max, n)
		}
		out := labelled(few)
		return append(out, minor(low, high, 1, func(v float64) bool { return inside(v) && !slices.Contains(few, v) })...)
	}
	every := (powers + n - 1) / n
	var out []plot.Tick
	for k := low; k <= high; k++ {
		if v := math.Pow10(k); inside(v) {
			label := ""
			if k%every == 0 {
				label = powerLabel(1, k)
			}
			out = append(out, plot.Tick{Value: v, Label: label})
		}
	}
	if every == 1 {
		out = append(out, minor(low, high, 1, inside)...)
	}
	return out
}

// symLogTicks labels zero and the powers of ten of both signs that are well
// beyond the knee, or round numbers if no power is.
func symLogTicks(min, max float64, n int, knee float64) []plot.Tick {
	low := int(math.Ceil(math.Log10(5 * knee)))
	high := int(math.Floor(math.Log10(math.Max(math.Abs(min), math.Abs(max))) + 1e-9))
	slack := 1e-9 * (max - min)
	inside := func(v float64) bool { return v >= min-slack && v <= max+slack }
	if high < low {
		return labelled(roundNumbers(min, max, n))
	}
	powers := 0
	for k := low; k <= high; k++ {
		for _, sign := range []float64{-1, 1} {
			if inside(sign * math.Pow10(k)) {
				powers++
			}
		}
	}
	every := (powers + n) / n
	var out []plot.Tick
	for _, sign := range []float64{-1, 1} {
		for k := low; k <= high; k++ {
			if v := sign * math.Pow10(k); inside(v) {
				label := ""
				if (k-low)%every == 0 {
					label = powerLabel(sign, k)
				}
				out = append(out, plot.Tick{Value: v, Label: label})
			}
		}
		if every == 1 {
			out = append(out, minor(low-1, high, sign, inside)...)
		}
	}
	if inside(0) {
		out = append(out, plot.Tick{Value: 0, Label: "0"})
	}
	return out
}

// minor returns unlabelled ticks at 2 to 9 times the powers from low to high
// that are inside.
func minor(low, high int, sign float64, inside func(v float64) bool) []plot.Tick {
	var out []plot.Tick
	for k := low; k <= high; k++ {
		for m := 2.0; m < 10; m++ {
			if v := sign * m * math.Pow10(k); inside(v) {
				out = append(out, plot.Tick{Value: v})
			}
		}
	}
	return out
}

func powerLabel(sign float64, k int) string {
	label := "10^{" + strings.ReplaceAll(strconv.Itoa(k), "-", "−") + "}"
	if sign < 0 {
		label = "−" + label
	}
	return label
}

// roundNumbers returns the multiples inside [min, max] of the step 1, 2 or 5
// times a power of ten that gives at most n+1 intervals, or of the next smaller
// one if there would be a single multiple.
func roundNumbers(min, max float64, n int) []float64 {
	raw := (max - min) / float64(n)
	if !(raw > 0) {
		return []float64{min}
	}
	steps := [...]float64{0.5, 1, 2, 5, 10}
	exponent := int(math.Floor(math.Log10(raw)))
	i := 1
	for i < len(steps)-1 && steps[i]*math.Pow10(exponent) < raw*(1-1e-9) {
		i++
	}
	out := multiples(min, max, steps[i], exponent)
	if len(out) < 2 {
		out = multiples(min, max, steps[i-1], exponent)
	}
	return out
}

// multiples returns the multiples of step·10^exponent inside [min, max].
func multiples(min, max, step float64, exponent int) []float64 {
	// Multiples of an integer over a power of ten come out as the nearest
	// float64 to the decimal number; sums of 0.1 would not.
	scale := math.Pow10(-exponent)
	slack := (max - min) * 1e-9
	var out []float64
	first := math.Ceil((min - slack) * scale / step)
	for i := 0.0; ; i++ {
		v := (first + i) * step / scale
		if !(v <= max+slack) || i > 1000 {
			return out
		}
		out = append(out, v)
	}
}

// tickLabels writes the values of one axis alike: with as many decimals as tell
// them apart, or with a power of ten when they are large or small.
func tickLabels(values []float64) []string {
	largest := 0.0
	for _, v := range values {
		largest = math.Max(largest, math.Abs(v))
	}
	power := 0
	if largest >= 1e5 || largest > 0 && largest < 1e-3 {
		power = int(math.Floor(math.Log10(largest)))
	}
	decimals := 0
	for decimals < 12 && !distinct(values, power, decimals) {
		decimals++
	}
	out := make([]string, len(values))
	for i, v := range values {
		s := strconv.FormatFloat(v*math.Pow10(-power), 'f', decimals, 64)
		if power != 0 && v != 0 {
			s += "·10^{" + strconv.Itoa(power) + "}"
		}
		if v == 0 {
			s = "0"
		}
		out[i] = strings.ReplaceAll(s, "-", "−")
	}
	return out
}

// distinct reports whether so many decimals write every value to 1e-6 of the
// values' range.
func distinct(values []float64, power, decimals int) bool {
	low, high := math.Inf(1), math.Inf(-1)
	for _, v := range values {
		low, high = math.Min(low, v), math.Max(high, v)
	}
	span := (high - low) * math.Pow10(-power)
	if span == 0 {
		span = math.Max(math.Abs(high)*math.Pow10(-power), 1)
	}
	scale := math.Pow10(decimals)
	for _, v := range values {
		v *= math.Pow10(-power)
		if math.Abs(math.Round(v*scale)/scale-v) > 1e-6*span {
			return false
		}
	}
	return true
}
