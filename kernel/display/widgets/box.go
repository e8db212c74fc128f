package widgets

import "strings"

// HBox holds widgets beside each other.
type HBox struct{ *box }

// VBox holds widgets below each other.
type VBox struct{ *box }

type box struct{ *model }

// NewHBox is a row of widgets.
func NewHBox(children ...Widget) HBox { return HBox{newBox(hbox, "  ", children)} }

// NewVBox is a column of widgets.
func NewVBox(children ...Widget) VBox { return VBox{newBox(vbox, "\n", children)} }

func newBox(k kind, between string, children []Widget) *box {
	ids := make([]string, len(children))
	for i, c := range children {
		ids[i] = reference + c.ID()
	}
	b := &box{newModel(k, map[string]any{"children": ids})}
	b.text = func() string {
		texts := make([]string, len(children))
		for i, c := range children {
			texts[i] = c.String()
		}
		return strings.Join(texts, between)
	}
	b.open()
	return b
}
