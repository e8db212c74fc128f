package net

import (
	"fmt"
	"math"

	"glassy/lab/device"
	"glassy/lab/rng"
)

// A Fisher says whose labels y stand in the Fisher matrix
// F = 1/N Σ_k E_y[∇f_k ∇f_kᵀ].
type Fisher uint8

// The kinds (Kunstner, Balles & Hennig 2019, Martens 2020).
const (
	// EmpiricalFisher takes the labels of the data. It is the second moment of
	// the gradients that SGD draws from, and no Gauss-Newton matrix.
	EmpiricalFisher Fisher = iota
	// ExactFisher is the mean over the model's own labels: the Gauss-Newton
	// matrix, of a text divided by its positions. It takes a pass back for each
	// class and position.
	ExactFisher
	// SampledFisher takes one label from the model for each in the data: an
	// unbiased estimate of the exact one.
	SampledFisher
)

func (f Fisher) String() string {
	if f > SampledFisher {
		return fmt.Sprintf("Fisher(%d)", uint8(f))
	}
	return [...]string{"empirical Fisher", "exact Fisher", "sampled Fisher"}[f]
}

// FisherDiagonal is dst = diag F at x over the samples, evaluated as in
// SampleGradients. Only SampledFisher draws from key.
func (l *Loss) FisherDiagonal(x device.Vector, kind Fisher, key rng.Key, dst device.Vector) {
	if kind > SampledFisher {
		panic(fmt.Sprintf("net: FisherDiagonal: kind is %v, expected EmpiricalFisher, ExactFisher or SampledFisher", kind))
	}
	l.begin("FisherDiagonal", x)
	l.need("FisherDiagonal", "dst", dst)
	l.at.forget()
	l.m.batchNorm, l.m.dropout, l.m.keep = false, false, true
	l.m.dev.Fill(dst, 0)
	drawn := uint64(0)
	l.chunks(l.chunk, func() {
		l.m.add = false // parts hold one batch each; dst is added up below
		l.forward()
		switch kind {
		case EmpiricalFisher:
			l.addSquares(dst)
		case ExactFisher:
			l.addExact(dst)
		case SampledFisher:
			c := l.arch.Classes
			labels := make([]int32, l.rows())
			for r, p := 0, l.probabilities(); r < l.rows(); r++ {
				labels[r] = draw(p[r*c:(r+1)*c], key.Uniform(drawn))
				drawn++
			}
			l.feed.upload(l.m, &l.feed.labelBuf, labels)
			l.forward()
			l.addSquares(dst)
		}
	})
	l.m.dev.Scale(1/float64(l.Samples()), dst)
}

// probabilities is p of the batch, rows×Classes, on the host.
func (l *Loss) probabilities() []float64 {
	return device.Read[float64](l.perRow(&l.head.prob, l.arch.Classes))
}

// draw is the first label whose probabilities up to it exceed u.
func draw(p []float64, u float64) int32 {
	for c, q := range p {
		if u -= q; u < 0 {
			return int32(c)
		}
	}
	return int32(len(p) - 1) // p adds up to 1 but for rounding
}

// addSquares takes the deltas of the logits back and adds up squared gradients.
func (l *Loss) addSquares(dst device.Vector) {
	l.backward(l.perSample())
	for _, p := range l.m.root.parts(l.m) {
		p.addSquares(l.m, p.block().of(dst))
	}
}

// addExact takes one position and class at a time: the scores of different
// positions are independent, so that their products add up to nothing.
func (l *Loss) addExact(dst device.Vector) {
	classes, n := l.arch.Classes, l.m.n
	p := l.probabilities()
	dz := make([]float64, len(p))
	for t := range l.rows() / n {
		for c := range classes {
			clear(dz)
			for r := t * n; r < (t+1)*n; r++ {
				row, out := p[r*classes:(r+1)*classes], dz[r*classes:(r+1)*classes]
				weight := math.Sqrt(row[c])
				for j, q := range row {
					out[j] = weight * q
				}
				out[c] -= weight
			}
			l.m.dev.Upload(l.perRow(&l.head.dz, classes), device.Of(dz))
			l.addSquares(dst)
		}
	}
}
