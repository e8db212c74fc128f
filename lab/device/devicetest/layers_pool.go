package devicetest

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"glassy/lab/device"
)

// windows calls f for each cell of each window: places in x and y, the cell's
// place in its plane.
func windows(s device.Pooling, f func(x, y, cell int)) {
	oh, ow := s.Out()
	for plane := range s.N * s.C {
		for p := range oh {
			for q := range ow {
				for r := range s.Size {
					for t := range s.Size {
						i, j := p*s.Stride+r-s.Pad, q*s.Stride+t-s.Pad
						if i >= 0 && i < s.H && j >= 0 && j < s.W {
							f(plane*s.H*s.W+i*s.W+j, (plane*oh+p)*ow+q, i*s.W+j)
						}
					}
				}
			}
		}
	}
}

func testPool(t *testing.T, dev device.Device) {
	shapes := []device.Pooling{
		{N: 3, C: 2, H: 8, W: 6, Size: 2, Stride: 2},
		{N: 2, C: 2, H: 7, W: 9, Size: 2, Stride: 2}, // a row and a column left over
		{N: 2, C: 3, H: 9, W: 7, Size: 3, Stride: 2}, // windows overlap
		{N: 2, C: 3, H: 8, W: 7, Size: 3, Stride: 2, Pad: 1},
		{N: 1, C: 2, H: 5, W: 6, Size: 3, Stride: 1, Pad: 2},
		{N: 2, C: 2, H: 6, W: 6, Size: 2, Stride: 3}, // cells that no window covers
		{N: 4, C: 5, H: 6, W: 6, Size: 6, Stride: 1},
		{N: 1, C: 1, H: 1, W: 1, Size: 1, Stride: 1},
		{N: 0, C: 2, H: 4, W: 4, Size: 2, Stride: 2},
		{N: 2, C: 0, H: 4, W: 4, Size: 2, Stride: 2},
	}
	r := rand.New(rand.NewPCG(11, 12))
	for range 60 {
		s := device.Pooling{N: r.IntN(3), C: 1 + r.IntN(3), H: 1 + r.IntN(12), W: 1 + r.IntN(12), Size: 1 + r.IntN(5), Stride: 1 + r.IntN(5)}
		s.Pad = r.IntN(s.Size)
		if s.H+2*s.Pad >= s.Size && s.W+2*s.Pad >= s.Size {
			shapes = append(shapes, s)
		}
	}
	for _, s := range shapes {
		oh, ow := s.Out()
		nx, ny := s.N*s.C*s.H*s.W, s.N*s.C*oh*ow
		for _, dt := range floats {
			what := func(op string) string { return name("%s %+v %v", op, s, dt) }
			for _, kind := range []string{"random", "ties", "NaN", "-Inf"} {
				x := random(dt, nx, 1)
				for i := range x {
					switch {
					case kind == "ties":
						x[i] = math.Round(2 * x[i])
					case kind == "NaN" && i%7 == 3:
						x[i] = math.NaN()
					case kind == "-Inf":
						x[i] = math.Inf(-1)
					}
				}
				value, place, met := make([]float64, ny), make([]int32, ny), make([]bool, ny)
				windows(s, func(i, k, cell int) {
					// The first of the largest; a NaN is larger than all numbers.
					if !met[k] || x[i] > value[k] || math.IsNaN(x[i]) && !math.IsNaN(value[k]) {
						value[k], place[k], met[k] = x[i], int32(cell), true
					}
				})
				y, index := dst(dev, dt, ny), dev.New(device.Int32, ny)
				dev.MaxPool(s, put(dev, dt, x), y, index)
				same(t, what("MaxPool "+kind), y, value, 0)
				if got := device.Read[int32](index); !slices.Equal(got, place) {
					t.Errorf("%s: places %v, expected %v", what("MaxPool "+kind), got, place)
				}

				tx, dy := random(dt, nx, 2), random(dt, ny, 3)
				ty := make([]float64, ny)
				want := newSum(make([]float64, nx))
				for k := range ty {
					i := k/(oh*ow)*s.H*s.W + int(place[k])
					ty[k] = tx[i]
					want.add(i, dy[k])
				}
				v := dst(dev, dt, ny)
				dev.PoolGather(s, index, put(dev, dt, tx), v)
				same(t, what("PoolGather"), v, ty, 0)
				v = dst(dev, dt, nx)
				dev.PoolScatter(s, index, put(dev, dt, dy), v)
				same(t, what("PoolScatter"), v, want.value, want.bound(dt)...)
			}

			x, dy := random(dt, nx, 4), random(dt, ny, 5)
			area := float64(s.Size * s.Size)
			mean, back := newSum(make([]float64, ny)), newSum(make([]float64, nx))
			windows(s, func(i, k, _ int) {
				mean.add(k, x[i]/area)
				back.add(i, dy[k]/area)
			})
			v := dst(dev, dt, ny)
			dev.MeanPool(s, put(dev, dt, x), v)
			same(t, what("MeanPool"), v, mean.value, mean.bound(dt)...)
			v = dst(dev, dt, nx)
			dev.MeanPoolBack(s, put(dev, dt, dy), v)
			same(t, what("MeanPoolBack"), v, back.value, back.bound(dt)...)
		}
	}
	for _, dt := range floats {
		good := device.Pooling{N: 1, C: 1, H: 4, W: 4, Size: 2, Stride: 2}
		x, y, index := dev.New(dt, 16), dev.New(dt, 4), dev.New(device.Int32, 4)
		for _, bad := range []device.Pooling{
			{N: 1, C: 1, H: 4, W: 4, Size: 2, Stride: 0},
			{N: 1, C: 1, H: 4, W: 4, Size: 5, Stride: 1},
			{N: 1, C: 1, H: 4, W: 4, Size: 2, Stride: 2, Pad: 2}, // windows of nothing but border
			{N: -1, C: -1, H: 4, W: 4, Size: 2, Stride: 2},
		} {
			panics(t, "MaxPool", func() { dev.MaxPool(bad, x, y, index) })
			panics(t, "MeanPoolBack", func() { dev.MeanPoolBack(bad, y, x) })
		}
		panics(t, "MaxPool", func() { dev.MaxPool(good, x, y, y) })
		panics(t, "PoolGather", func() { dev.PoolGather(good, y, x, y) })
		panics(t, "PoolScatter", func() { dev.PoolScatter(good, index, x, x) })
		panics(t, "MeanPool", func() { dev.MeanPool(good, y, y) })
	}
}
