//go:build cuda

package cuda

import (
	"slices"

	"glassy/lab/device"
)

// A tile is a kernel for products: each of its blocks makes m×n numbers of C.
type tile struct {
	name    string
	m, n, k int // k: how much of the sum is in shared memory at a time
	threads int
	stages  int     // tensor cores: tiles of A and B that are on their way at a time; one entry for each transposition
	rate    float64 // products a cycle of a multiprocessor that has enough blocks
}

// The kernels, with the rates that choose weighs: estimates for an H200, to be
// replaced by what BenchmarkGemm measures there. Floors are 128 products a cycle
// for float32, 64 for float64, 128 for float64 on tensor cores, and about 600 for
// TF32 by the instructions used here.
var (
	plainTiles = []tile{
		{name: "gemm_128x128", m: 128, n: 128, k: 8, threads: 256, rate: 105},
		{name: "gemm_64x64", m: 64, n: 64, k: 16, threads: 128, rate: 85},
		{name: "gemm_128x32", m: 128, n: 32, k: 16, threads: 128, rate: 75},
		{name: "gemm_32x128", m: 32, n: 128, k: 16, threads: 128, rate: 75},
		{name: "gemm_32x32", m: 32, n: 32, k: 16, threads: 64, rate: 45},
	}
	doubleTiles = []tile{ // the small ones of plainTiles join them
		{name: "gemm_double_128x128", m: 128, n: 128, k: 16, threads: 256, stages: 4, rate: 112},
		{name: "gemm_double_64x64", m: 64, n: 64, k: 16, threads: 64, stages: 3, rate: 115},
	}
	splitTiles = []tile{ // float32 in three products of TF32
		{name: "gemm_split_128x128", m: 128, n: 128, k: 32, threads: 256, stages: 3, rate: 180},
		{name: "gemm_split_64x64", m: 64, n: 64, k: 32, threads: 128, stages: 3, rate: 130},
	}
	tf32Tiles = []tile{
		{name: "gemm_tf32_256x128", m: 256, n: 128, k: 32, threads: 256, stages: 3, rate: 500},
		{name: "gemm_tf32_128x128", m: 128, n: 128, k: 32, threads: 128, stages: 3, rate: 420},
		{name: "gemm_tf32_64x64", m: 64, n: 64, k: 32, threads: 128, stages: 3, rate: 280},
	}
)

// worthLibrary is how many multiplications cuBLAS is worth: smaller products are
// done in some 10 µs, and our own launches stay in a graph when memory moves,
// where one of cuBLAS has to be recorded again.
const worthLibrary = 1 << 28

// tensorCores is the capability from which on chips have those we use.
const tensorCores = 80

// splitFrom is the length of a sum from which splitTiles keep float32's bound:
// kernels/gemm_tensor.h.
const splitFrom = 128

// tiles are the kernels for products of numbers of type t with sums of k.
func (d *Device) tiles(t device.DType, k int) []tile {
	all := plainTiles
	switch {
	case d.gpu.Capability < tensorCores:
	case t == device.Float64:
		all = tensorDouble
	case d.settings.tf32.Load():
		all = tensorTF32
	case d.splits(t, k):
		all = tensorSplit
	}
	for all[0].shared(t, true, false) > d.gpu.SharedPerBlock { // the largest are first
		all = all[1:]
	}
	return all
}

// fullTiles are those that round as the type does, whatever the settings are.
func (d *Device) fullTiles(t device.DType) []tile {
	if t == device.Float32 {
		return plainTiles
	}
	return d.tiles(t, 0)
}

var (
	tensorDouble = append(doubleTiles[:len(doubleTiles):len(doubleTiles)], halved(plainTiles[2:])...)
	tensorSplit  = append(splitTiles[:len(splitTiles):len(splitTiles)], plainTiles[2:]...)
	tensorTF32   = append(tf32Tiles[:len(tf32Tiles):len(tf32Tiles)], plainTiles[2:]...)
)

// halved are the same kernels for float64.
func halved(tiles []tile) []tile {
	tiles = slices.Clone(tiles)
	for i := range tiles {
		tiles[i].rate /= 2
	}
	return tiles
}

// shared is the dynamic shared memory of a block, in bytes: of A's and B's tiles
// that are on their way, then of C's. Kernels/gemm_tensor.h says how they lie.
func (s tile) shared(t device.DType, transA, transB bool) int {
	if s.stages == 0 {
		return 0
	}
	side := func(width int, along bool) int {
		if along {
			return width * s.k
		}
		return s.k * (width + 16/t.Size())
	}
	return t.Size() * max(s.stages*(side(s.m, !transA)+side(s.n, transB)), s.m*(s.n+8))
}

// A plan is which kernel makes a product, and into how many parts, each of
// length numbers, its sum over k is cut.
type plan struct {
	tile          tile
	parts, length int
}

// multiprocessors is how many the plan is for, whatever the chip has: the order
// of sums, and so their bits, shall depend on sizes only. An H200 has 132.
const multiprocessors = 132

// choose is the plan that takes the fewest cycles by a plain model: blocks are
// dealt out to the multiprocessors, each works off what it got at the tile's
// rate, and parts cost a second pass over memory.
func choose(tiles []tile, m, n, k, count int) plan {
	const (
		ramp   = 64      // products of k that a block's beginning and end take the time of
		full   = 320     // threads of a multiprocessor that reach the rate; fewer do it in proportion
		launch = 6000    // cycles of a second kernel
		short  = 128     // of the sum is too short for a part
		memory = 10      // bytes a cycle of a multiprocessor
		most   = 1 << 24 // numbers in all parts
	)
	var best plan
	var least float64
	for _, s := range tiles {
		tiles := ceil(m, s.m) * ceil(n, s.n) * count
		for parts := 1; parts <= 512; parts *= 2 {
			length := ceil(ceil(k, parts), s.k) * s.k
			if parts > 1 && (length < short || (parts-1)*length >= k || parts*m*n*count > most) {
				break
			}
			each := ceil(tiles*parts, multiprocessors)
			rate := s.rate * min(1, float64(each*s.threads)/full)
			cycles := float64(each*s.m*s.n*(length+ramp)) / rate
			if parts > 1 {
				cycles += launch + float64(8*m*n*count*(parts+1))/(memory*multiprocessors)
			}
			if best.parts == 0 || cycles < least {
				best, least = plan{s, parts, max(length, s.k)}, cycles
			}
		}
	}
	return best
}

// partsOf is into how many parts a sum of k is cut so that blocks times parts fill
// a GPU, none being short.
func partsOf(k, blocks int) int {
	const short, enough = 1024, 8 * multiprocessors
	parts := 1
	for parts*blocks < enough && k/(2*parts) >= short {
		parts *= 2
	}
	return parts
}
