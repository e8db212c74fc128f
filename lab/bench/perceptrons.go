package bench

import (
	"context"
	_ "embed"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"

	"glassy/lab/perceptron"
)

//go:embed peers/perceptrons.py
var perceptronsInNumPy string

// PerceptronOptions are which work on binary perceptrons is measured.
type PerceptronOptions struct {
	Inputs, Patterns int     // of the problem whose weights are all tried
	Large            []int   // inputs of those for focusing belief propagation
	Load             float64 // their patterns per weight
	Steps            int     // of it
	Python           string  // with NumPy; "": our numbers alone
	Threads          int     // that NumPy has
	Rounds           int     // how often each side has its turn
}

// ComparePerceptrons measures [perceptron.Perceptron.Enumerate] and NumPy, all
// weights in blocks times the patterns, in turn, and focusing belief propagation
// by itself, and returns tables in Markdown. It is an error when both do not count
// the same solutions.
func ComparePerceptrons(o PerceptronOptions) (table string, err error) {
	p := perceptron.New(o.Inputs, o.Patterns)
	var b strings.Builder
	var peer *Peer
	if o.Python != "" {
		folder, err := os.MkdirTemp("", "perceptrons")
		if err != nil {
			return "", err
		}
		defer os.RemoveAll(folder)
		var ξ []float64
		for i := range o.Patterns {
			for _, v := range p.Pattern(i) {
				ξ = append(ξ, float64(v))
			}
		}
		if err := writeNumbers(filepath.Join(folder, "patterns"), ξ); err != nil {
			return "", err
		}
		if peer, err = startPeer(o.Python, "perceptrons.py", perceptronsInNumPy, fmt.Sprint(o.Threads), fmt.Sprint(o.Inputs), folder); err != nil {
			return "", err
		}
		defer peer.Stop()
		fmt.Fprintf(&b, "peer: %s\n", peer.versions)
	}
	clock := wallTime
	if o.Threads == 1 {
		clock = processorTime
	}
	best, solutions := [2]float64{math.Inf(1), math.Inf(1)}, 0
	for range o.Rounds {
		start := clock()
		e, err := p.Enumerate(context.Background())
		if err != nil {
			return "", err
		}
		best[0], solutions = min(best[0], (clock()-start).Seconds()), len(e.Solutions)
		if peer == nil {
			best[1] = math.NaN()
			continue
		}
		seconds, theirs, err := peer.pair("enumerate")
		if err != nil {
			return "", err
		}
		if int(theirs) != solutions {
			return "", fmt.Errorf("%d solutions, NumPy counts %v", solutions, theirs)
		}
		best[1] = min(best[1], seconds)
	}
	fmt.Fprintf(&b, "\n| all weights of d = %d, N = %d, %d threads | solutions | ours, s | NumPy, s | ours/NumPy |\n|---|---:|---:|---:|---:|\n", o.Inputs, o.Patterns, o.Threads)
	fmt.Fprintf(&b, "| enumeration | %d | %s | %s | %s |\n", solutions, cell(best[0]), cell(best[1]), cell(best[0]/best[1]))

	fmt.Fprintf(&b, "\n| focusing BP, %d steps, %d threads | s | ns/(d N step) |\n|---|---:|---:|\n", o.Steps, o.Threads)
	for _, d := range o.Large {
		n := int(o.Load * float64(d))
		p := perceptron.New(d, n, perceptron.Seed(1))
		least := math.Inf(1)
		for range o.Rounds {
			start := clock()
			// One replica never decides, so that all steps are made.
			perceptron.FocusingBP(p, perceptron.FocusOptions{Replicas: 1, Steps: o.Steps})
			least = min(least, (clock() - start).Seconds())
		}
		fmt.Fprintf(&b, "| d = %d, N = %d | %.3f | %.3f |\n", d, n, least, least*1e9/float64(d)/float64(n)/float64(o.Steps))
	}
	return b.String(), nil
}
