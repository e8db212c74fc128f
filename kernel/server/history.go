package server

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"time"
	"unicode/utf8"
)

// history keeps the inputs and outputs of all sessions in one file that only
// ever grows: a JSON object a line, of which several kernels append their own.
//
//	{"session":3,"start":"2024-05-01T10:00:00Z"}
//	{"session":3,"line":1,"input":"1+1"}
//	{"session":3,"line":1,"output":"2"}
//
// A line that does not parse, cut by a crash or a full disk, is passed over.
// Trouble with the file is logged, and costs what could not be written only.
type history struct {
	path string // "" keeps all in memory
	log  *slog.Logger

	mu      sync.Mutex
	session int // ours
	last    int // the highest session seen
	offset  int64
	entries map[entryKey]*entry
}

type entryKey struct{ session, line int }

// entry is one cell of a session.
type entry struct {
	Session, Line int
	Input         string
	Output        *string // text/plain of its value; nil without one
}

// record is one line of the file.
type record struct {
	Session int     `json:"session"`
	Start   string  `json:"start,omitempty"`
	Line    int     `json:"line,omitempty"`
	Input   *string `json:"input,omitempty"`
	Output  *string `json:"output,omitempty"`
}

const (
	maxSession  = 1 << 31               // what is above was never written by a kernel
	maxOutput   = 64 << 10              // bytes of an output that are kept
	lockWait    = time.Second           // for another kernel to finish its line
	lockRetries = 10 * time.Millisecond // between attempts
	historyMode = os.FileMode(0o600)    // inputs may hold secrets
	historyDir  = os.FileMode(0o700)
)

// openHistory begins a session in the file at path, with a number that no
// session before it had.
func openHistory(path string, log *slog.Logger) *history {
	h := &history{path: path, log: log, entries: make(map[entryKey]*entry)}
	err := h.locked(func(f *os.File) error {
		if err := endLine(f); err != nil {
			return err
		}
		h.read(f)
		h.session = h.last + 1
		return h.write(f, record{Session: h.session, Start: time.Now().UTC().Format(time.RFC3339)})
	})
	if err != nil {
		h.log.Warn("history is kept in memory only", "err", err)
		h.session = h.last + 1
		h.path = ""
	}
	return h
}

// input notes the code of a cell.
func (h *history) input(line int, code string) {
	h.append(record{Session: h.session, Line: line, Input: &code})
}

// output notes the value of a cell.
func (h *history) output(line int, text string) {
	if len(text) > maxOutput {
		n := maxOutput
		for !utf8.RuneStart(text[n]) {
			n--
		}
		text = text[:n]
	}
	h.append(record{Session: h.session, Line: line, Output: &text})
}

func (h *history) append(r record) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.note(r)
	if err := h.locked(func(f *os.File) error { return h.write(f, r) }); err != nil {
		h.log.Warn("history not written", "err", err)
	}
}

// locked runs f on the open file while no other kernel writes to it.
func (h *history) locked(f func(*os.File) error) error {
	if h.path == "" {
		return f(nil)
	}
	if err := os.MkdirAll(filepath.Dir(h.path), historyDir); err != nil {
		return fmt.Errorf("history file: %w", err)
	}
	file, err := os.OpenFile(h.path, os.O_RDWR|os.O_APPEND|os.O_CREATE, historyMode)
	if err != nil {
		return fmt.Errorf("history file: %w", err)
	}
	defer file.Close() // unlocks
	for end := time.Now().Add(lockWait); ; time.Sleep(lockRetries) {
		err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil || errors.Is(err, syscall.ENOTSUP) || errors.Is(err, syscall.ENOLCK) {
			break // a file system without locks: a line is one write, and lines seldom meet
		}
		if time.Now().After(end) {
			return fmt.Errorf("locking the history file %s, held by another process: %w", h.path, err)
		}
	}
	return f(file)
}

// write appends r in one write.
func (h *history) write(f *os.File, r record) error {
	if f == nil {
		return nil
	}
	if err := endLine(f); err != nil {
		return err
	}
	line, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("encoding history: %w", err)
	}
	if _, err := f.Write(append(line, '\n')); err != nil {
		return fmt.Errorf("history file: %w", err)
	}
	return nil
}

