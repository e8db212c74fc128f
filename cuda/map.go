//go:build cuda

package cuda

import (
	"glassy/cuda/internal/driver"
	"glassy/lab/device"
)

// As kernels/repulsion.cu.
const (
	mapTile   = 256 // points that are taken at a time
	mapPoints = 512 // points of a block
)

// Repulsion is two launches: sums over some of the points each, and their sum.
func (d *Device) Repulsion(n int, y, force, z device.Vector) {
	const op = "Repulsion"
	needSize(op, "n", n)
	t := y.DType()
	d.expectFloat(op, "y", y, 2*n)
	d.expect(op, "force", force, t, 2*n)
	d.expect(op, "z", z, t, n)
	if n == 0 {
		return
	}
	down, parts := ceil(n, mapPoints), repulsionParts(n)
	d.scratch(3*n*parts*t.Size(), func(sums driver.Pointer) {
		d.launch("repulsion", t, two(down, parts), one(128), 0, i32(n), ptr(y), at(sums))
		d.launch("repulsion_sum", t, blocks(3*n), one(threads), 0, i32(n), i32(parts), at(sums), ptr(force), ptr(z))
	})
}

// enoughBlocks is from how many blocks on each takes several tiles: some for each
// multiprocessor. A variable, so that tests get there.
var enoughBlocks = 16 * multiprocessors

// repulsionParts is into how many parts the tiles are cut. It depends on n alone.
func repulsionParts(n int) int {
	tiles := ceil(n, mapTile)
	each := max(1, tiles*ceil(n, mapPoints)/enoughBlocks) // tiles of a block
	return ceil(tiles, each)
}

// Attraction is one launch, a warp to a row.
func (d *Device) Attraction(n int, rows, columns, p, y, force, loss device.Vector) {
	const op = "Attraction"
	needSize(op, "n", n)
	t := y.DType()
	d.expectFloat(op, "y", y, 2*n)
	d.expect(op, "force", force, t, 2*n)
	d.expect(op, "rows", rows, device.Int32, n+1)
	d.expect(op, "p", p, t, p.Len())
	d.expect(op, "columns", columns, device.Int32, p.Len())
	if loss.Len() > 0 {
		d.expect(op, "loss", loss, t, n)
	}
	if n == 0 {
		return
	}
	word, ofRow := d.slip(slipRows, p.Len()+1)
	_, ofColumn := d.slip(slipColumns, n)
	d.launch("attraction", t, blocks(32*n), one(threads), 0,
		i32(n), i32(p.Len()), ptr(rows), ptr(columns), ptr(p), ptr(y), ptr(force), ptr(loss), word, ofRow, ofColumn)
}
