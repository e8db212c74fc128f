package server

import (
	"fmt"
	"sync"
	"unicode/utf8"
)

// A cell that prints without end makes a notebook that no front end opens. So it
// may print maxStream bytes; of what follows, the last maxTail are shown when it
// ends.
const (
	maxStream = 1 << 20
	maxTail   = 16 << 10
)

// Allowance is what one cell may still print; the zero value is that of a cell
// that begins.
type Allowance struct {
	mu    sync.Mutex
	used  int
	over  bool // something was held back
	ended bool // the cell: nobody asks for a tail any more
	held  int  // bytes,
	kept  int  // of which these, the last, are in tail
	tail  []tail
}

// tail is text of a stream that grows.
type tail struct {
	name string
	text []byte
}

// Piece is text of a stream.
type Piece struct{ Name, Text string }

// Take returns what of a text is to be shown now.
func (a *Allowance) Take(name, text string) []Piece {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.over && a.used+len(text) <= maxStream {
		a.used += len(text)
		return []Piece{{name, text}}
	}
	var now []Piece
	if !a.over {
		cut := maxStream - a.used
		for cut > 0 && !utf8.RuneStart(text[cut]) {
			cut--
		}
		a.over = true
		now = []Piece{{name, text[:cut]}, {name, fmt.Sprintf("\n(%d bytes are printed; what follows is held back, and its end is shown when the cell ends)\n", maxStream)}}
		if a.ended {
			now[1].Text = fmt.Sprintf("\n(%d bytes are printed; what follows is not shown)\n", maxStream)
		}
		text = text[cut:]
	}
	if !a.ended {
		a.hold(name, text)
	}
	return now
}

// hold keeps the end of what is printed.
func (a *Allowance) hold(name, text string) {
	a.held += len(text)
	if cut := len(text) - maxTail; cut > 0 {
		for cut < len(text) && !utf8.RuneStart(text[cut]) {
			cut++
		}
		text = text[cut:]
	}
	if n := len(a.tail); n > 0 && a.tail[n-1].name == name {
		a.tail[n-1].text = append(a.tail[n-1].text, text...)
	} else {
		a.tail = append(a.tail, tail{name, []byte(text)})
	}
	a.kept += len(text)
	if a.kept > 4*maxTail { // not for every text: it is work
		a.trim()
	}
}

// trim leaves the last maxTail bytes.
func (a *Allowance) trim() {
	for a.kept > maxTail {
		p := &a.tail[0]
		cut := min(a.kept-maxTail, len(p.text))
		for cut < len(p.text) && !utf8.RuneStart(p.text[cut]) {
			cut++
		}
		p.text = p.text[cut:]
		a.kept -= cut
		if len(p.text) > 0 {
			break
		}
		a.tail = a.tail[1:]
	}
}

// End returns what is still to be shown when the cell ends. What goroutines print
// afterwards has an allowance of its own.
func (a *Allowance) End() (last []Piece) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.trim()
	if left := a.held - a.kept; left > 0 && len(a.tail) > 0 {
		last = append(last, Piece{a.tail[0].name, fmt.Sprintf("(%d bytes are left out)\n", left)})
	}
	for _, t := range a.tail {
		last = append(last, Piece{t.name, string(t.text)})
	}
	a.used, a.over, a.held, a.kept, a.tail, a.ended = 0, false, 0, 0, nil, true
	return last
}

// Clear is for output that is removed, and takes no room any more.
func (a *Allowance) Clear() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.used, a.over, a.held, a.kept, a.tail = 0, false, 0, 0, nil
}
