package data

import (
	"fmt"
	"math"
	"slices"
)

// Rescale maps the numbers of s, on [0, 1] as they are loaded, to [low, high], in
// place: x ← low + (high-low)·x. Chaudhari (2018), 2.4, takes MNIST on [-1, 1].
func (s *Set) Rescale(low, high float32) {
	for i, x := range s.X {
		s.X[i] = low + (high-low)*x
	}
}

// Moments are mean and standard deviation (divisor: how many numbers) of each
// channel, len Shape[0], summed up in float64.
func (s *Set) Moments() (mean, sd []float64) {
	channels, plane := s.channels("Moments")
	mean, sd = make([]float64, channels), make([]float64, channels)
	n := float64(s.Len() * plane)
	s.planes(plane, func(c int, x []float32) {
		for _, v := range x {
			mean[c] += float64(v)
		}
	})
	for c := range mean {
		mean[c] /= n
	}
	s.planes(plane, func(c int, x []float32) {
		for _, v := range x {
			d := float64(v) - mean[c]
			sd[c] += d * d
		}
	})
	for c := range sd {
		sd[c] = math.Sqrt(sd[c] / n)
	}
	return mean, sd
}

// Normalize is x ← (x-mean[c])/sd[c] in channel c, in place. Mean and sd, len
// Shape[0], are the training set's for the test set too: see [Set.Moments].
func (s *Set) Normalize(mean, sd []float64) {
	channels, plane := s.channels("Normalize")
	if len(mean) != channels || len(sd) != channels {
		panic(fmt.Sprintf("data: Normalize: %d means and %d sds, expected one for each of %d channels", len(mean), len(sd), channels))
	}
	for c, v := range sd {
		if !(v > 0) {
			panic(fmt.Sprintf("data: Normalize: sd of channel %d is %v, expected a positive number", c, v))
		}
	}
	s.planes(plane, func(c int, x []float32) {
		for i, v := range x {
			x[i] = float32((float64(v) - mean[c]) / sd[c])
		}
	})
}

func (s *Set) channels(what string) (channels, plane int) {
	if s.X == nil || s.Len() == 0 {
		panic(fmt.Sprintf("data: %s: %s has no numbers", what, s.Name))
	}
	return s.Shape[0], s.Size() / s.Shape[0]
}

// planes calls f with the numbers of each channel of each sample.
func (s *Set) planes(plane int, f func(c int, x []float32)) {
	for i := 0; i < len(s.X); i += plane {
		f(i/plane%s.Shape[0], s.X[i:i+plane])
	}
}

// GlobalContrast normalises each sample by itself, in place: x ← (x-m)/σ with m
// the mean of its d numbers and σ² = Σ(x-m)²/(d-1). A sample without contrast
// becomes 0. Chaudhari (2018), 2.4, takes CIFAR so. Goodfellow et al. (2013)
// divide by the norm √Σ(x-m)² and multiply by 55, which for d = 3072 is 0.9925
// times this.
func (s *Set) GlobalContrast() {
	d := s.Size()
	if d < 2 {
		panic(fmt.Sprintf("data: GlobalContrast: samples of %d numbers, expected at least 2", d))
	}
	for i := 0; i < len(s.X); i += d {
		x := s.X[i : i+d]
		m, squares := 0.0, 0.0
		for _, v := range x {
			m += float64(v)
		}
		m /= float64(d)
		for _, v := range x {
			squares += (float64(v) - m) * (float64(v) - m)
		}
		factor := 0.0
		if sd := math.Sqrt(squares / float64(d-1)); sd > 1e-8 {
			factor = 1 / sd
		}
		for j, v := range x {
			x[j] = float32((float64(v) - m) * factor)
		}
	}
}

// Pool is a copy of images C×H×W with the mean of each k×k square for a pixel:
// MNIST pooled by 4 has the 7×7 pixels of the smallest networks. It panics when
// k does not divide H and W.
func (s *Set) Pool(k int) *Set {
	if len(s.Shape) != 3 || k < 1 || s.Shape[1]%k != 0 || s.Shape[2]%k != 0 {
		panic(fmt.Sprintf("data: Pool: squares of %d×%d in samples of shape %v, expected C×H×W and a divisor of H and W", k, k, s.Shape))
	}
	h, w := s.Shape[1]/k, s.Shape[2]/k
	p := &Set{Name: s.Name, Shape: []int{s.Shape[0], h, w}, Classes: s.Classes, Y: slices.Clone(s.Y), X: make([]float32, len(s.X)/(k*k))}
	for i := range p.X { // pixel q of row r of all planes of all images
		r, q := i/w, i%w
		sum := float32(0)
		for y := range k {
			row := s.X[(r*k+y)*w*k+q*k:]
			for _, v := range row[:k] {
				sum += v
			}
		}
		p.X[i] = sum / float32(k*k)
	}
	return p
}
