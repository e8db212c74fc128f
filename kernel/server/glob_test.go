package server

import (
	"regexp"
	"testing"
)

func TestGlob(t *testing.T) {
	for _, c := range []struct {
		pattern, text string
		want          bool
	}{
		{"*", "", true}, {"*", "a\nb/c", true}, {"a*c", "abc", true}, {"a*c", "ab", false},
		{"", "", true}, {"", "a", false}, {"?", "€", true}, {"??", "a", false},
		{"**a**", "bab", true}, {"a.c", "abc", false}, {"a.c", "a.c", true}, {"(a|b)", "a", false},
		{"[ab]c", "bc", true}, {"[ab]c", "cc", false}, {"[!ab]c", "cc", true}, {"[^ab]c", "ac", false},
		{"[a-c]", "b", true}, {"[a-c]", "-", false}, {"[]]", "]", true}, {"[!]]", "]", false}, {"[[]", "[", true},
		{"[ab", "[ab", true}, {"[", "[", true}, {"[]", "[]", true}, {"[z-a]", "m", false}, {`[\]`, `\`, true},
		{`a\*`, `a\b`, true}, {"[€]", "€", true}, {"[a&&b]", "&", true}, {"*print*", "fmt.Println()", false},
		{"*rint*", "fmt.Println()", true}, {"ab", "xabx", false}, {"[[:alpha:]]", ":]", true},
	} {
		if got := compileGlob(c.pattern)(c.text); got != c.want {
			t.Errorf("%q on %q: %v, want %v", c.pattern, c.text, got, c.want)
		}
	}
}

// FuzzGlob wants no pattern to panic, a star to match all, and a text without
// special characters to match itself.
func FuzzGlob(f *testing.F) {
	for _, s := range []string{"*", "[a-", "[!]", "a?[b]*", "\xff[", `[\`} {
		f.Add(s, "text")
	}
	special := regexp.MustCompile(`[*?\[]`)
	f.Fuzz(func(t *testing.T, pattern, text string) {
		compileGlob(pattern)(text)
		if !compileGlob("*")(text) {
			t.Fatalf("* does not match %q", text)
		}
		if valid := regexp.QuoteMeta(text); !special.MatchString(text) && regexp.MustCompile(`\A(?s:.*)\z`).MatchString(valid) {
			if _, err := regexp.Compile(valid); err == nil && !compileGlob(text)(text) {
				t.Fatalf("%q does not match itself", text)
			}
		}
	})
}
