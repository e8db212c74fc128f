package run

import (
	"strings"
	"testing"
)

// Every work of the laboratory has an entry with an author, a title and a year.
func TestBibTeX(t *testing.T) {
	for key := range references {
		entry := BibTeX(key)
		for _, f := range []string{"author = {", "title = {{", "year = {"} {
			if !strings.Contains(entry, f) || strings.Contains(entry, f+"}") {
				t.Errorf("%s has no %s}:\n%s", key, f, entry)
			}
		}
		if strings.Count(entry, "{") != strings.Count(entry, "}") {
			t.Errorf("%s: braces do not match:\n%s", key, entry)
		}
	}
	const auffinger = `@article{auffinger2013,
  author = {A. Auffinger and G. Ben Arous and J. Černý},
  title = {{Random matrices and complexity of spin glasses}},
  journal = {Communications on Pure and Applied Mathematics},
  volume = {66},
  year = {2013},
  pages = {165--201}
}`
	if got := BibTeX("auffinger2013"); got != auffinger {
		t.Errorf("%s\nexpected\n%s", got, auffinger)
	}
	if got := BibTeX("mine"); got != "@misc{mine,\n  note = {mine}\n}" {
		t.Errorf("a key of the user's own: %s", got)
	}
}
