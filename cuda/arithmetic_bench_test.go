//go:build cuda

package cuda

import (
	"fmt"
	"testing"

	"glassy/lab/device"
)

// BenchmarkArithmetic is how near to the memory's bandwidth the operations on
// long vectors come, counting what each must read and write. 1.9 million numbers
// are the parameters of a middling network, most of which a large cache holds;
// 100 million are in memory. The reductions also wait for the GPU, as their
// callers do.
func BenchmarkArithmetic(b *testing.B) {
	d := measured(b)
	none := device.Vector{}
	for _, dt := range both {
		for _, n := range []int{1_900_000, 100_000_000} {
			var v [4]device.Vector
			for i := range v {
				v[i] = d.New(dt, n)
				d.Normal(uint64(i), 0, 0, 1, v[i])
			}
			w, x, y, z := v[0], v[1], v[2], v[3]
			other := d.New(device.Float32+device.Float64-dt, n)
			index := d.New(device.Int32, n/1000)
			step := device.Step{Rate: 0, Momentum: 0.9, Nesterov: true, Decay: 1e-3} // rate 0: nothing grows
			noisy := step
			noisy.Noise = 1e-9
			adam := device.AdamStep{Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-8, K: 1}
			size := float64(dt.Size())
			for _, c := range []struct {
				name  string
				bytes float64 // for a number
				f     func()
			}{
				{"Fill", size, func() { d.Fill(w, 1) }},
				{"Copy", 2 * size, func() { d.Copy(w, x) }},
				{"Copy to the other type", 12, func() { d.Copy(other, x) }},
				{"Scale", 2 * size, func() { d.Scale(1, w) }},
				{"Axpy", 3 * size, func() { d.Axpy(0, x, w) }},
				{"Axpy, not aligned alike", 3 * size, func() { d.Axpy(0, x.Slice(1, n), w.Slice(0, n-1)) }},
				{"MultiplyAdd", 4 * size, func() { d.MultiplyAdd(x, y, w) }},
				{"RowScale of 1,000", 2 * size, func() { d.RowScale(n/1000, 1000, z.Slice(0, n/1000), w) }},
				{"RowDots of 1,000", 2 * size, func() { d.RowDots(n/1000, 1000, x, y, z.Slice(0, n/1000)) }},
				{"RowDots of 10", 2 * size, func() { d.RowDots(n/10, 10, x, y, z.Slice(0, n/10)) }},
				{"RowDots of 5 rows", 2 * size, func() { d.RowDots(5, n/5, x, y, z.Slice(0, 5)) }},
				{"RowArgMax of 1,000", size, func() { d.RowArgMax(n/1000, 1000, x, index) }},
				{"Sum", size, func() { d.Sum(x) }},
				{"Dot", 2 * size, func() { d.Dot(x, y) }},
				{"MaxAbs", size, func() { d.MaxAbs(x) }},
				{"Equal", 2 * size, func() { d.Equal(x, y) }},
				{"Uniform", size, func() { d.Uniform(1, 0, 0, 1, w) }},
				{"Normal", size, func() { d.Normal(1, 0, 0, 1, w) }},
				{"DropoutMask", size, func() { d.DropoutMask(1, 0, 0.5, w) }},
				{"Update", 5 * size, func() { d.Update(step, w, z, x, none, none) }},
				{"Update with pull", 6 * size, func() {
					s := step
					s.Pull = 1e-3
					d.Update(s, w, z, x, y, none)
				}},
				{"Update with noise", 5 * size, func() { d.Update(noisy, w, z, x, none, none) }},
				{"Adam", 7 * size, func() { d.Adam(adam, w, y, z, x, none, none) }},
			} {
				bandwidth(b, d, fmt.Sprintf("%v/%d/%s", dt, n, c.name), c.bytes*float64(n), c.f)
			}
			for _, v := range append(v[:], other, index) {
				d.Free(v)
			}
		}
	}
}

// BenchmarkTables is rows of an embedding there and back: a batch of 20 lines of
// 35 words of 10,000, and one of 128 lines of 50 letters of 65, of which one
// comes every sixth time.
func BenchmarkTables(b *testing.B) {
	d := measured(b)
	for _, s := range []struct {
		name          string
		rows, cols, n int
	}{{"words", 10_000, 1500, 20 * 35}, {"letters", 65, 128, 128 * 50}} {
		table, src, index := d.New(device.Float32, s.rows*s.cols), d.New(device.Float32, s.n*s.cols), make([]int32, s.n)
		for i, u := range draw(s.n, 1) {
			if index[i] = int32((u + 1) / 2 * float64(s.rows)); i%6 == 0 {
				index[i] = 0
			}
		}
		vi := d.New(device.Int32, s.n)
		d.Upload(vi, device.Of(index))
		bytes := 4 * float64(s.n*s.cols)
		bandwidth(b, d, s.name+"/Gather", 2*bytes, func() { d.Gather(s.cols, table, vi, src) })
		bandwidth(b, d, s.name+"/ScatterAdd", bytes, func() { d.ScatterAdd(s.cols, vi, src, table) })
	}
}

// bandwidth measures f, which moves so many bytes, by the GPU's clock.
func bandwidth(b *testing.B, d *Device, name string, bytes float64, f func()) {
	b.Run(name, func(b *testing.B) {
		seconds := measure(b, d, f)
		report(b, bytes/seconds/1e9, "GB/s", seconds*1e6, "µs")
	})
}
