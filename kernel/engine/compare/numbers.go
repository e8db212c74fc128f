package compare

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
)

var (
	lengths = regexp.MustCompile(`\b(\d+h)?(\d+m)?\d+(\.\d+)?\s?(ns|µs|us|ms|s|min)\b`)
	number  = regexp.MustCompile(`[-+−]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?|[-+]?Inf\b|NaN\b`)
)

// A token is a number, or the text between numbers.
type token struct {
	text     string
	value    float64
	isNumber bool
}

// tokens takes a text apart. A number that belongs to a word, as in x1 or
// 0xc0000, is text.
func tokens(text string) (ts []token) {
	text = lengths.ReplaceAllString(text, "(time)")
	at := 0
	add := func(to int) {
		if to > at {
			ts = append(ts, token{text: text[at:to]})
		}
	}
	for _, m := range number.FindAllStringIndex(text, -1) {
		from, to := m[0], m[1]
		if from > 0 && isWord(text[from-1]) {
			if text[from] != '+' && text[from] != '-' && !strings.HasPrefix(text[from:], "−") {
				continue // x1
			}
			from += signLength(text[from:]) // 2-1: the sign is no number's
		}
		if to < len(text) && isWord(text[to]) {
			continue // 3rd
		}
		v, err := strconv.ParseFloat(strings.Replace(text[from:to], "−", "-", 1), 64)
		if err != nil && !math.IsInf(v, 0) {
			continue
		}
		add(from)
		ts = append(ts, token{text[from:to], v, true})
		at = to
	}
	add(len(text))
	return ts
}

func signLength(s string) int {
	if strings.HasPrefix(s, "−") {
		return len("−")
	}
	return 1
}

// isWord reports whether a byte is part of a word; all of UTF-8 beyond ASCII is
// taken for one.
func isWord(b byte) bool {
	return b == '_' || b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= 0x80
}

// rounding is the size below which numbers are taken for what rounding left of
// nothing: the tolerance is not relative to less.
const rounding = 1e-6

// closeTo reports whether two numbers differ by at most the tolerance, relative to
// the larger.
func closeTo(a, b, tolerance float64) bool {
	switch {
	case a == b, math.IsNaN(a) && math.IsNaN(b):
		return true
	case math.IsInf(a, 0), math.IsInf(b, 0):
		return false
	}
	return math.Abs(a-b) <= tolerance*max(rounding, math.Abs(a), math.Abs(b))
}

// Texts tells how two texts differ, "" when they do not.
func Texts(a, b string, tolerance float64) string {
	if a == b {
		return ""
	}
	x, y := tokens(a), tokens(b)
	worst, where := 0.0, ""
	for i := range min(len(x), len(y)) {
		p, q := x[i], y[i]
		switch {
		case p.isNumber && q.isNumber:
			if closeTo(p.value, q.value, tolerance) {
				continue
			}
			off := math.Abs(p.value-q.value) / max(math.Abs(p.value), math.Abs(q.value))
			if where == "" || off > worst {
				worst, where = off, fmt.Sprintf("%s became %s", p.text, q.text)
			}
		case p.isNumber != q.isNumber || blank(p.text) != blank(q.text):
			return fmt.Sprintf("%q became %q", around(x, i), around(y, i))
		}
	}
	if len(x) != len(y) {
		return fmt.Sprintf("%d words and numbers became %d", len(x), len(y))
	}
	if where != "" && !math.IsNaN(worst) && !math.IsInf(worst, 0) {
		where += fmt.Sprintf(", %.2g of its size", worst)
	}
	return where
}

// blank is a text with its blanks made one: columns move with the width of numbers.
func blank(s string) string { return strings.Join(strings.Fields(s), " ") }

// around is some text about a token, for a message.
func around(ts []token, i int) string {
	var b strings.Builder
	for j := max(0, i-1); j < min(len(ts), i+2); j++ {
		b.WriteString(ts[j].text)
	}
	if r := []rune(strings.TrimSpace(b.String())); len(r) > 60 {
		return string(r[:59]) + "…"
	}
	return strings.TrimSpace(b.String())
}
