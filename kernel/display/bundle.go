package display

// Bundle is one thing to show, in one or more forms: Jupyter's MIME bundle.
// Text forms are strings, JSON forms (application/json and +json) are any
// value that encoding/json writes, binary forms are base64 strings.
type Bundle struct {
	Data     map[string]any `json:"data"`     // by MIME type; always has text/plain
	Metadata map[string]any `json:"metadata"` // by MIME type; may be nil
}

// Text is the bundle of a plain text.
func Text(s string) Bundle {
	return Bundle{Data: map[string]any{"text/plain": s}}
}

// Displayer is what a value implements to choose how it is shown. The keys are
// MIME types and the values are as in [Bundle]; []byte is encoded as base64.
// The interface uses basic types only, so that a package need not import this
// one to satisfy it.
type Displayer interface {
	MIMEBundle() map[string]any
}
