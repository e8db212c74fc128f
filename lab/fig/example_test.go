package fig_test

import (
	"fmt"
	"math"
	"strings"

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

// Three runs of one experiment, as their mean ± their standard deviation.
func ExampleFigure_Runs() {
	f := fig.New("Training")
	f.X.Label, f.Y.Label = "epoch", "loss"
	f.Y.Scale = fig.Log
	s := f.Runs("SGD", []float64{1, 2, 3}, [][]float64{{1, 0.5, 0.3}, {2, 0.7, 0.3}, {3, 0.6, 0.3}}, fig.MeanStd)
	fmt.Printf("%.2f ± %.2f\n", s.Y[0], s.High[0]-s.Y[0])
	// Output:
	// 2.00 ± 1.00
}

// The bars of a histogram are numbers too.
func ExampleFigure_Hist() {
	f := fig.New("Energies")
	s := f.Hist("minima", []float64{-1.64, -1.63, -1.63, -1.61}, []float64{-1.65, -1.62, -1.60})
	for i := range s.X {
		fmt.Printf("from %.2f to %.2f: %.1f\n", s.Left[i], s.Right[i], s.Y[i])
	}
	// Output:
	// from -1.65 to -1.62: 25.0
	// from -1.62 to -1.60: 12.5
}

// Two panels side by side, and the data of both.
func ExampleGrid() {
	a, b := fig.New("Minima"), fig.New("Potential")
	a.Points("minima", []float64{-1, 1}, []float64{0, 0}).YError([]float64{0.1, 0.1})
	b.Contours("U", []float64{0, 1}, []float64{0, 1}, []float64{0, 1, 1, 2}, 0.5)
	f := fig.Grid("A double well", 2, a, b)
	var file strings.Builder
	if err := f.WriteCSV(&file); err != nil {
		fmt.Println(err)
	}
	fmt.Printf("%v × %v mm\n%s", f.Width, math.Round(f.Height), file.String())
	// Output:
	// 280 × 96 mm
	// panel,series,kind,x,y,low,high,value
	// a,minima,points,-1,0,-0.1,0.1,
	// a,minima,points,1,0,-0.1,0.1,
	// b,U,contours,0,0,,,0
	// b,U,contours,1,0,,,1
	// b,U,contours,0,1,,,1
	// b,U,contours,1,1,,,2
}
