package widgets

import (
	"bytes"
	"fmt"
)

// Label is a line of text, with $…$ for mathematics.
type Label struct{ *valued[string] }

// NewLabel is a label.
func NewLabel(text string) Label {
	return Label{newValued(label, "value", text, anything[string], nil)}
}

// HTML is a piece of a page.
type HTML struct{ *valued[string] }

// NewHTML is a piece of a page.
func NewHTML(source string) HTML {
	return HTML{newValued(html, "value", source, anything[string], nil)}
}

// Image is a picture.
type Image struct{ *valued[[]byte] }

// NewImage is a picture in one of the formats png, jpeg, gif, webp or svg+xml.
func NewImage(format string, data []byte) Image {
	im := Image{newValued(image, "value", bytes.Clone(data), anything[[]byte], map[string]any{"format": format})}
	im.text = func() string { return fmt.Sprintf("image, %s, %d bytes", format, len(im.Value())) }
	return im
}
