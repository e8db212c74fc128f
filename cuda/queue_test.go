//go:build cuda

package cuda

import (
	"errors"
	"math"
	"testing"
	"time"

	"glassy/lab/device"
)

// steps does work that comes again and again, as training does, with scalars and
// memory that change: n rows of six launches and a result.
func steps(dev device.Device, n int) (numbers []float64) {
	x := device.Put(dev, device.Float64, []float64{1, 2, 3, 4, 5})
	for i := range n {
		y := x.Clone() // other memory for each, where the pool has it so
		dev.Upload(y.Slice(0, 1), device.Of([]float64{float64(i)}))
		dev.Scale(1/float64(1+i%4), y)
		dev.Axpy(-.5, x, y)
		dev.Activate(device.ReLU, y, y)
		dev.Axpby(.25, y, .5, x)
		numbers = append(numbers, dev.Sum(x))
		if i%3 != 0 {
			dev.Free(y)
		}
	}
	return numbers
}

func TestRowsBecomeGraphs(t *testing.T) {
	d := open(t)
	const n = 40
	got, want := steps(d, n), steps(device.CPU(), n)
	for i, w := range want {
		if math.Abs(got[i]-w) > 1e-14*math.Abs(w) { // five positive numbers, in another order
			t.Fatalf("row %d gives %v, on the processor %v", i, got[i], w)
		}
	}
	calls := map[string]int64{}
	for _, c := range d.Counts() {
		calls[c.Where] += c.Calls
	}
	if calls["graph"] < 6*(n-10) {
		t.Errorf("%d launches ran within graphs and %d by themselves; after the first rows all should be graphs", calls["graph"], calls["kernel"])
	}
}

// Rows of the same kernels in other sizes, or with other library calls between,
// are other graphs; the least used is forgotten.
func TestManyRows(t *testing.T) {
	d := open(t)
	for range 6 {
		for n := 1; n < 2*mostKept; n++ {
			x := d.New(device.Float32, n*threads)
			d.Fill(x, 1)
			d.Scale(2, x)
			d.Axpy(1, x, x)
			if got := d.Sum(x); got != float64(4*n*threads) {
				t.Fatalf("row of size %d: %v, expected %d", n, got, 4*n*threads)
			}
			d.Free(x)
		}
	}
	if n := len(d.queue.graphs); n > mostKept {
		t.Errorf("%d graphs are kept, expected at most %d", n, mostKept)
	}
}

// Uploads that travel with launches, that take several, and that are copied.
func TestUploads(t *testing.T) {
	d := open(t)
	for _, dt := range []device.DType{device.Int32, device.Float32, device.Float64} {
		piece := small / dt.Size()
		for _, n := range []int{1, piece - 1, piece, piece + 1, 2 * piece, smallPieces*piece - 1, smallPieces * piece, smallPieces*piece + 1} {
			host := make([]float64, n+2)
			v := d.New(dt, n+2)
			for i := range n {
				host[i+1] = float64(i + 1)
			}
			if dt == device.Int32 {
				words := make([]int32, n)
				for i := range words {
					words[i] = int32(i + 1)
				}
				d.Upload(v.Slice(1, n+1), device.Of(words))
				for i, x := range device.Read[int32](v) {
					if float64(x) != host[i] {
						t.Fatalf("%v, %d numbers: number %d is %v, expected %v", dt, n, i, x, host[i])
					}
				}
				continue
			}
			d.Upload(v.Slice(1, n+1), device.Of(host[1:n+1]))
			equal(t, v, host, "%v, %d numbers", dt, n)
		}
	}
}

// A call that a library makes on the stream is recorded once, and runs again
// with the row while what it depends on is the same.
func TestCallsWithinRows(t *testing.T) {
	d := open(t)
	x := device.Put(d, device.Float32, []float64{1, 2, 3})
	recorded := 0
	for range 10 {
		d.Scale(2, x)
		d.Scale(.5, x)
		d.call("nothing on the stream", func() error { recorded++; return nil })
		d.Scale(2, x)
		d.Scale(.5, x)
		if got := d.Sum(x); got != 6 {
			t.Fatalf("sum %v, expected 6", got)
		}
	}
	if recorded > often+1 {
		t.Errorf("the call was made %d times, expected %d and a recording", recorded, often)
	}
}

// While one goroutine records the stream for a graph, others that wait for the GPU
// or copy are held off: the driver would record the copies, and fail who waits.
func TestOthersWhileRecording(t *testing.T) {
	d := open(t)
	x, y := device.Put(d, device.Float32, []float64{1, 2, 3}), device.Put(d, device.Float32, []float64{4, 5, 6})
	done := make(chan error)
	begun, ended := 0, 0
	pinned, err := d.gpu.Pinned(y.Len() * 4)
	if err != nil {
		t.Fatal(err)
	}
	others := []func() error{d.gpu.Synchronize, func() error { return d.gpu.CopyOut(pinned, pointer(y)) }}
	for range 10 {
		d.Scale(2, x)
		d.Scale(.5, x)
		d.call("nothing on the stream", func() error {
			for _, f := range others {
				begun++
				go func() { done <- f() }()
			}
			time.Sleep(time.Millisecond) // enough for most of them to meet the recording
			return nil
		})
		d.Scale(2, x)
		d.Scale(.5, x)
		if got := d.Sum(x); got != 6 {
			t.Fatalf("sum %v, expected 6", got)
		}
		for ; ended < begun; ended++ {
			if err := <-done; err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, g := range d.queue.graphs {
		if g.failed {
			t.Error("a recording was spoilt")
		}
	}
	if err := errors.Join(d.gpu.Synchronize(), d.gpu.FreePinned(pinned)); err != nil {
		t.Error(err)
	}
}
