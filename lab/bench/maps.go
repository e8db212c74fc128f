package bench

import (
	"context"
	_ "embed"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"

	"glassy/lab/device"
	"glassy/lab/embed"
	"glassy/lab/rng"
)

//go:embed peers/maps.py
var mapsInPython string

// MapOptions are which map of Gaussian clusters is compared.
type MapOptions struct {
	Points, Dim, Clusters int
	Early, Late           int // iterations with exaggeration, and after them
	Device                device.Device
	Python                string // with openTSNE; "": our numbers alone
	Threads               int    // of openTSNE, and that Device has
	Rounds                int    // how often each side has its turn
}

// CompareMaps measures [embed.TSNE] and openTSNE with its FFT in turn, from points
// to the map, with exact neighbours, perplexity 30 and the same steps, and returns
// a table in Markdown with what KL each reaches.
func CompareMaps(o MapOptions) (table string, err error) {
	x := clusters(o.Points, o.Dim, o.Clusters)
	var b strings.Builder
	fmt.Fprintf(&b, "ours: %s\n", o.Device.Describe())
	var peer *Peer
	if o.Python != "" {
		folder, err := os.MkdirTemp("", "maps")
		if err != nil {
			return "", err
		}
		defer os.RemoveAll(folder)
		if err := writeNumbers(filepath.Join(folder, "points"), x); err != nil {
			return "", err
		}
		if peer, err = startPeer(o.Python, "maps.py", mapsInPython, fmt.Sprint(o.Threads), folder); err != nil {
			return "", err
		}
		defer peer.Stop()
		fmt.Fprintf(&b, "peer: %s\n", peer.versions)
	}
	clock := wallTime
	if o.Threads == 1 {
		clock = processorTime
	}
	best, kl := [2]float64{math.Inf(1), math.Inf(1)}, [2]float64{math.NaN(), math.NaN()}
	for range o.Rounds {
		start := clock()
		e, err := embed.TSNE(context.Background(), device.Of(x), o.Points, embed.Options{Early: o.Early, Iterations: o.Late, Device: o.Device})
		if err != nil {
			return "", err
		}
		best[0], kl[0] = min(best[0], (clock()-start).Seconds()), e.KL
		if peer == nil {
			best[1] = math.NaN()
			continue
		}
		seconds, theirs, err := peer.pair("map", o.Points, o.Early, o.Late)
		if err != nil {
			return "", err
		}
		best[1], kl[1] = min(best[1], seconds), theirs
	}
	fmt.Fprintf(&b, "\n| %d points of %d dimensions, %d clusters, %d threads | ours | openTSNE | ours/openTSNE |\n|---|---:|---:|---:|\n", o.Points, o.Dim, o.Clusters, o.Threads)
	fmt.Fprintf(&b, "| %d+%d iterations, s | %s | %s | %s |\n", o.Early, o.Late, cell(best[0]), cell(best[1]), cell(best[0]/best[1]))
	fmt.Fprintf(&b, "| KL | %.3f | %.3f | |\n", kl[0], kl[1])
	return b.String(), nil
}

// clusters is points in so many Gaussian clusters of standard deviation 1 along
// each axis, whose centres are normal too.
func clusters(n, d, count int) []float64 {
	centres, x := make([]float64, count*d), make([]float64, n*d)
	rng.Key(1).Normals(0, centres)
	rng.Key(2).Normals(0, x)
	for i := range x {
		x[i] += centres[i/d%count*d+i%d]
	}
	return x
}
