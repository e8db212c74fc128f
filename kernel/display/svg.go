package display

import (
	"encoding/xml"
	"fmt"
	"hash/fnv"
	"io"
	"regexp"
	"strings"
	"sync/atomic"
)

// shownSVGs numbers the SVG texts that have ids.
var shownSVGs atomic.Uint64

var (
	attribute = regexp.MustCompile(`([\w:.-]+)(\s*=\s*)("[^"]*"|'[^']*')`)
	// Each has the text before an id, the id, and the text after it.
	reference = regexp.MustCompile(`(url\(\s*(?:&quot;|&apos;|&#34;|&#39;|["'])?#)([^\s"'&)]+)()`)
	selector  = regexp.MustCompile(`(#)([\w-]+)()`)
	word      = regexp.MustCompile(`()(\S+)()`)
	timing    = regexp.MustCompile(`()([^\s;.]+)(\.)`)
	block     = regexp.MustCompile(`\{[^{}]*\}`) // of CSS: declarations, where #abc is a colour
)

// uniqueIDs renames the ids of an SVG, and all references to them, so that no
// two SVG texts on a page share an id: a page takes the first element of a
// name, and draws one figure with the other's colours and clips. The new names
// are the same in every run: a hash of the text, so that sessions that write on
// one page differ, and a running number, so that a figure shown twice does. A
// text without ids, or one that is not XML, stays as it is.
func uniqueIDs(svg string) string {
	if !strings.Contains(svg, "id") {
		return svg
	}
	ids := map[string]bool{}
	if err := eachToken(svg, func(t xml.Token, raw string) {
		if _, ok := t.(xml.StartElement); ok {
			for _, a := range attribute.FindAllStringSubmatch(raw, -1) {
				if isID(a[1]) {
					ids[unquote(a[3])] = true
				}
			}
		}
	}); err != nil || len(ids) == 0 {
		return svg
	}
	h := fnv.New32a()
	h.Write([]byte(svg))
	prefix := fmt.Sprintf("g%08x-%d-", h.Sum32(), shownSVGs.Add(1))
	rename := func(in *regexp.Regexp, s string) string {
		return in.ReplaceAllStringFunc(s, func(m string) string {
			p := in.FindStringSubmatch(m)
			if !ids[p[2]] {
				return m
			}
			return p[1] + prefix + p[2] + p[3]
		})
	}

	var out strings.Builder
	style := false
	_ = eachToken(svg, func(t xml.Token, raw string) { // read once already: no error
		switch x := t.(type) {
		case xml.StartElement:
			style = x.Name.Local == "style"
			raw = attribute.ReplaceAllStringFunc(raw, func(m string) string {
				a := attribute.FindStringSubmatch(m)
				quote, value := a[3][:1], unquote(a[3])
				switch {
				case isID(a[1]):
					value = prefix + value
				case a[1] == "href", a[1] == "xlink:href":
					if strings.HasPrefix(value, "#") && ids[value[1:]] {
						value = "#" + prefix + value[1:]
					}
				case strings.HasPrefix(a[1], "aria-"):
					value = rename(word, value)
				case a[1] == "begin", a[1] == "end":
					value = rename(timing, value)
				default:
					value = rename(reference, value)
				}
				return a[1] + a[2] + quote + value + quote
			})
		case xml.EndElement:
			style = false
		case xml.CharData:
			if style {
				var css strings.Builder
				end := 0
				for _, b := range block.FindAllStringIndex(raw, -1) {
					css.WriteString(rename(selector, raw[end:b[0]]))
					css.WriteString(rename(reference, raw[b[0]:b[1]]))
					end = b[1]
				}
				css.WriteString(rename(selector, raw[end:]))
				raw = css.String()
			}
		}
		out.WriteString(raw)
	})
	return out.String()
}

func isID(name string) bool { return name == "id" || name == "xml:id" }

func unquote(s string) string { return s[1 : len(s)-1] }

// eachToken calls f with every XML token of s and with its text.
func eachToken(s string, f func(t xml.Token, raw string)) error {
	d := xml.NewDecoder(strings.NewReader(s))
	d.Entity = xml.HTMLEntity
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil } // a Go string is UTF-8
	start := int64(0)
	for {
		t, err := d.RawToken()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		end := d.InputOffset()
		f(t, s[start:end])
		start = end
	}
}
