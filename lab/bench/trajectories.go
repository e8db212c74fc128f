package bench

import (
	"context"
	_ "embed"
	"fmt"
	"math"
	"strings"

	"gonum.org/v1/gonum/stat"

	"glassy/lab/device"
	"glassy/lab/trajectory"
)

//go:embed peers/trajectories.py
var trajectoriesInPython string

// TrajectoryOptions are how large a trajectory is that is compared.
type TrajectoryOptions struct {
	Points, Coordinates int
	Lags                int
	Python              string // with NumPy; "": our numbers alone
	Threads             int    // of ours and SciPy's; NumPy's transforms have one
	Rounds              int    // how often each side has its turn
}

// CompareTrajectories measures package trajectory and NumPy doing the same, in turn, and
// returns a table in Markdown. It is an error when the two do not agree.
func CompareTrajectories(o TrajectoryOptions) (table string, err error) {
	T, d := o.Points, o.Coordinates
	n := T - 1
	x := make([]float64, T*d) // the same on both sides
	columns := make([]float64, n*d)
	for k := range T {
		for i := range d {
			v := math.Sin(1e-3*float64(k)*float64(k) + float64(i))
			x[k*d+i] = v
			if k < n {
				columns[i*n+k] = v
			}
		}
	}
	s, ctx := trajectory.Of(d, x), context.Background()
	y := make([]float64, 2*device.Bins(n)*d)
	transforms := func() (float64, error) {
		sum := 0.0
		device.CPU().Fourier(device.Lines{Nodes: n, Count: d, Rows: true}, device.Of(columns), device.Of(y))
		for i := range d {
			sum += y[2*(i*device.Bins(n)+1)]
		}
		return sum, nil
	}
	tasks := []struct {
		name string
		once func() (float64, error)
	}{
		{"amplitudes", func() (float64, error) {
			p, err := trajectory.Increments(ctx, s, 0)
			if err != nil {
				return 0, err
			}
			return stat.Mean(p.Amplitude, nil), nil
		}},
		{"correlations", func() (float64, error) {
			c, err := trajectory.Autocorrelation(ctx, s, 0, o.Lags)
			if err != nil {
				return 0, err
			}
			return c.Mean[o.Lags], nil
		}},
		{"transforms", transforms},
		{"transforms-of-SciPy", transforms},
	}
	var peer *Peer
	var b strings.Builder
	if o.Python != "" {
		if peer, err = startPeer(o.Python, "trajectories.py", trajectoriesInPython, fmt.Sprint(o.Threads)); err != nil {
			return "", err
		}
		defer peer.Stop()
		fmt.Fprintf(&b, "peer: %s\n", peer.versions)
	}
	fmt.Fprintf(&b, "\n| %d points of %d, float64, %d threads | ours, ms | NumPy, ms | NumPy/ours |\n|---|---:|---:|---:|\n", T, d, o.Threads)
	clock := wallTime
	if o.Threads == 1 {
		clock = processorTime
	}
	for _, task := range tasks {
		best := [2]float64{math.Inf(1), math.NaN()}
		for range o.Rounds {
			began := clock()
			answer, err := task.once()
			if err != nil {
				return "", err
			}
			best[0] = min(best[0], (clock() - began).Seconds())
			if peer == nil {
				continue
			}
			seconds, theirs, err := peer.pair(task.name, T, d, o.Lags)
			if err != nil {
				return "", err
			}
			if !(math.Abs(theirs-answer) <= 1e-9*(1+math.Abs(answer))) {
				return "", fmt.Errorf("%s: the answer is %v, NumPy's %v", task.name, answer, theirs)
			}
			if !(best[1] <= seconds) {
				best[1] = seconds
			}
		}
		fmt.Fprintf(&b, "| %s | %s |\n", task.name, cells(best, 1e3))
	}
	return b.String(), nil
}
