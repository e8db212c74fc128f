package data

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A Corpus is a text as tokens, in three parts that follow each other.
type Corpus struct {
	Name                    string
	Symbols                 []string // what token i stands for, len V
	Train, Validation, Test []int32

	join func(symbols []string) string
}

// String is one line: how many tokens in each part, of how many kinds.
func (c *Corpus) String() string {
	return fmt.Sprintf("%s: %d tokens to train on, %d to validate, %d to test, %d symbols", c.Name, len(c.Train), len(c.Validation), len(c.Test), len(c.Symbols))
}

// Text is what the tokens stand for.
func (c *Corpus) Text(tokens []int32) string {
	symbols := make([]string, len(tokens))
	for i, t := range tokens {
		symbols[i] = c.Symbols[t]
	}
	return c.join(symbols)
}

// Windows cuts a part of c into ⌊(n-1)/T⌋ samples of T tokens that follow each
// other, each labelled with the token after; what is left at the end is dropped.
// A network that carries its state from batch to batch takes window j, j+K,
// j+2K, … into one batch, K = N/b, for j = 0, 1, ….
func (c *Corpus) Windows(part []int32, T int) *Set {
	if T < 1 {
		panic(fmt.Sprintf("data: Windows: T is %d, expected at least 1", T))
	}
	n := max(0, len(part)-1) / T * T
	s := &Set{Name: c.Name, Shape: []int{T}, Classes: len(c.Symbols), Tokens: make([]int32, n), Y: make([]int32, n)}
	if n > 0 {
		copy(s.Tokens, part[:n])
		copy(s.Y, part[1:n+1])
	}
	return s
}

// NewCharacters makes a corpus of a text's characters, divided 80 : 10 : 10 in
// training, validation and test (Karpathy, Johnson, Li 2015). The symbols are
// the text's different characters, by code point.
func NewCharacters(name, text string) (*Corpus, error) {
	if !utf8.ValidString(text) {
		return nil, fmt.Errorf("data: %s: is not UTF-8 text", name)
	}
	if len(text) == 0 {
		return nil, fmt.Errorf("data: %s: is empty", name)
	}
	seen := map[rune]bool{}
	var alphabet []rune
	n := 0
	for _, r := range text {
		n++
		if !seen[r] {
			seen[r] = true
			alphabet = append(alphabet, r)
		}
	}
	slices.Sort(alphabet)
	c := &Corpus{Name: name, join: func(s []string) string { return strings.Join(s, "") }}
	number := map[rune]int32{}
	for i, r := range alphabet {
		number[r] = int32(i)
		c.Symbols = append(c.Symbols, string(r))
	}
	tokens := make([]int32, 0, n)
	for _, r := range text {
		tokens = append(tokens, number[r])
	}
	a, b := n*8/10, n*9/10
	c.Train, c.Validation, c.Test = tokens[:a:a], tokens[a:b:b], tokens[b:]
	return c, nil
}

// The symbols of the Penn Treebank files that are no words.
const (
	EndOfLine = "<eos>" // at the end of every line
	Unknown   = "<unk>" // for every word that is not among the symbols
)

// NewWords makes a corpus of texts in the form of the Penn Treebank files of
// Mikolov (2010): words between blanks, a sentence a line. The symbols are the
// most frequent words of the training part, descending, equals by alphabet, at
// most that many with EndOfLine and Unknown.
func NewWords(name, train, validation, test string, most int) (*Corpus, error) {
	if most < 2 {
		panic(fmt.Sprintf("data: NewWords: most is %d, expected at least 2, for %s and %s", most, EndOfLine, Unknown))
	}
	parts := [3][]string{}
	for i, text := range []string{train, validation, test} {
		if !utf8.ValidString(text) {
			return nil, fmt.Errorf("data: %s: is not UTF-8 text", name)
		}
		for line := range strings.Lines(text) {
			parts[i] = append(parts[i], strings.Fields(line)...)
			if strings.HasSuffix(line, "\n") {
				parts[i] = append(parts[i], EndOfLine)
			}
		}
	}
	if len(parts[0]) == 0 {
		return nil, fmt.Errorf("data: %s: has no words to train on", name)
	}
	c := &Corpus{Name: name, Symbols: vocabulary(parts[0], most), join: joinWords}
	number := map[string]int32{}
	for i, w := range c.Symbols {
		number[w] = int32(i)
	}
	for i, to := range []*[]int32{&c.Train, &c.Validation, &c.Test} {
		*to = make([]int32, len(parts[i]))
		for j, w := range parts[i] {
			t, ok := number[w]
			if !ok {
				t = number[Unknown]
			}
			(*to)[j] = t
		}
	}
	return c, nil
}

// vocabulary is the most frequent words, at most that many with the two symbols.
func vocabulary(words []string, most int) []string {
	count := map[string]int{}
	for _, w := range words {
		count[w]++
	}
	byCount := func(a, b string) int {
		if count[a] != count[b] {
			return count[b] - count[a]
		}
		return strings.Compare(a, b)
	}
	var all []string
	for w := range count {
		if w != EndOfLine && w != Unknown {
			all = append(all, w)
		}
	}
	slices.SortFunc(all, byCount)
	kept := all[:min(most-2, len(all))]
	for _, w := range all[len(kept):] {
		count[Unknown] += count[w]
	}
	kept = append(kept, EndOfLine, Unknown)
	slices.SortFunc(kept, byCount)
	return kept
}

func joinWords(symbols []string) string {
	var b strings.Builder
	start := true
	for _, w := range symbols {
		if w == EndOfLine {
			b.WriteByte('\n')
			start = true
			continue
		}
		if !start {
			b.WriteByte(' ')
		}
		b.WriteString(w)
		start = false
	}
	return b.String()
}

// sentences writes English prose in the form of the Penn Treebank files: lower
// case, a sentence a line, a number as N, no punctuation.
func sentences(text string) string {
	var b strings.Builder
	text = strings.ToLower(text)
	start := true // of a line
	word := func(w string) {
		if !start {
			b.WriteByte(' ')
		}
		b.WriteString(w)
		start = false
	}
	for len(text) > 0 {
		r, size := utf8.DecodeRuneInString(text)
		switch {
		case unicode.IsLetter(r):
			end := strings.IndexFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && r != '\'' })
			if end < 0 {
				end = len(text)
			}
			word(strings.TrimRight(text[:end], "'"))
			text = text[end:]
		case unicode.IsDigit(r):
			word("N")
			text = strings.TrimLeftFunc(text, unicode.IsDigit)
		default:
			if strings.ContainsRune(".!?", r) && !start {
				b.WriteByte('\n')
				start = true
			}
			text = text[size:]
		}
	}
	if !start {
		b.WriteByte('\n')
	}
	return b.String()
}
