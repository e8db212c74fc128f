// Package fig draws figures: curves, points, histograms, maps and notes over two
// axes, for a notebook and for a paper.
//
//	f := fig.New("Complexity of the 3-spin glass")
//	f.X.Label, f.Y.Label = "energy per spin u", "Θ(u)"
//	f.Line("Θ", u, theta)
//	f.Mark(-1.633, "−E_{∞}")
//	err := f.Save("complexity.pdf")
//
// As the last expression of a notebook cell a figure shows itself: it has a
// MIMEBundle with SVG, PNG and a line of text. The package stands over
// gonum.org/v1/plot and imports no other package of the laboratory.
//
// What there is, by file:
//
//	series.go     Line, Points, Fill, Func; error bars; colours by value
//	runs.go       Runs: several runs as their middle and spread
//	histogram.go  Hist, Counts, Bins, LogBins
//	lattice.go    Heat, Shade, Contours: values on a lattice
//	arrows.go     Arrows: a vector field
//	mark.go       Mark, Level, Note: what is written into the frame
//	axis.go       linear, logarithmic and symmetric-logarithmic axes
//	compose.go    Grid, several panels in one figure; Inset, one in another
//	csv.go        WriteCSV: the data of the figure
//	render.go     Save, SVG, PNG, PDF, MIMEBundle
//
// A Series is data in columns, and a painter (painter.go) draws it: a new kind
// of series is a new painter.
//
// What it adds to gonum/plot, and why:
//
//   - Text is drawn as outlines of embedded fonts, the same in SVG, PNG and
//     PDF. Font files need not be installed, and PDF keeps Greek letters and
//     ∇ ⟨ ⟩ ‖ ∂ ∫, which its standard encoding has not. Labels know subscripts
//     and superscripts, E_{∞} and 10^{−3}, and nothing else; braces are
//     required, so that a_b stays as it is typed. Titles and labels of axes that
//     are too long go on in another line.
//   - The legend looks for the corner that covers no data and goes beside the
//     plot, or under it, when there is none. A label that one writes on a curve
//     with Note, or a mark's, keeps clear of the frame.
//   - Colours are Okabe and Ito's, told apart by colour-blind readers; dashes
//     and shapes take over when they run out. Values are shown by a scale of
//     even steps that only gets lighter, from dark blue to yellow.
//   - A series of more than 3000 points goes into SVG and PDF as a picture of
//     300 dots to the inch: 20,000 points are a quarter of a megabyte.
//   - Data that cannot be drawn (NaN, infinite, too few points, not positive on
//     a logarithmic axis) is an error that names the curve, when the figure is
//     rendered. A slip in a call, such as slices of different lengths, panics at
//     the call.
//   - The same figure gives the same bytes.
//
// Lengths are in millimetres, as on paper; data is in the units of its axes.
package fig
