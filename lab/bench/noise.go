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
	"glassy/lab/spectrum"
)

//go:embed peers/noise.py
var noiseInPython string

// NoiseOptions are which spectrum of a diffusion matrix is compared.
type NoiseOptions struct {
	Samples int
	Device  device.Device
	Python  string // with PyTorch; "": our numbers alone
	Threads int    // of the peer, and that Device has
	Rounds  int    // how often each side has its turn
	Matrix  bool   // the peer's D too, d×d, once: minutes
}

// CompareNoise measures all eigenvalues of the diffusion matrix of small-lenet,
// d = 13,338, from images and weights on, in turn with PyTorch's gradients of single
// samples and NumPy's eigenvalues, of their Gram matrix, and returns a table in Markdown.
// It is an error when the largest eigenvalues differ by more than 1e-3.
func CompareNoise(o NoiseOptions) (table string, err error) {
	mine, err := newOurs("small-lenet", o.Device, o.Samples)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "ours: %s\n", o.Device.Describe())
	var peer *Peer
	if o.Python != "" {
		folder, err := os.MkdirTemp("", "noise")
		if err != nil {
			return "", err
		}
		defer os.RemoveAll(folder)
		set := mine.training.Data()
		labels := make([]float64, len(set.Y))
		for i, y := range set.Y {
			labels[i] = float64(y)
		}
		images := device.Read[float64](device.Of(set.X))
		for name, x := range map[string][]float64{"images": images, "labels": labels, "weights": device.Read[float64](mine.x)} {
			if err := writeNumbers(filepath.Join(folder, name), x); err != nil {
				return "", err
			}
		}
		if peer, err = startPeer(o.Python, "noise.py", noiseInPython, fmt.Sprint(o.Threads), folder); err != nil {
			return "", err
		}
		defer peer.Stop()
		fmt.Fprintf(&b, "peer: %s\n", peer.versions)
	}
	clock := wallTime
	if o.Threads == 1 {
		clock = processorTime
	}
	ours, gram, matrix, largest := math.Inf(1), math.NaN(), math.NaN(), 0.0
	ask := func(route string, least *float64) error {
		if peer == nil {
			return nil
		}
		seconds, theirs, err := peer.pair(route, o.Samples)
		if err != nil {
			return err
		}
		if !(math.Abs(theirs-largest) <= 1e-3*largest) {
			return fmt.Errorf("the largest eigenvalue is %v by the peer's %s, ours %v", theirs, route, largest)
		}
		if !(*least <= seconds) {
			*least = seconds
		}
		return nil
	}
	for range o.Rounds {
		start := clock()
		s, err := spectrum.NewDiffusion(mine.training, mine.x, spectrum.Noise{}).Spectrum(context.Background())
		if err != nil {
			return "", err
		}
		ours, largest = min(ours, (clock()-start).Seconds()), s.Largest()
		if err := ask("gram", &gram); err != nil {
			return "", err
		}
	}
	if o.Matrix {
		if err := ask("matrix", &matrix); err != nil {
			return "", err
		}
	}
	fmt.Fprintf(&b, "\n| D of small-lenet, %d samples, %d threads, fastest of %d | ours, s | Gram matrix, s | ratio | D itself, s | ratio |\n|---|---:|---:|---:|---:|---:|\n", o.Samples, o.Threads, o.Rounds)
	fmt.Fprintf(&b, "| all eigenvalues | %s | %s | %s | %s | %s |\n", cell(ours), cell(gram), cell(gram/ours), cell(matrix), cell(matrix/ours))
	return b.String(), nil
}
