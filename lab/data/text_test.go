package data

import (
	"slices"
	"strings"
	"testing"
	"unicode"
)

func TestCharacters(t *testing.T) {
	text := "abécab\nabcé" + strings.Repeat("a", 9)
	c, err := NewCharacters("tiny", text)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(c.Symbols, []string{"\n", "a", "b", "c", "é"}) {
		t.Errorf("symbols %q", c.Symbols)
	}
	if len(c.Train) != 16 || len(c.Validation) != 2 || len(c.Test) != 2 {
		t.Errorf("parts of %d, %d, %d, expected 16, 2, 2", len(c.Train), len(c.Validation), len(c.Test))
	}
	if got := c.Text(slices.Concat(c.Train, c.Validation, c.Test)); got != text {
		t.Errorf("back: %q", got)
	}
	for why, text := range map[string]string{"is empty": "", "is not UTF-8": "a\xff"} {
		if _, err := NewCharacters("tiny", text); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestWindows(t *testing.T) {
	c := &Corpus{Name: "count", Symbols: make([]string, 10)}
	s := c.Windows([]int32{0, 1, 2, 3, 4, 5, 6, 7}, 3)
	if !slices.Equal(s.Tokens, []int32{0, 1, 2, 3, 4, 5}) || !slices.Equal(s.Y, []int32{1, 2, 3, 4, 5, 6}) || s.Len() != 2 || s.Classes != 10 {
		t.Errorf("%+v", s)
	}
	if err := s.Validate(); err != nil {
		t.Error(err)
	}
	for n, want := range map[int]int{0: 0, 1: 0, 3: 0, 4: 1, 6: 1, 7: 2} {
		if got := c.Windows(make([]int32, n), 3).Len(); got != want {
			t.Errorf("%d tokens: %d windows of 3, expected %d", n, got, want)
		}
	}
}

// A line of the Penn Treebank files starts and ends with a blank.
func TestWords(t *testing.T) {
	c, err := NewWords("tiny", " the cat the \n the dog \n", " a cat \n", " the <unk> \n", 5)
	if err != nil {
		t.Fatal(err)
	}
	// the 3, <eos> 2, then one each, by alphabet; nothing in it is unknown.
	if !slices.Equal(c.Symbols, []string{"the", EndOfLine, "cat", "dog", Unknown}) {
		t.Errorf("symbols %q", c.Symbols)
	}
	for want, part := range map[string][]int32{"the cat the\nthe dog\n": c.Train, "<unk> cat\n": c.Validation, "the <unk>\n": c.Test} {
		if got := c.Text(part); got != want {
			t.Errorf("%q, expected %q", got, want)
		}
	}
	if c, err = NewWords("tiny", "a a a b b c d\n", "", "", 4); err != nil || !slices.Equal(c.Symbols, []string{"a", Unknown, "b", EndOfLine}) {
		t.Errorf("four symbols: %q, %v", c.Symbols, err) // c and d count as unknown: 2, as b
	}
	if _, err := NewWords("tiny", " \n"[:1], "a", "b", 5); err == nil {
		t.Error("no words: no error")
	}
}

func TestSentences(t *testing.T) {
	got := sentences("CHAPTER 12\n\n\"It isn't so,\" said Mr. Fox--'twas 3.5 o'clock!  Why?\n...")
	want := "chapter N it isn't so said mr\nfox twas N\nN o'clock\nwhy\n"
	if got != want {
		t.Errorf("%q, expected %q", got, want)
	}
}

func TestBook(t *testing.T) {
	if got := book(file{b: []byte("a\r\nb\xe9\n")}); got != "a\nbé\n" {
		t.Errorf("%q", got)
	}
}

func FuzzTexts(f *testing.F) {
	f.Add(" the cat \n", "It isn't so. 3.5!", uint8(0))
	f.Add("a\x00\u2028b c\n\n", "<unk>", uint8(7))
	f.Fuzz(func(t *testing.T, train, test string, more uint8) {
		for line := range strings.Lines(sentences(test)) {
			if strings.TrimSpace(line) == "" || !strings.HasSuffix(line, "\n") {
				t.Errorf("sentences: line %q of %q", line, test)
			}
			for _, w := range strings.Fields(line) {
				if w != "N" && strings.ContainsFunc(w, func(r rune) bool { return r != '\'' && !unicode.IsLetter(r) }) {
					t.Errorf("sentences: word %q of %q", w, test)
				}
			}
		}
		most := 2 + int(more)
		c, err := NewWords("fuzz", train, "", test, most)
		if err != nil {
			return
		}
		if len(c.Symbols) > most {
			t.Errorf("%d symbols, expected at most %d", len(c.Symbols), most)
		}
		for _, p := range [][]int32{c.Train, c.Test} {
			for _, token := range p {
				if token < 0 || int(token) >= len(c.Symbols) {
					t.Fatalf("token %d of %d", token, len(c.Symbols))
				}
			}
		}
		// The text of the tokens has the same tokens, where no word was left out.
		if len(c.Symbols) < most {
			d, err := NewWords("fuzz", c.Text(c.Train), "", "", most)
			if err != nil || !slices.Equal(d.Train, c.Train) {
				t.Errorf("again: %v", err)
			}
		}
	})
}
