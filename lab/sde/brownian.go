package sde

import (
	"fmt"
	"math"

	"glassy/lab/rng"
)

// Brownian is the path of a Brownian motion in d dimensions over the time from 0 to
// Time, by Lévy's construction: halves of an interval are drawn given the whole, so
// that a path has increments in 2^level steps for every level, and those of one
// level are the sums of those of the next, to rounding.
type Brownian struct {
	Key  rng.Key
	Dim  int
	Time float64
}

// Increments are those in 2^level equal steps, 2^level×Dim.
func (p Brownian) Increments(level int) []float64 {
	if level < 0 || level > 40 || p.Dim < 1 || !(p.Time > 0) {
		panic(fmt.Sprintf("sde: Increments: level %d, Dim %d, Time %v, expected 0 to 40, at least 1 and above 0", level, p.Dim, p.Time))
	}
	d := p.Dim
	now := make([]float64, d)
	p.Key.Split(0).Normals(0, now)
	for a := range now {
		now[a] *= math.Sqrt(p.Time)
	}
	for l := 1; l <= level; l++ {
		h := p.Time / float64(int(1)<<l)
		// Given the sum of two increments of length h, each is half of it ± √(h/2) ξ.
		ξ := make([]float64, len(now))
		p.Key.Split(uint64(l)).Normals(0, ξ)
		next := make([]float64, 2*len(now))
		for i := range len(now) / d {
			for a := range d {
				half, apart := now[i*d+a]/2, math.Sqrt(h/2)*ξ[i*d+a]
				next[2*i*d+a], next[(2*i+1)*d+a] = half+apart, half-apart
			}
		}
		now = next
	}
	return now
}

// Paths are the increments of such paths for [Options.Paths]: that of walker i is of
// the key's part i. All of them are kept, walkers×2^level×dim numbers.
func Paths(key rng.Key, walkers, dim int, time float64, level int) func(walker, step int, increments []float64) {
	all := make([][]float64, walkers)
	for i := range all {
		all[i] = Brownian{key.Split(uint64(i)), dim, time}.Increments(level)
	}
	return func(walker, step int, increments []float64) {
		copy(increments, all[walker][step*dim:])
	}
}
