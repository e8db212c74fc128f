package server

import (
	"regexp"
	"strings"
)

// compileGlob returns a matcher of whole texts: * is any text, ? any character,
// [abc] and [a-c] one of several, [!abc] and [^abc] any other. A [ without its ]
// is itself. Unlike in package path, / is a character like others.
func compileGlob(pattern string) func(string) bool {
	var b strings.Builder
	b.WriteString(`(?s)\A`)
	for i := 0; i < len(pattern); {
		switch c := pattern[i]; c {
		case '*':
			b.WriteString(".*")
			for i < len(pattern) && pattern[i] == '*' {
				i++
			}
			continue
		case '?':
			b.WriteByte('.')
		case '[':
			if class, n := globClass(pattern[i:]); n > 0 {
				b.WriteString(class)
				i += n
				continue
			}
			b.WriteString(`\[`)
		default:
			n := strings.IndexAny(pattern[i:], "*?[")
			if n < 0 {
				n = len(pattern) - i
			}
			b.WriteString(regexp.QuoteMeta(pattern[i : i+n]))
			i += n
			continue
		}
		i++
	}
	b.WriteString(`\z`)
	re, err := regexp.Compile(b.String())
	if err != nil { // a range that goes backwards, or text that is not UTF-8: no text is in it
		return func(string) bool { return false }
	}
	return re.MatchString
}

// globClass turns the class that pattern begins with into one of regexp, and
// returns its length in pattern; 0 when there is no closing bracket.
func globClass(pattern string) (class string, n int) {
	body := pattern[1:]
	not := ""
	if strings.HasPrefix(body, "!") || strings.HasPrefix(body, "^") {
		not, body = "^", body[1:]
	}
	end := strings.IndexByte(body[min(1, len(body)):], ']') // a first ] is one of the characters
	if end < 0 {
		return "", 0
	}
	end++
	n = len(pattern) - len(body) + end + 1
	escaped := strings.NewReplacer(`\`, `\\`, `[`, `\[`, `]`, `\]`, `^`, `\^`, `&`, `\&`, `~`, `\~`).Replace(body[:end])
	return "[" + not + escaped + "]", n
}
