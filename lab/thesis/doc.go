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
// closed form is the same at all of them. With [Keep], the Hessians of Figures 3.1
// and 3.4 that are whole are made once: a day's work can be stopped, and goes on.
//
// This is the one package where landscapes and operators meet, and with fig
// the only one that draws. Each item has a file of its own, named for it
// (Figure 2.1b is layers.go), and one line in registry.go. What they share:
//
//	registry.go      Figure, Figures, Select; the list of items
//	result.go        Result: shown in a notebook, saved as files
//	row.go           Row and its Verdict: ours beside print and theory
//	scale.go         Quick, Desktop, Paper; Within, On, Keep
//	wandering.go     long trajectories of tiny-fc, kept in files
//	training.go      contests of networks trained by several methods
//	race.go          replicas of networks trained by the methods of chapter 5
//	tasks.go         what the workers of a cluster do
//	concurrently.go  work on all threads that stops with the context
package thesis
