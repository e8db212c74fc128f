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

type bar struct {
	id          string
	begun, last time.Time
}

var (
	barsMu sync.Mutex
	bars   = map[string]*bar{}
)

// Progress shows how far a computation of the running cell is: done of total,
// which is 0 when it is not known. A computation of less than a redraw shows
// nothing.
func Progress(name string, done, total int) {
	r := cell.Here()
	if r == nil || self == nil {
		return
	}
	key := fmt.Sprint(r.ID, " ", name)
	now := time.Now()
	barsMu.Lock()
	b := bars[key]
	if b == nil {
		b = &bar{begun: now, last: now}
		bars[key] = b
	}
	end := total > 0 && done >= total
	if end {
		delete(bars, key)
	}
	if now.Sub(b.last) < redraw && (!end || b.id == "") {
		barsMu.Unlock()
		return
	}
	b.last = now
	first := b.id == ""
	if first {
		b.id = display.NewID()
	}
	id, text := b.id, barText(name, done, total, now.Sub(b.begun))
	barsMu.Unlock()
	if first {
		display.ShowAs(id, display.Text(text))
	} else {
		display.Update(id, display.Text(text))
	}
}

const barWidth = 30

func barText(name string, done, total int, passed time.Duration) string {
	rate := float64(done) / passed.Seconds()
	if total <= 0 {
		return fmt.Sprintf("%s: %d, %.3g/s, %v", name, done, rate, passed.Round(time.Second/10))
	}
	full := min(barWidth, barWidth*done/total)
	text := fmt.Sprintf("%s %s%s %d/%d, %.3g/s", name, strings.Repeat("█", full), strings.Repeat("░", barWidth-full), done, total, rate)
	if done >= total || done == 0 {
		return text + fmt.Sprintf(", %v", passed.Round(time.Second/10))
	}
	left := time.Duration(float64(passed) * float64(total-done) / float64(done))
	return text + fmt.Sprintf(", %v left", left.Round(time.Second/10))
}
