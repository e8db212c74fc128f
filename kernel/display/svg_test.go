package display

import (
	"encoding/xml"
	"regexp"
	"strings"
	"testing"
)

var idAttr = regexp.MustCompile(`\b(?:xml:)?id=["']([^"']*)["']`)

func idsOf(svg string) (ids []string) {
	for _, m := range idAttr.FindAllStringSubmatch(svg, -1) {
		ids = append(ids, m[1])
	}
	return ids
}

// Every way to name an id: each is renamed together with it, and nothing else is.
const manyReferences = `<?xml version="1.0" encoding="ISO-8859-1"?>
<!DOCTYPE svg>
<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" aria-labelledby="t d other">
 <title id="t">url(#clip) id="no"</title><desc id='d'/>
 <style>#box:hover, g #abc { fill: #abc; stroke: url( "#clip" ) } .box { }</style>
 <style><![CDATA[ #box { clip-path: url(#clip) } ]]></style>
 <clipPath id="clip"><rect id="box" width="1"/></clipPath><g id="abc"/>
 <use href="#box"/><use xlink:href='#box' style="clip-path:url('#clip');mask:url(&quot;#clip&quot;)"/>
 <path clip-path="url(#clip)" fill="#abc" d="M0 0"/><a href="https://x.y/#box" data-id="box"/>
 <animate begin="box.click; 3s" end="abc.end+1s"/><!-- #box url(#clip) -->
</svg>`

func TestUniqueIDs(t *testing.T) {
	got := uniqueIDs(manyReferences)
	prefix := regexp.MustCompile(`g[0-9a-f]{8}-\d+-`).FindString(got)
	if prefix == "" {
		t.Fatalf("no prefix in %s", got)
	}
	want := `<?xml version="1.0" encoding="ISO-8859-1"?>
<!DOCTYPE svg>
<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" aria-labelledby="@t @d other">
 <title id="@t">url(#clip) id="no"</title><desc id='@d'/>
 <style>#@box:hover, g #@abc { fill: #abc; stroke: url( "#@clip" ) } .box { }</style>
 <style><![CDATA[ #@box { clip-path: url(#@clip) } ]]></style>
 <clipPath id="@clip"><rect id="@box" width="1"/></clipPath><g id="@abc"/>
 <use href="#@box"/><use xlink:href='#@box' style="clip-path:url('#@clip');mask:url(&quot;#@clip&quot;)"/>
 <path clip-path="url(#@clip)" fill="#abc" d="M0 0"/><a href="https://x.y/#box" data-id="box"/>
 <animate begin="@box.click; 3s" end="@abc.end+1s"/><!-- #box url(#clip) -->
</svg>`
	if s := strings.ReplaceAll(got, prefix, "@"); s != want {
		t.Errorf("got\n%s\nwant\n%s", s, want)
	}
}

func TestSameFigureTwiceOnAPage(t *testing.T) {
	fig := SVG(`<svg xmlns="http://www.w3.org/2000/svg"><clipPath id="c"/><path clip-path="url(#c)"/></svg>`)
	seen := map[string]bool{}
	for range 3 {
		svg := Of(fig).Data["image/svg+xml"].(string)
		ids := idsOf(svg)
		if len(ids) != 1 || seen[ids[0]] {
			t.Fatalf("ids %v, seen before: %v", ids, seen)
		}
		seen[ids[0]] = true
		if !strings.Contains(svg, "url(#"+ids[0]+")") {
			t.Errorf("the reference does not follow the id: %s", svg)
		}
	}
}

func TestSVGThatStaysAsItIs(t *testing.T) {
	for _, s := range []string{
		"", "no xml", `<svg><path d="M0"/></svg>`, `<svg width="1"/>`, `<svg id="a"`, `<svg><g id="a"></svg`, `<svg id="a">&nope;</svg>`,
	} {
		if got := uniqueIDs(s); got != s {
			t.Errorf("%q became %q", s, got)
		}
	}
}

func FuzzUniqueIDs(f *testing.F) {
	f.Add(manyReferences)
	f.Add(`<svg id="a"><use href="#a"/></svg>`)
	f.Add(`<svg id="a" style="fill:url(#a)"><style>#a{}</style></svg>`)
	f.Fuzz(func(t *testing.T, s string) {
		got := uniqueIDs(s)
		if got == s {
			return
		}
		again := uniqueIDs(s)
		a, b := startIDs(t, got), startIDs(t, again)
		if n := len(startIDs(t, s)); len(a) != n || len(b) != n {
			t.Fatalf("%d ids became %d and %d", n, len(a), len(b))
		}
		for id := range a {
			if b[id] {
				t.Fatalf("id %q in both copies of %q", id, s)
			}
		}
	})
}

// startIDs are the ids as an XML reader sees them.
func startIDs(t *testing.T, s string) map[string]bool {
	ids := map[string]bool{}
	if err := eachToken(s, func(tok xml.Token, _ string) {
		if e, ok := tok.(xml.StartElement); ok {
			for _, a := range e.Attr {
				if a.Name.Local == "id" && (a.Name.Space == "" || a.Name.Space == "xml") {
					ids[a.Value] = true
				}
			}
		}
	}); err != nil {
		t.Fatalf("not XML any more: %v\n%s", err, s)
	}
	return ids
}
