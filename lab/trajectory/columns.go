package trajectory

import (
	"context"

	"gonum.org/v1/gonum/floats"

	"glassy/lab/run"
)

// Coordinates are read a block at a time, and blocks are worked on a wave at a time:
// both numbers set the order of sums and nothing else.
const (
	blockColumns = 8
	waveBlocks   = 16
)

// total adds up what add adds to a vector of so many sums for each coordinate of s, of
// its points from first on, on all threads; worker says which. Done are the coordinates
// that it was called for: fewer than all when the context is done.
func total(ctx context.Context, name string, s Series, first, sums int, add func(worker int, x, sum []float64)) (sum []float64, done int, stopped, err error) {
	d, T := s.Dim(), s.Len()-first
	sum = make([]float64, sums)
	parts, errs := make([][]float64, waveBlocks), make([]error, waveBlocks)
	buffers := make([][]float64, waveBlocks)
	loop := run.Start(ctx, name, d)
	defer loop.End()
	for done < d && ctx.Err() == nil {
		to := min(d, done+blockColumns*waveBlocks)
		blocks := (to - done + blockColumns - 1) / blockColumns
		run.Share(0, blocks, func(worker, b int) {
			if buffers[worker] == nil {
				buffers[worker] = make([]float64, blockColumns*T)
			}
			if parts[b] == nil {
				parts[b] = make([]float64, sums)
			}
			clear(parts[b])
			from := done + b*blockColumns
			n := min(blockColumns, to-from)
			x := buffers[worker][:n*T]
			if errs[b] = s.Columns(from, from+n, first, x); errs[b] != nil {
				return
			}
			for i := range n {
				add(worker, x[i*T:(i+1)*T], parts[b])
			}
		})
		for b := range blocks {
			if errs[b] != nil {
				return sum, done, nil, errs[b]
			}
			floats.Add(sum, parts[b])
		}
		loop.Add(to - done)
		done = to
	}
	return sum, done, loop.Err(), nil
}
