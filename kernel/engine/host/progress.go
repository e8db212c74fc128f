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

// A bar is the progress of computations on the screen: those of one name in one
// run of a cell, one after the other.
type bar struct {
	id    string // of its display
	drawn time.Time
	ended bool // what is drawn
}

// barKey is a run of a cell and the name of a computation.
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
// less than a redraw shows nothing; a hundred of one name, as in a loop, share a
// bar.
func Progress(name string, done, total int, elapsed time.Duration, ended bool) {
	r := cell.Here()
	if r == nil || self == nil {
		return
	}
	barsMu.Lock()
	b, first := barOf(barKey{r.ID, name}, elapsed, ended, time.Now())
	barsMu.Unlock()
	switch text := barText(name, done, total, elapsed, ended); {
	case b == nil:
	case first:
		display.ShowAs(b.id, display.Text(text))
	default:
		display.Update(b.id, display.Text(text))
	}
}

// barOf is the bar to draw now, and whether that is for the first time; nil if there
// is nothing to draw yet.
func barOf(key barKey, elapsed time.Duration, ended bool, now time.Time) (b *bar, first bool) {
	b = bars[key]
	if b == nil {
		if elapsed < redraw {
			return nil, false
		}
		for k, old := range bars {
			if k.run != key.run && old.ended {
				delete(bars, k)
			}
		}
		b, first = &bar{id: display.NewID()}, true
		bars[key] = b
	} else if ends := ended && !b.ended; !ends && now.Sub(b.drawn) < redraw {
		return nil, false
	}
	b.drawn, b.ended = now, ended
	return b, first
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
