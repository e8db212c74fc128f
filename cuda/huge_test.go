//go:build cuda

package cuda

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"glassy/lab/device"
)

// numbers are a vector's, whatever their type.
func numbers(v device.Vector) (all []float64) {
	if v.DType() != device.Int32 {
		return device.Read[float64](v)
	}
	for _, x := range device.Read[int32](v) {
		all = append(all, float64(x))
	}
	return all
}

// Vectors and matrices of more numbers than 32 bits count: what an operation
// leaves in the last of them is what it makes of these alone. On the mock, and on
// a GPU with too little memory, the same with small ones.
func TestBeyond32Bits(t *testing.T) {
	d := open(t)
	rows, cols := 1<<16+1, 1<<15+1 // 2³¹ + 98305
	free, _, err := d.gpu.MemoryInfo()
	if err != nil {
		t.Fatal(err)
	}
	if mocked(d) || free < 48<<30 {
		rows, cols = 1<<6+1, 1<<11+1
		t.Logf("no GPU with 48 GiB to spare is here: %d×%d numbers, which 32 bits count", rows, cols)
	}
	n, last := rows*cols, (rows-1)*cols
	const few = 7
	f32, none := device.Float32, device.Vector{}

	// tail is the last numbers of a vector; check compares those with what was made of them alone.
	tail := func(v device.Vector, k int) device.Vector { return v.Slice(v.Len()-k, v.Len()) }
	check := func(what string, big, small device.Vector, tolerance float64) {
		t.Helper()
		k := small.Len()
		got, want := numbers(tail(big, k)), numbers(small)
		for i := range want {
			if !(math.Abs(got[i]-want[i]) <= tolerance*math.Abs(want[i])) {
				t.Errorf("%s: of the last %d numbers, %d is %v, expected %v", what, k, i, got[i], want[i])
				return
			}
		}
	}
	vectors := func(lengths ...int) (all []device.Vector) {
		for _, k := range lengths {
			all = append(all, d.New(f32, k))
		}
		return all
	}
	release := func(all []device.Vector) {
		for _, v := range all {
			d.Free(v)
		}
	}

	t.Run("one by one", func(t *testing.T) {
		big := vectors(n, n, n)
		defer release(big)
		x, y, z := big[0], big[1], big[2]
		// each runs f on whole vectors, and on copies of the ends of these as they were before.
		each := func(what string, f func(from uint64, x, y, z device.Vector)) {
			t.Helper()
			var ends []device.Vector
			for _, v := range big {
				ends = append(ends, tail(v, few).Clone())
			}
			f(uint64(n-few), ends[0], ends[1], ends[2])
			f(0, x, y, z)
			for i, v := range big {
				check(fmt.Sprintf("%s, vector %d", what, i+1), v, ends[i], 0)
			}
		}
		type v = device.Vector
		each("Uniform", func(from uint64, x, _, _ v) { d.Uniform(1, from, -1, 1, x) })
		each("Normal", func(from uint64, _, y, _ v) { d.Normal(2, from, 0, 1, y) })
		each("DropoutMask", func(from uint64, _, _, z v) { d.DropoutMask(3, from, .5, z) })
		each("Axpy", func(_ uint64, x, y, _ v) { d.Axpy(.5, x, y) })
		each("Axpby", func(_ uint64, _, y, z v) { d.Axpby(.5, y, 2, z) })
		each("Scale", func(_ uint64, x, _, _ v) { d.Scale(.9, x) })
		each("Multiply", func(_ uint64, x, y, z v) { d.Multiply(x, y, z) })
		each("MultiplyAdd", func(_ uint64, x, y, z v) { d.MultiplyAdd(x, y, z) })
		each("Activate", func(_ uint64, x, y, _ v) { d.Activate(device.Tanh, x, y) })
		each("ActivateBack", func(_ uint64, x, y, z v) { d.ActivateBack(device.Tanh, y, x, z) })
		each("ActivateSecond", func(_ uint64, x, y, z v) { d.ActivateSecond(device.Tanh, y, x, x, z) })
		each("Update", func(_ uint64, x, y, z v) {
			d.Update(device.Step{Rate: .1, Momentum: .9, Nesterov: true}, x, y, z, none, none)
		})
		each("Update with noise", func(from uint64, x, y, z v) {
			d.Update(device.Step{Rate: .1, Momentum: .9, Noise: .1, Key: 5, Offset: from}, x, y, z, none, none)
		})
		each("Adam", func(_ uint64, x, y, z v) {
			d.Fill(z, .5)
			d.Adam(device.AdamStep{Rate: .1, Beta1: .9, Beta2: .99, Epsilon: 1e-8, K: 1}, x, y, z, y, none, none)
		})
		each("Copy", func(_ uint64, x, y, _ v) { d.Copy(y, x) })
		table := d.New(f32, 4)
		d.Upload(table, device.Of([]float64{0, -1, 0, 1}))
		each("Walkers", func(from uint64, x, _, _ v) {
			d.Walkers(device.Walk{Dim: 1, Steps: 1, Delta: .01, Powers: 4, Noise: [2]float64{.1}, Key: 7, Offset: from, Stride: 1 << 40}, table, x)
		})
		if !d.Equal(x, x) {
			t.Error("Equal: a vector is not itself")
		}
		d.Copy(y, x)
		d.Fill(tail(y, 1), 9)
		if d.Equal(x, y) {
			t.Error("Equal: the last numbers differ, and are not seen")
		}
		d.Fill(x, 1)
		d.Fill(tail(x, 1), -3)
		if got := d.Sum(x); got != float64(n-4) {
			t.Errorf("Sum is %v, expected %d", got, n-4)
		}
		if got := d.Dot(x, x); got != float64(n+8) {
			t.Errorf("Dot is %v, expected %d", got, n+8)
		}
		if got := d.MaxAbs(x); got != 3 {
			t.Errorf("MaxAbs is %v, expected 3", got)
		}
	})

	t.Run("rows", func(t *testing.T) {
		all := vectors(n, n, n, rows, cols, cols, cols)
		defer release(all)
		x, y, z, perRow, row, perCol, ones := all[0], all[1], all[2], all[3], all[4], all[5], all[6]
		word := d.New(device.Int32, 1)

		// x[r, c] = r%4 + 1, as a product; its sum over rows, as another.
		a, b := make([]float64, 4*rows), make([]float64, 4*cols)
		total := 0
		for r := range rows {
			a[4*r+r%4] = 1
			total += r%4 + 1
		}
		for i := range b {
			b[i] = float64(i/cols + 1)
		}
		va, vb := device.Put(d, f32, a), device.Put(d, f32, b)
		for _, own := range []bool{false, true} {
			d.OwnKernels(own)
			d.Fill(x, 0)
			d.Gemm(false, false, rows, cols, 4, 1, va, 4, vb, cols, 0, x, cols)
			d.Fill(row, float64((rows-1)%4+1))
			check("Gemm", x, row, 0)
			if got, want := d.Sum(x), float64(total)*float64(cols); got != want {
				t.Errorf("the sum of a product is %v, expected %v", got, want)
			}
		}
		d.OwnKernels(false)
		d.Fill(perRow, 1)
		d.Fill(row, float64(total))
		d.Gemm(true, false, cols, 1, rows, 1, x, cols, perRow, 1, 0, perCol, 1)
		check("Gemm with a vector, transposed", perCol, row, 0)
		d.Fill(ones, 1)
		d.Gemm(false, false, rows, 1, cols, 1, x, cols, ones, 1, 0, perRow, 1)
		check("Gemm with a vector", perRow, device.Put(d, f32, []float64{float64(cols * ((rows-1)%4 + 1))}), 0)

		s := device.Channels{N: rows, C: cols, S: 1}
		d.SumChannels(s, x, false, perCol)
		check("SumChannels", perCol, row, 0)
		d.NormStats(s, x, perCol, row)
		check("NormStats", perCol, device.Put(d, f32, slices.Repeat([]float64{float64(total) / float64(rows)}, few)), 0x1p-23)
		for _, s := range []device.Channels{s, {N: 1, C: rows, S: cols}} {
			mean, spread, shift, dscale, dshift := d.New(f32, s.C), d.New(f32, s.C), d.New(f32, s.C), d.New(f32, s.C), d.New(f32, s.C)
			d.Fill(spread, 1)
			d.Fill(shift, .5)
			d.Norm(s, x, mean, spread, spread, shift, y)
			d.AddChannels(s, shift, y)
			want := device.Read[float64](tail(x, few))
			for i := range want {
				want[i]++
			}
			check("Norm and AddChannels", y, device.Put(d, f32, want), 0)
			d.NormBack(s, true, x, mean, spread, spread, x, y, false, dscale, dshift)
			sum := float64(total)
			if s.N == 1 {
				sum = float64(cols * ((rows-1)%4 + 1))
			}
			check("NormBack", dshift, device.Put(d, f32, []float64{sum}), 0)
		}

		d.Normal(1, 0, 0, 1, x)
		end := x.Slice(last, n)
		d.RowDots(rows, cols, x, x, perRow)
		d.RowDots(1, cols, end, end, row.Slice(0, 1))
		check("RowDots", perRow, row.Slice(0, 1), 1e-6) // in parts
		index := d.New(device.Int32, rows)
		d.RowArgMax(rows, cols, x, index)
		d.RowArgMax(1, cols, end, word)
		check("RowArgMax", index, word, 0)
		d.Upload(word, device.Of([]int32{int32(rows - 1)}))
		d.Gather(cols, x, word, row)
		check("Gather", x, row, 0)
		d.Scale(2, row)
		d.Copy(y, x)
		d.ScatterAdd(cols, word, end.Clone(), y)
		check("ScatterAdd", y, row, 0)
		d.RowScale(rows, cols, perRow, x)
		d.Scale(.5, row)
		d.RowScale(1, cols, tail(perRow, 1), row)
		check("RowScale", x, row, 0)

		d.Normal(1, 0, 0, 1, x)
		label, loss := d.New(device.Int32, rows), d.New(f32, rows)
		p, dz := d.New(f32, cols), d.New(f32, cols)
		d.Upload(tail(label, 1), device.Of([]int32{int32(cols - 1)}))
		d.SoftmaxLoss(rows, cols, x, label, loss, y, z)
		d.SoftmaxLoss(1, cols, end, tail(label, 1), row.Slice(0, 1), p, dz)
		check("SoftmaxLoss", loss, row.Slice(0, 1), 0)
		check("SoftmaxLoss, p", y, p, 0)
		check("SoftmaxLoss, dz", z, dz, 0)

		d.Normal(1, 0, 0, 1, x)
		norms, steps := d.New(f32, rows), d.New(device.Int32, rows)
		d.Copy(row, end)
		d.SphereSteps(cols, 1, 1, .1, 0, row, tail(z, cols), loss.Slice(0, 1), word)
		d.SphereSteps(cols, rows, 1, .1, 0, x, z, norms, steps)
		check("SphereSteps", x, row, 0)
		check("SphereSteps, norms", norms, loss.Slice(0, 1), 0)
	})

	t.Run("cells and pools", func(t *testing.T) {
		h := cols / 4
		all := vectors(rows*4*h, rows*h, rows*h, rows*h)
		gates, c0, c, out := all[0], all[1], all[2], all[3]
		d.Normal(1, 0, 0, 1, gates)
		d.Normal(2, 0, 0, 1, c0)
		g, small := tail(gates, 4*h).Clone(), vectors(h, h)
		d.LSTM(1, h, g, tail(c0, h), small[0], small[1])
		d.LSTM(rows, h, gates, c0, c, out)
		check("LSTM, gates", gates, g, 0)
		check("LSTM, cells", c, small[0], 0)
		check("LSTM", out, small[1], 0)
		release(all)

		s := device.Pooling{N: rows, C: 1, H: 1, W: cols, Size: 1, Stride: 1}
		one := s
		one.N = 1
		all = vectors(n, n)
		x, y := all[0], all[1]
		index := d.New(device.Int32, n)
		end, places := d.New(f32, cols), d.New(device.Int32, cols)
		d.Normal(1, 0, 0, 1, x)
		d.MaxPool(s, x, y, index)
		d.MaxPool(one, tail(x, cols), end, places)
		check("MaxPool", y, end, 0)
		check("MaxPool, places", index, places, 0)
		d.PoolScatter(s, index, x, y)
		check("PoolScatter", y, end, 0)
		d.MeanPool(s, x, y)
		check("MeanPool", y, end, 0)
		d.MeanPoolBack(s, x, y)
		check("MeanPoolBack", y, end, 0)
		release(append(all, index))
	})

	t.Run("spins", func(t *testing.T) {
		const p, spins = 2, 100
		m := n/spins + 1
		all := vectors(m*spins, m*spins, m, device.Monomials(p, spins), spins, 1)
		defer release(all)
		sigma, gradient, energy, couplings, g, e := all[0], all[1], all[2], all[3], all[4], all[5]
		d.Uniform(1, 0, .5, 1, sigma)
		d.Uniform(2, 0, .5, 1, couplings) // no sum cancels
		d.Spins(p, spins, m, 1, couplings, sigma, false, energy, gradient)
		d.Spins(p, spins, 1, 1, couplings, tail(sigma, spins), false, e, g)
		check("Spins, energy", energy, e, 1e-5)
		check("Spins, gradient", gradient, g, 1e-5)
	})
}
