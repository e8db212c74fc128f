package spectrum

import (
	"context"
	"fmt"
	"math"
	"strings"

	"glassy/lab/device"
	"glassy/lab/landscape"
)

// A Track follows a diffusion matrix along a training: Take looks at it at some of the
// points. The zero value works.
type Track struct {
	Noise      Noise
	Directions int // of D, the largest eigenvalues first, whose turning is measured; 0: 10
	Taken      []Snapshot

	axes []Pair // of the last
}

// A Snapshot is what a Track has seen at one point.
type Snapshot struct {
	At               float64 // when, as Take was told
	Spectrum         *DiffusionSpectrum
	Trace, Diversity float64 // see [Diffusion]
	// Kept is what tr(P D), with P the projection on the first directions of the snapshot
	// before, is of the most that it could be: 1 where D has the same ones still, some
	// Directions/d where they have nothing to do with each other. NaN of the first.
	Kept float64
}

// Take looks at the diffusion matrix of f at x. Errors are those of
// [Diffusion.Spectrum]; the snapshot is not taken then.
func (t *Track) Take(ctx context.Context, f landscape.PerSample, x device.Vector, at float64) error {
	D := NewDiffusion(f, x, t.Noise)
	s := Snapshot{At: at, Trace: D.Trace(), Diversity: D.Diversity(), Kept: math.NaN()}
	var err error
	if s.Spectrum, err = D.Spectrum(ctx); err != nil {
		return err
	}
	k := t.Directions
	if k == 0 {
		k = 10
	}
	k = min(k, max(1, s.Spectrum.Rank(0)))
	op := D.Operator()
	if len(t.axes) > 0 {
		within, dv := 0.0, op.New()
		for _, p := range t.axes {
			op.Apply(p.Vector, dv)
			within += dv.Device().Dot(p.Vector, dv)
		}
		free(dv)
		most := 0.0
		for i := range min(len(t.axes), len(s.Spectrum.Values)) {
			most += s.Spectrum.Values[len(s.Spectrum.Values)-1-i]
		}
		s.Kept = within / most
	}
	ends, err := Lanczos(ctx, op, Ends{High: k, Tolerance: 1e-4})
	if err != nil {
		return err
	}
	if ends.Status == Stopped {
		return context.Cause(ctx)
	}
	t.axes = ends.High
	t.Taken = append(t.Taken, s)
	return nil
}

// String is a line for each snapshot.
func (t *Track) String() string {
	var b strings.Builder
	for i, s := range t.Taken {
		if i > 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "at %.4g: trace %.4g, kept %.3g; %v", s.At, s.Trace, s.Kept, s.Spectrum)
	}
	return b.String()
}
