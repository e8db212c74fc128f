package fig_test

import (
	"fmt"
	"math"

	"glassy/lab/fig"
)

// A curve, its label and a mark; f.Save("wave.pdf") would write it.
func Example() {
	f := fig.New("A wave")
	f.X = fig.Axis{Label: "time t", Unit: "s"}
	f.Y.Label = "height"
	wave := f.Func("sin t", math.Sin, 0, 2*math.Pi)
	f.Mark(math.Pi, "half a turn")
	fmt.Println(f)
	fmt.Printf("%d points, first at %.1f, %.1f\n", len(wave.X), wave.X[0], wave.Y[0])
	// Output:
	// Figure "A wave", height against time t [s]: line "sin t", 400 points, x 0 to 6.283, y -1 to 1
	// 400 points, first at 0.0, 0.0
}

// A figure with data that has no place on paper says which curve it is.
func ExampleFigure_Err() {
	f := fig.New("Logarithm")
	f.Func("log x", math.Log, 0, 1)
	fmt.Println(f.Err())
	// Output:
	// fig: line "log x" has y = -Inf at point 0 of 400, expected numbers up to ±1e300: leave such points out
}
