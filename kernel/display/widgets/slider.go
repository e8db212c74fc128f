package widgets

import (
	"cmp"
	"fmt"
	"math"
)

// IntSlider chooses a whole number.
type IntSlider struct{ *valued[int] }

// NewIntSlider is a slider from low to high, at low.
func NewIntSlider(description string, low, high int) IntSlider {
	return IntSlider{newValued(intSlider, "value", low, within(description, low, high),
		map[string]any{"description": description, "min": low, "max": high})}
}

// FloatSlider chooses a number.
type FloatSlider struct{ *valued[float64] }

// NewFloatSlider is a slider from low to high in 200 steps, at low.
func NewFloatSlider(description string, low, high float64) FloatSlider {
	return FloatSlider{newValued(floatSlider, "value", low, within(description, low, high),
		map[string]any{"description": description, "min": low, "max": high, "step": (high - low) / 200})}
}

// FloatLogSlider chooses a number on a logarithmic scale.
type FloatLogSlider struct{ *valued[float64] }

// NewFloatLogSlider is a slider from low to high, both above zero, in 200 steps of
// equal ratio, at low.
func NewFloatLogSlider(description string, low, high float64) FloatLogSlider {
	if !(low > 0) {
		panic(fmt.Sprintf("widgets: %s: low end %v of a logarithmic scale, expected above 0", description, low))
	}
	from, to := math.Log10(low), math.Log10(high)
	const slack = 1e-12 // the page computes 10 to the power of the ends
	return FloatLogSlider{newValued(floatLogSlider, "value", low, within(description, low*(1-slack), high*(1+slack)),
		map[string]any{"description": description, "min": from, "max": to, "step": (to - from) / 200})}
}

// within is the check that a value is from low to high; it panics where nothing can be.
func within[T cmp.Ordered](name string, low, high T) func(T) error {
	if !(low <= high) || math.IsInf(float64Of(high)-float64Of(low), 0) {
		panic(fmt.Sprintf("widgets: %s: from %v to %v, expected finite ends in order", name, low, high))
	}
	return func(x T) error {
		if !(low <= x && x <= high) {
			return fmt.Errorf("%s: value %v, expected from %v to %v", name, x, low, high)
		}
		return nil
	}
}

func float64Of(x any) float64 {
	if n, ok := x.(int); ok {
		return float64(n)
	}
	return x.(float64)
}
