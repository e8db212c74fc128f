// Package thesis makes the figures and tables of P. Chaudhari, A Picture of the
// Energy Landscape of Deep Neural Networks (UCLA, 2018), one call each, with
// the thesis's numbers beside ours and the exact theory.
//
//	thesis.Figure("2.1")                  // in a notebook: shows itself
//	r, err := thesis.Figure("2.1", thesis.Desktop, thesis.Within(ctx))
//	paths, err := r.Save("out")           // SVG, PNG, PDF, CSV, JSON
//	thesis.Figures()                      // all there are
//
// A [Result] is a figure, the rows of its table, and notes on where the print
// differs from what is right. Its numbers are fields, for further work:
// r.Rows[0].Ours, r.Figure.Series()[0].Y.
//
// Every item runs at three scales: [Quick] within seconds, [Desktop] within an
// hour on two cores, [Paper] at the sizes of the thesis. An item that is a
// closed form is the same at all of them.
//
// This is the one package where landscapes and operators meet, and with fig
// the only one that draws. Each item has a file of its own, named for it, and
// one line in registry.go.
package thesis
