package fig

import (
	"math"
	"strconv"
	"strings"

	"gonum.org/v1/plot"
)

// ticks places about n labelled ticks at round numbers inside [min, max].
type ticks struct {
	n     int
	given []float64 // the caller's own positions, in place of round numbers
}

func (t ticks) Ticks(min, max float64) []plot.Tick {
	values := t.given
	if values == nil {
		values = roundNumbers(min, max, t.n)
	}
	out := make([]plot.Tick, len(values))
	for i, label := range tickLabels(values) {
		out[i] = plot.Tick{Value: values[i], Label: label}
	}
	return out
}

// roundNumbers returns the multiples inside [min, max] of the step 1, 2 or 5
// times a power of ten that gives at most n+1 intervals.
func roundNumbers(min, max float64, n int) []float64 {
	raw := (max - min) / float64(n)
	if !(raw > 0) {
		return []float64{min}
	}
	exponent := int(math.Floor(math.Log10(raw)))
	step := 1.0
	for _, m := range []float64{1, 2, 5, 10} {
		step = m
		if m*math.Pow10(exponent) >= raw*(1-1e-9) {
			break
		}
	}
	// Multiples of an integer over a power of ten come out as the nearest
	// float64 to the decimal number; sums of 0.1 would not.
	scale := math.Pow10(-exponent)
	slack := (max - min) * 1e-9
	var out []float64
	first := math.Ceil((min - slack) * scale / step)
	for i := range n + 2 {
		if v := (first + float64(i)) * step / scale; v <= max+slack {
			out = append(out, v)
		}
	}
	return out
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
