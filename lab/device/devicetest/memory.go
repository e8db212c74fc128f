package devicetest

import (
	"math"
	"testing"

	"glassy/lab/device"
)

func testMemory(t *testing.T, dev device.Device) {
	for _, dt := range floats {
		same(t, "New", dev.New(dt, 5), make([]float64, 5), 0)
		whole := dev.New(dt, 6)
		dev.Upload(whole, device.Of([]float64{1, 2, 3, 4, 5, math.Inf(1)}))
		same(t, "Slice", whole.Slice(1, 5).Slice(1, 3), []float64{3, 4}, 0)
		dev.Upload(whole.Slice(2, 4), device.Of([]float32{-3, float32(math.NaN())}))
		same(t, "Upload to a view", whole, []float64{1, 2, -3, math.NaN(), 5, math.Inf(1)}, 0)
		if h := device.Read[float32](whole); h[0] != 1 || h[5] != float32(math.Inf(1)) {
			t.Errorf("Download to float32: %v", h)
		}
		for _, other := range floats {
			dst := dev.New(other, 3)
			dev.Copy(dst, whole.Slice(0, 3))
			same(t, "Copy", dst, []float64{1, 2, -3}, 0)
		}
		clone := whole.Clone()
		dev.Upload(whole.Slice(0, 1), device.Of([]float64{7}))
		same(t, "Clone", clone.Slice(0, 1), []float64{1}, 0)
		dev.Free(clone)
		large := put(dev, dt, random(dt, 100_003, 1))
		same(t, "large Upload", large, random(dt, 100_003, 1), 0)
		for _, empty := range []device.Vector{{}, dev.New(dt, 0), whole.Slice(6, 6)} {
			if empty.Len() != 0 {
				t.Errorf("an empty vector has length %d", empty.Len())
			}
			dev.Upload(empty, device.Of([]float64{}))
			dev.Copy(dev.New(dt, 0), empty)
			dev.Free(empty)
		}
		panics(t, "Upload", func() { dev.Upload(whole, device.Of([]float64{1})) })
		panics(t, "Upload", func() { dev.Upload(whole, device.Of(make([]int32, 6))) })
		panics(t, "Download", func() { dev.Download(device.Of([]float64{1}), whole) })
		panics(t, "Copy", func() { dev.Copy(dev.New(dt, 1), whole) })
		panics(t, "Slice", func() { whole.Slice(2, 7) })
		panics(t, "New", func() { dev.New(dt, -1) })
	}
	index := dev.New(device.Int32, 3)
	dev.Upload(index, device.Of([]int32{4, math.MinInt32, 6}))
	if h := device.Read[int32](index); h[0] != 4 || h[1] != math.MinInt32 || h[2] != 6 {
		t.Errorf("int32 there and back: %v, expected 4, %d, 6", h, math.MinInt32)
	}
}
