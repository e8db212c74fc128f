package host

import (
	"fmt"
	"sync"
	"time"

	"glassy/kernel/engine/cell"
)

// ends are what is to be done when a run ends, for each that is under way.
var (
	endsMu sync.Mutex
	ends   = map[*cell.Run][]func(){}
)

func beginEnds(r *cell.Run) {
	endsMu.Lock()
	defer endsMu.Unlock()
	ends[r] = nil
}

// AtEnd calls f when the running cell ends, or is given up, and before that is
// told: what f shows is the cell's. A goroutine that goes on after its cell asks
// in vain.
func AtEnd(f func()) {
	r := cell.Here()
	endsMu.Lock()
	defer endsMu.Unlock()
	if fs, ok := ends[r]; ok {
		ends[r] = append(fs, f)
	}
}

// atEnd does what is to be done at the end of r, the last wish first. A panic in
// one is told, and the others have their turn.
func atEnd(r *cell.Run) {
	endsMu.Lock()
	fs := ends[r]
	delete(ends, r)
	endsMu.Unlock()
	for i := len(fs) - 1; i >= 0; i-- {
		func() {
			defer func() {
				if x := recover(); x != nil {
					fmt.Fprintf(cell.Stderr(), "panic at the end of the cell: %s\n", cell.PanicText(x))
				}
			}()
			fs[i]()
		}()
	}
}

// atEndWithin is atEnd that is not waited for longer than limit.
func atEndWithin(limit time.Duration, r *cell.Run) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		atEnd(r)
	}()
	select {
	case <-done:
	case <-time.After(limit):
	}
}