// endLine ends the last line, where a crash or a full disk has left it open.
func endLine(f *os.File) error {
	if f == nil {
		return nil
	}
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("history file: %w", err)
	}
	if info.Size() == 0 {
		return nil
	}
	var last [1]byte
	if _, err := f.ReadAt(last[:], info.Size()-1); err != nil {
		return fmt.Errorf("history file: %w", err)
	}
	if last[0] == '\n' {
		return nil
	}
	if _, err := f.Write([]byte{'\n'}); err != nil {
		return fmt.Errorf("history file: %w", err)
	}
	return nil
}

// refresh reads what all kernels have written since the last time.
func (h *history) refresh() {
	if h.path == "" {
		return
	}
	f, err := os.Open(h.path)
	if err != nil {
		h.log.Warn("history not read", "err", err)
		return
	}
	defer f.Close()
	h.read(f)
}

// read notes the whole lines from the offset on.
func (h *history) read(f *os.File) {
	if f == nil {
		return
	}
	if info, err := f.Stat(); err == nil && info.Size() < h.offset {
		h.offset = 0 // somebody emptied it
	}
	data, err := io.ReadAll(io.NewSectionReader(f, h.offset, 1<<62))
	if err != nil {
		h.log.Warn("history not read to its end", "err", err)
	}
	for {
		line, rest, whole := bytes.Cut(data, []byte{'\n'})
		if !whole {
			return
		}
		h.offset += int64(len(line)) + 1
		data = rest
		var r record
		if json.Unmarshal(line, &r) == nil {
			h.note(r)
		}
	}
}

// note takes a record in. Those read back that were noted before change nothing.
func (h *history) note(r record) {
	if r.Session < 1 || r.Session > maxSession {
		return
	}
	h.last = max(h.last, r.Session)
	key := entryKey{r.Session, r.Line}
	switch e := h.entries[key]; {
	case r.Input != nil && r.Line > 0 && e == nil:
		h.entries[key] = &entry{Session: r.Session, Line: r.Line, Input: *r.Input}
	case r.Output != nil && e != nil:
		e.Output = r.Output
	}
}

// all returns the entries by session and line.
func (h *history) all() []entry {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.refresh()
	list := make([]entry, 0, len(h.entries))
	for _, e := range h.entries {
		list = append(list, *e)
	}
	slices.SortFunc(list, func(a, b entry) int {
		return cmp.Or(cmp.Compare(a.Session, b.Session), cmp.Compare(a.Line, b.Line))
	})
	return list
}

// lastN is the last n of list, all of them without n.
func lastN(list []entry, n *int) []entry {
	if n == nil {
		return list
	}
	return list[max(0, len(list)-max(0, *n)):]
}

// tail is the last n cells of all sessions.
func (h *history) tail(n *int) []entry { return lastN(h.all(), n) }

// search is the last n cells whose whole input matches the pattern; with
// unique, of equal inputs the latest only.
func (h *history) search(pattern string, n *int, unique bool) []entry {
	match := compileGlob(pattern)
	var found []entry
	seen := make(map[string]bool)
	for _, e := range slices.Backward(h.all()) {
		if !match(e.Input) || unique && seen[e.Input] {
			continue
		}
		seen[e.Input] = true
		found = append(found, e)
	}
	slices.Reverse(found)
	return lastN(found, n)
}

// span is the cells of one session from line start to before line stop. Session
// 0 is this one and -1 the one before it. A negative line counts from the end:
// -1 is the last; without stop, and with stop 0, all from start on.
func (h *history) span(session int, start, stop *int) []entry {
	if session <= 0 {
		session += h.session
	}
	list := slices.DeleteFunc(h.all(), func(e entry) bool { return e.Session != session })
	next := 1 // the line after the last
	if len(list) > 0 {
		next = list[len(list)-1].Line + 1
	}
	from, to := 0, next
	if start != nil {
		from = *start
	}
	if stop != nil && *stop != 0 {
		to = *stop
	}
	if from < 0 {
		from += next
	}
	if to < 0 {
		to += next
	}
	return slices.DeleteFunc(list, func(e entry) bool { return e.Line < from || e.Line >= to })
}
