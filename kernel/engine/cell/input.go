package cell

import (
	"bufio"
	"fmt"
	"sync"
)

// Stdin asks the user for a line whenever a cell reads past what it has. It
// stands for os.Stdin where a cell reads from it.
var Stdin = &stdin{r: bufio.NewReader(&lines{})}

type stdin struct {
	mu sync.Mutex
	r  *bufio.Reader
}

// Read implements io.Reader. There is no ReadRune, as os.Stdin has none: fmt
// behaves as it does with os.Stdin, which loses the character after a word.
func (s *stdin) Read(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.r.Read(p)
}

// lines reads the user's lines, one request each.
type lines struct{ rest string }

func (l *lines) Read(p []byte) (int, error) {
	if l.rest == "" {
		line, err := process.Input("", false)
		if err != nil {
			return 0, err
		}
		l.rest = line + "\n"
	}
	n := copy(p, l.rest)
	l.rest = l.rest[n:]
	return n, nil
}

// Scan is fmt.Scan.
func Scan(a ...any) (int, error) { return fmt.Fscan(Stdin, a...) }

// Scanln is fmt.Scanln.
func Scanln(a ...any) (int, error) { return fmt.Fscanln(Stdin, a...) }

// Scanf is fmt.Scanf.
func Scanf(format string, a ...any) (int, error) { return fmt.Fscanf(Stdin, format, a...) }
