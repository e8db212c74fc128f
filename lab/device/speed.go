package device

import "time"

// Costs is what work takes on a device, in seconds. They add up, since products
// and passes over memory take turns.
type Costs struct {
	Call float64 // an operation on a single number
	Flop float64 // one multiplication or addition in a large product
	Byte float64 // read or written in a pass over a large vector
}

// Seconds is what the work takes, by the model.
func (c Costs) Seconds(w Work) float64 {
	return float64(w.Calls)*c.Call + w.Flops*c.Flop + w.Bytes*c.Byte
}

// Measure times a device: some 0.1 s with a library or a GPU, 1 s without.
func Measure(dev Device, t DType) Costs {
	const (
		n     = 768
		calls = 100
		long  = 1 << 22
	)
	a, b, c := dev.New(t, n*n), dev.New(t, n*n), dev.New(t, n*n)
	x, y := dev.New(t, long), dev.New(t, long)
	for _, v := range []Vector{a, b, c, x, y} {
		defer dev.Free(v)
	}
	dev.Uniform(1, 0, -1, 1, a)
	dev.Uniform(2, 0, -1, 1, b)
	var number [1]float64
	// A device may work on behind our back until it is asked for a number.
	end := func(v Vector) { dev.Download(Of(number[:]), v.Slice(0, 1)) }
	one, other := x.Slice(0, 1), y.Slice(0, 1)
	return Costs{
		Call: best(func() {
			for range calls {
				dev.Axpy(1, one, other)
			}
			end(other)
		}) / calls,
		Flop: best(func() {
			dev.Gemm(false, false, n, n, n, 1, a, n, b, n, 0, c, n)
			end(c)
		}) / (2 * n * n * n),
		Byte: best(func() {
			dev.Axpy(1, x, y)
			end(y)
		}) / float64(3*long*t.Size()),
	}
}

// best is the least time that f takes of some runs.
func best(f func()) float64 {
	least := time.Duration(0)
	for begin := time.Now(); least == 0 || time.Since(begin) < 50*time.Millisecond; {
		start := time.Now()
		f()
		if took := time.Since(start); least == 0 || took < least {
			least = took
		}
	}
	return least.Seconds()
}
