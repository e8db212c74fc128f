package bench

import (
	_ "embed"
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"

	"glassy/lab/device"
	"glassy/lab/glass"
	"glassy/lab/optim"
	"glassy/lab/rng"
)

//go:embed peers/descents.py
var descentsInNumPy string

// DescentOptions are which gradient descents on a 3-spin glass are compared.
type DescentOptions struct {
	Spins, Runs int
	Fields      []float64    // strengths ν, a line of the table for each
	Precision   device.DType // Float32 or Float64
	Device      device.Device
	Python      string // with NumPy; "": our numbers alone
	Threads     int    // of NumPy, and that Device has
	Rounds      int    // how often each side has its turn
}

// CompareDescents measures [optim.Descend] and NumPy in turn, on one glass from
// the same starts, and returns a table in Markdown. It is an error when they do
// not make the same number of steps to one in a thousand.
func CompareDescents(o DescentOptions) (table string, err error) {
	n := o.Spins
	J, h := make([]float64, n*n*n), make([]float64, n)
	rng.Key(1).Normals(0, J)
	rng.Key(2).Normals(0, h)
	glassOf := func(ν float64) *glass.Glass {
		options := []glass.Option{glass.Couplings(J), glass.FieldVector(h), glass.Field(ν), glass.On(o.Device)}
		if o.Precision == device.Float32 {
			options = append(options, glass.Float32())
		}
		return glass.New(3, n, options...)
	}
	starts := optim.Starts(glassOf(0), o.Runs, 3)

	var b strings.Builder
	fmt.Fprintf(&b, "ours: %s\n", o.Device.Describe())
	var peer *Peer
	if o.Python != "" {
		folder, err := os.MkdirTemp("", "descents")
		if err != nil {
			return "", err
		}
		defer os.RemoveAll(folder)
		for name, x := range map[string][]float64{"couplings": J, "field": h, "starts": starts} {
			if err := writeNumbers(filepath.Join(folder, name), x); err != nil {
				return "", err
			}
		}
		if peer, err = startPeer(o.Python, "descents.py", descentsInNumPy, fmt.Sprint(o.Threads), o.Precision.String(), folder); err != nil {
			return "", err
		}
		defer peer.Stop()
		fmt.Fprintf(&b, "peer: %s\n", peer.versions)
	}
	fmt.Fprintf(&b, "\n| %d descents, N = %d, %v, %d threads | steps | ours, s | NumPy, s | ours/NumPy |\n|---|---:|---:|---:|---:|\n", o.Runs, n, o.Precision, o.Threads)
	clock := wallTime
	if o.Threads == 1 {
		clock = processorTime
	}
	var total [2]float64
	for _, ν := range o.Fields {
		g := glassOf(ν)
		best, steps := [2]float64{math.Inf(1), math.Inf(1)}, 0
		for range o.Rounds {
			start := clock()
			d := optim.Descend(g, o.Runs, optim.DescendOptions{Starts: starts})
			best[0] = min(best[0], (clock() - start).Seconds())
			steps = 0
			for _, k := range d.Steps {
				steps += k
			}
			if peer == nil {
				best[1] = math.NaN()
				continue
			}
			seconds, theirs, err := peer.pair("descents", ν, o.Runs)
			if err != nil {
				return "", err
			}
			if math.Abs(theirs/float64(steps)-1) > 1e-3 {
				return "", fmt.Errorf("field %g: %d steps, NumPy makes %.0f", ν, steps, theirs)
			}
			best[1] = min(best[1], seconds)
		}
		total[0] += best[0]
		total[1] += best[1]
		fmt.Fprintf(&b, "| ν = %.4g | %d | %s | %s | %s |\n", ν, steps, cell(best[0]), cell(best[1]), cell(best[0]/best[1]))
	}
	fmt.Fprintf(&b, "| all | | %s | %s | %s |\n", cell(total[0]), cell(total[1]), cell(total[0]/total[1]))
	return b.String(), nil
}

// writeNumbers writes float64 numbers as they are in memory, which NumPy's
// fromfile reads.
func writeNumbers(path string, x []float64) error {
	b := make([]byte, 0, 8*len(x))
	for _, v := range x {
		b = binary.NativeEndian.AppendUint64(b, math.Float64bits(v))
	}
	return os.WriteFile(path, b, 0o600)
}
