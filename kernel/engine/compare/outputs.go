package compare

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// Outputs are what a cell emitted, as far as two runs can be compared by it.
type Outputs struct {
	list  []output
	clear bool // with the next output
}

type output struct {
	kind  string            // stream, display or error
	name  string            // of a stream
	id    string            // of a display
	forms map[string]string // by MIME type; the text of a stream or an error under ""
}

// most is how long a form may be that is kept; of longer ones a hash is.
const most = 1 << 20

func kept(mime, text string) string {
	if mime == "image/svg+xml" {
		text = ids.ReplaceAllString(text, "$1")
	}
	if len(text) <= most {
		return text
	}
	sum := sha256.Sum256([]byte(text))
	return fmt.Sprintf("%d bytes, hash %s", len(text), hex.EncodeToString(sum[:8]))
}

var (
	ids = regexp.MustCompile(`(\bid="|href="#|url\(#)[^")]*`)
	bar = regexp.MustCompile(`[█░]{30} \d`)
)

// Stream adds text to a stream.
func (o *Outputs) Stream(name, text string) {
	if text == "" {
		return
	}
	o.clearIfDue()
	if n := len(o.list); n > 0 && o.list[n-1].kind == "stream" && o.list[n-1].name == name {
		if f := o.list[n-1].forms; len(f[""]) < most {
			f[""] += text
		}
		return
	}
	o.list = append(o.list, output{kind: "stream", name: name, forms: map[string]string{"": text}})
}

// Display adds a value that is shown, or puts it in the place of what is shown
// under the id.
func (o *Outputs) Display(data map[string]any, id string, update bool) {
	shown := output{kind: "display", id: id, forms: map[string]string{}}
	for mime, v := range data {
		text, ok := v.(string)
		if !ok {
			raw, err := json.Marshal(v)
			if err != nil {
				continue
			}
			text = string(raw)
		}
		shown.forms[mime] = kept(mime, text)
	}
	if update {
		for i := range o.list {
			if id != "" && o.list[i].id == id {
				o.list[i] = shown
			}
		}
		return
	}
	o.clearIfDue()
	o.list = append(o.list, shown)
}

// Error adds the error that ended the cell.
func (o *Outputs) Error(name, value string) {
	o.clearIfDue()
	o.list = append(o.list, output{kind: "error", forms: map[string]string{"": name + ": " + value}})
}

// Clear removes the outputs, now or with the next one.
func (o *Outputs) Clear(wait bool) {
	o.clear = true
	if !wait {
		o.clearIfDue()
	}
}

func (o *Outputs) clearIfDue() {
	if o.clear {
		o.list, o.clear = nil, false
	}
}

// Copy is a copy, which is not changed by what comes.
func (o *Outputs) Copy() *Outputs {
	c := &Outputs{list: slices.Clone(o.list), clear: o.clear}
	for i := range c.list {
		c.list[i].forms = maps.Clone(c.list[i].forms)
	}
	return c
}

// comparable leaves out progress bars, and joins the streams that touch then.
func (o *Outputs) comparable() (out []output) {
	for _, x := range o.list {
		if x.kind == "display" && len(x.forms) <= 2 && bar.MatchString(x.forms["text/plain"]) {
			continue
		}
		if n := len(out); n > 0 && x.kind == "stream" && out[n-1].kind == "stream" && out[n-1].name == x.name {
			out[n-1].forms = map[string]string{"": out[n-1].forms[""] + x.forms[""]}
			continue
		}
		out = append(out, x)
	}
	return out
}

// Differ tells how the outputs of a second run differ from those of a first, ""
// when they do not.
func Differ(first, second *Outputs, tolerance float64) string {
	a, b := first.comparable(), second.comparable()
	for i := range min(len(a), len(b)) {
		x, y := a[i], b[i]
		if x.kind != y.kind || x.name != y.name {
			return fmt.Sprintf("%s became %s", x.what(), y.what())
		}
		for _, mime := range slices.Sorted(maps.Keys(x.forms)) {
			other, ok := y.forms[mime]
			if !ok {
				return "nothing is shown as " + mime + " any more"
			}
			if how := differ(mime, x.forms[mime], other, tolerance); how != "" {
				return how
			}
		}
		for _, mime := range slices.Sorted(maps.Keys(y.forms)) {
			if _, ok := x.forms[mime]; !ok {
				return "something is shown as " + mime + " now"
			}
		}
	}
	if len(a) != len(b) {
		return fmt.Sprintf("%d outputs became %d", len(a), len(b))
	}
	return ""
}

func (o output) what() string {
	switch o.kind {
	case "stream":
		return fmt.Sprintf("text on %s (%q)", o.name, around(tokens(o.forms[""]), 0))
	case "error":
		return "an error (" + o.forms[""] + ")"
	}
	return "a value that is shown"
}

func differ(mime, a, b string, tolerance float64) string {
	if strings.HasPrefix(mime, "image/") && mime != "image/svg+xml" || mime == "application/pdf" {
		// A file writes such a text with line ends.
		if strings.Join(strings.Fields(a), "") != strings.Join(strings.Fields(b), "") {
			return "another " + mime
		}
		return ""
	}
	how := Texts(a, b, tolerance)
	if how != "" && mime != "" && mime != "text/plain" {
		how = mime + ": " + how
	}
	return how
}
