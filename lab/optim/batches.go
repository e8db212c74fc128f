package optim

import (
	"fmt"

	"glassy/lab/rng"
)

// batches deals the mini-batches of one replica. Batch j is a function of the
// key and j alone.
type batches struct {
	key     rng.Key
	data    []int // the replica's share of the data set
	size    int
	replace bool

	epoch int   // of which order is the permutation; -1: none yet
	order []int // of data
	index []int
}

func newBatches(key rng.Key, data []int, size int, replace bool) *batches {
	if size == 0 || size > len(data) {
		size = len(data)
	}
	return &batches{key: key, data: data, size: size, replace: replace, epoch: -1, order: make([]int, len(data)), index: make([]int, size)}
}

// batch is the data of batch j: valid until the next call. Without replacement
// an epoch takes ⌊len(data)/size⌋ batches of a new permutation; what is left
// over waits for the next.
func (b *batches) batch(j int) []int {
	if b.size == len(b.data) && !b.replace {
		return b.data
	}
	if b.replace {
		s := b.key.Split(uint64(j)).Stream()
		for i := range b.index {
			b.index[i] = b.data[s.IntN(len(b.data))]
		}
		return b.index
	}
	per := len(b.data) / b.size
	if e := j / per; e != b.epoch {
		b.epoch = e
		copy(b.order, b.data)
		b.key.Split(uint64(e)).Stream().Shuffle(len(b.order), func(i, k int) { b.order[i], b.order[k] = b.order[k], b.order[i] })
	}
	from := j % per * b.size
	return b.order[from : from+b.size]
}

// SplitData gives each of n replicas a fraction of N data: cyclic windows of one
// permutation, so that every datum is in at least one of them (section 5.5).
// It panics if the fraction is less than 1/n.
func SplitData(key rng.Key, N, n int, fraction float64) [][]int {
	if n < 1 || !(fraction*float64(n) >= 1-1e-9 && fraction <= 1) {
		panic(fmt.Sprintf("optim: SplitData: fraction is %v for %d replicas, expected at least 1/n and at most 1", fraction, n))
	}
	size := int(fraction*float64(N) + 0.5)
	size = min(N, max(size, (N+n-1)/n))
	order := key.Stream().Perm(N)
	out := make([][]int, n)
	for a := range out {
		out[a] = make([]int, size)
		for i := range out[a] {
			out[a][i] = order[(a*N/n+i)%N]
		}
	}
	return out
}
