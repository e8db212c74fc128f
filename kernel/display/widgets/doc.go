// Package widgets is sliders, buttons and boxes in a notebook: the models of
// ipywidgets 8 over comms, so that any front end that shows ipywidgets shows
// these. Cells use it under the name widgets, without an import line; for a
// function of a few numbers lab.Interact is less to write.
//
//	s := widgets.NewFloatSlider("γ", 0.01, 2)
//	s.OnChange(func(γ float64) { fmt.Println(γ) })
//	s
//
//	model.go    the state of a widget, here and in the page: the protocol
//	control.go  jupyter.widget.control: all states for a page that has just come
//	value.go    what a widget with a value is made of
//	slider.go   IntSlider, FloatSlider, FloatLogSlider
//	choice.go   Dropdown, Checkbox, Text, Button
//	text.go     Label, HTML, Image
//	output.go   Output
//	box.go      HBox, VBox
//	traits.go   the traits of each model, as ipywidgets 8 front ends expect them
//
// A widget is open in the page from when it is made until it is closed; it may be
// shown in several places, which then go together. With no front end it holds its
// value and is shown as text. Functions given to OnChange and OnClick run as a cell
// does: one at a time, after the cell that is running, and an interrupt stops them.
package widgets
