package bench

import (
	"fmt"
	"math"
	"strings"
)

// A rival is a task that NumPy or SciPy does too: one line of a table.
type rival struct {
	name    string
	once    func() (answer float64)
	request []any   // nil: the peer has no such task
	within  float64 // how far the answers may be apart
	scale   float64 // what the peer's seconds are times
}

// besideSciPy measures tasks and a script of the folder peers doing the same, in turn, and
// returns a table in Markdown; without a python our numbers alone. It is an error when
// the two do not agree.
func besideSciPy(tasks []rival, python, script, program string, threads, rounds int, what string) (table string, err error) {
	var peer *Peer
	var b strings.Builder
	if python != "" {
		if peer, err = startPeer(python, script, program, fmt.Sprint(threads)); err != nil {
			return "", err
		}
		defer peer.Stop()
		fmt.Fprintf(&b, "peer: %s\n", peer.versions)
	}
	fmt.Fprintf(&b, "\n| %s, float64, %d threads | ours, ms | SciPy, ms | SciPy/ours |\n|---|---:|---:|---:|\n", what, threads)
	clock := wallTime
	if threads == 1 {
		clock = processorTime
	}
	for _, s := range tasks {
		best := [2]float64{math.Inf(1), math.NaN()}
		for range rounds {
			began := clock()
			answer := s.once()
			best[0] = min(best[0], (clock() - began).Seconds())
			if peer == nil || s.request == nil {
				continue
			}
			seconds, theirs, err := peer.pair(s.request...)
			if err != nil {
				return "", err
			}
			if s.within > 0 && !(math.Abs(theirs-answer) <= s.within) {
				return "", fmt.Errorf("%s: the answer is %v, SciPy's %v, expected %v to %g", s.name, answer, theirs, theirs, s.within)
			}
			seconds *= s.scale
			if !(best[1] <= seconds) {
				best[1] = seconds
			}
		}
		fmt.Fprintf(&b, "| %s | %s |\n", s.name, cells(best, 1e3))
	}
	return b.String(), nil
}
