package run

import (
	"fmt"
	"regexp"
	"strings"
)

// journal matches what follows the title of an article: its journal, volume,
// year and pages.
var journal = regexp.MustCompile(`^(.+) (\d+) \((\d{4})\) (\S+?)\.?$`)

// year matches the one in a key.
var year = regexp.MustCompile(`\d{4}`)

// BibTeX returns the entry of a key that the laboratory cites; of a key that is
// not one of the laboratory's, an entry with that key as its note.
func BibTeX(key string) string {
	type field struct{ name, value string }
	kind := "misc"
	var fields []field
	authors, rest, ok := strings.Cut(references[key], ": ")
	if title, where, found := strings.Cut(rest, ". "); ok && found {
		fields = append(fields, field{"author", strings.ReplaceAll(authors, ", ", " and ")}, field{"title", "{" + title + "}"})
		if m := journal.FindStringSubmatch(where); m != nil {
			kind = "article"
			fields = append(fields, field{"journal", m[1]}, field{"volume", m[2]}, field{"year", m[3]}, field{"pages", strings.ReplaceAll(m[4], "-", "--")})
		} else {
			fields = append(fields, field{"howpublished", strings.TrimSuffix(where, ".")}, field{"year", year.FindString(key)})
		}
	} else {
		fields = append(fields, field{"note", Reference(key)})
	}
	var b strings.Builder
	fmt.Fprintf(&b, "@%s{%s", kind, key)
	for _, f := range fields {
		fmt.Fprintf(&b, ",\n  %s = {%s}", f.name, f.value)
	}
	b.WriteString("\n}")
	return b.String()
}
