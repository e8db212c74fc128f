package host

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"glassy/kernel/display"
	"glassy/kernel/engine/cell"
)

// redraw is how often a progress bar may change.
const redraw = 100 * time.Millisecond

// A bar is the progress of one computation on the screen.
type bar struct {
	id    string // of its display
	drawn time.Duration
}

// barKey is a computation: its cell and its name.
type barKey struct {
	run  int
	name string
}

var (
	barsMu sync.Mutex
	bars   = map[barKey]*bar{}
)

// Progress shows how far a computation of the running cell is: done of total,
// which is 0 when it is not known, elapsed after its start. A computation of
// less than a redraw shows nothing.
func Progress(name string, done, total int, elapsed time.Duration, ended bool) {
	r := cell.Here()
	if r == nil || self == nil {
		return
	}
	key := barKey{r.ID, name}
	barsMu.Lock()
	b := bars[key]
	switch {
	case b == nil && elapsed < redraw:
		barsMu.Unlock()
		return
	case b == nil:
		b = &bar{}
		bars[key] = b
	case elapsed < b.drawn+redraw && !ended:
		barsMu.Unlock()
		return
	}
	if ended {
		delete(bars, key)
	}
	b.drawn = elapsed
	first := b.id == ""
	if first {
		b.id = display.NewID()
	}
	id, text := b.id, barText(name, done, total, elapsed, ended)
	barsMu.Unlock()
	if first {
		display.ShowAs(id, display.Text(text))
	} else {
		display.Update(id, display.Text(text))
	}
}

const barWidth = 30

// barText is the bar with the rate and the time that is left, or, at the end,
// the time that it took.
func barText(name string, done, total int, elapsed time.Duration, ended bool) string {
	text, count := name, fmt.Sprint(done)
	if total > 0 {
		full := min(barWidth, barWidth*done/total)
		text += " " + strings.Repeat("█", full) + strings.Repeat("░", barWidth-full)
		count += fmt.Sprintf("/%d", total)
	}
	text += " " + count + ", "
	if ended {
		return text + elapsed.Round(time.Second/10).String()
	}
	text += fmt.Sprintf("%.3g/s, ", float64(done)/elapsed.Seconds())
	if total <= 0 || done == 0 {
		return text + elapsed.Round(time.Second/10).String()
	}
	left := time.Duration(float64(elapsed) * float64(total-done) / float64(done))
	return text + left.Round(time.Second/10).String() + " left"
}
