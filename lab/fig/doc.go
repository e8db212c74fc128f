// Package fig draws figures: curves, points, bands, marks and notes over two
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
// What it adds to gonum/plot, and why:
//
//   - Text is drawn as outlines of an embedded font, the same in SVG, PNG and
//     PDF. Font files need not be installed, and PDF keeps Greek letters, which
//     its standard encoding has not. Labels know subscripts and superscripts,
//     E_{∞} and 10^{−3}, and nothing else; braces are required, so that a_b
//     stays as it is typed.
//   - The legend looks for the corner that covers no data and goes beside the
//     plot when there is none. A label that one writes on a curve with Note, or
//     a mark's, keeps clear of the frame.
//   - Colours are Okabe and Ito's, told apart by colour-blind readers; dashes
//     and shapes take over when they run out.
//   - Data that cannot be drawn (NaN, infinite, too few points) is an error
//     that names the curve, when the figure is rendered. A slip in a call, such
//     as slices of different lengths, panics at the call.
//   - The same figure gives the same bytes.
//
// Lengths are in millimetres, as on paper; data is in the units of its axes.
package fig
