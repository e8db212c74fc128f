package display

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"mime"
	"slices"
	"strings"
)

// The kinds of form that a bundle holds.
type form int

const (
	textForm   form = iota // a string
	jsonForm               // any value that encoding/json writes
	binaryForm             // base64
)

// formOf tells how the data of a MIME type is written in a bundle.
func formOf(mimeType string) form {
	switch {
	case mimeType == "application/json", strings.HasSuffix(mimeType, "+json"):
		return jsonForm
	case strings.HasPrefix(mimeType, "text/"), strings.HasSuffix(mimeType, "+xml"),
		mimeType == "application/javascript", mimeType == "application/xml":
		return textForm
	}
	return binaryForm
}

// check makes b valid in place: bytes are encoded, invalid forms are dropped,
// text/plain is added where it is missing, ids in SVG are made unique. The
// problem names what was dropped and why; it is empty when all was well.
func check(b Bundle, v any) (_ Bundle, problem string) {
	var problems []string
	for _, k := range slices.Sorted(maps.Keys(b.Data)) {
		x, err := encode(k, b.Data[k])
		if err != nil {
			delete(b.Data, k)
			problems = append(problems, err.Error())
			continue
		}
		if b.Data[k], err = bounded(k, x); err != nil {
			delete(b.Data, k)
			problems = append(problems, err.Error())
		}
	}
	for k, x := range b.Metadata {
		if _, err := json.Marshal(x); err != nil {
			delete(b.Metadata, k)
			problems = append(problems, fmt.Sprintf("metadata of %s: %v", k, err))
		}
	}
	if _, ok := b.Data["text/plain"]; !ok {
		b.Data["text/plain"] = plain(b, v)
	}
	if len(problems) > 0 {
		problem = fmt.Sprintf("display: not shown of a %T: %s", v, strings.Join(problems, "; "))
	}
	return b, problem
}

// maxForm is the largest text or JSON that is sent in one form, in bytes. A plot of
// a million points makes a larger SVG, which would bring the browser down.
const maxForm = 8 << 20

// bounded is x, the encoded data of a MIME type, if it is not too large for a
// notebook. A plain text is cut; nothing else could be read without its end.
func bounded(mimeType string, x any) (any, error) {
	size := 0
	switch x := x.(type) {
	case string:
		if mimeType == "text/plain" && len(x) > maxText+maxNote {
			return strings.ToValidUTF8(x[:maxText], "") + fmt.Sprintf("\n(display: cut after %d of %d bytes)", maxText, len(x)), nil
		}
		size = len(x)
	case json.RawMessage:
		size = len(x)
	}
	if size > maxForm && formOf(mimeType) != binaryForm {
		return nil, fmt.Errorf("%s of %d bytes, and more than %d are too much for a notebook: write it to a file", mimeType, size, maxForm)
	}
	return x, nil
}

// encode is the data x of one MIME type as a bundle holds it.
func encode(mimeType string, x any) (any, error) {
	if t, _, err := mime.ParseMediaType(mimeType); err != nil || !strings.Contains(t, "/") {
		return nil, fmt.Errorf("%q is not a MIME type such as text/html", mimeType)
	}
	f := formOf(mimeType)
	if f == jsonForm {
		if raw, ok := x.([]byte); ok {
			x = json.RawMessage(raw)
		}
		// Written now, so that a later change of x does not change what is shown.
		raw, err := json.Marshal(x)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", mimeType, err)
		}
		return json.RawMessage(raw), nil
	}
	switch d := x.(type) {
	case []byte:
		if f == binaryForm {
			return base64.StdEncoding.EncodeToString(d), agrees(mimeType, d)
		}
		x = string(d)
	case string:
	default:
		return nil, fmt.Errorf("%s: its data is a %T, and must be a string or []byte", mimeType, x)
	}
	s := x.(string)
	if f == binaryForm {
		s = strings.Join(strings.Fields(s), "")
		raw, err := base64.StdEncoding.DecodeString(s)
		if err != nil {
			return nil, fmt.Errorf("%s: its string must be base64 (or give []byte): %w", mimeType, err)
		}
		return s, agrees(mimeType, raw)
	}
	s = strings.ToValidUTF8(s, "\uFFFD")
	if mimeType == "image/svg+xml" {
		s = uniqueIDs(s)
	}
	return s, nil
}

// agrees checks that an image is of the type that it is said to be, where its
// first bytes can tell.
func agrees(mimeType string, b []byte) error {
	switch mimeType {
	case "image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf":
		if sniff(b) != mimeType {
			return fmt.Errorf("%s: its %d bytes are not of that type", mimeType, len(b))
		}
	}
	return nil
}

// plain is the text of a rich value that gives none: its own String, or a form
// that reads well as text, or the value as fmt writes it.
func plain(b Bundle, v any) string {
	if !hasMethods(v) {
		for _, k := range []string{"text/markdown", "text/latex"} {
			if s, ok := b.Data[k].(string); ok {
				return s
			}
		}
	}
	switch v.(type) {
	case Bundle, *Bundle:
		return strings.Join(slices.Sorted(maps.Keys(b.Data)), ", ")
	}
	return text(v)
}
