package device

import "time"

// Speed is how many floating-point operations a second dev does in a product of
// two 768×768 matrices of type t, in units of 10⁹. It takes the best of a few
// products: some 0.1 s with a library, 1 s without.
func Speed(dev Device, t DType) float64 {
	const n = 768
	a, b, c := dev.New(t, n*n), dev.New(t, n*n), dev.New(t, n*n)
	defer dev.Free(a)
	defer dev.Free(b)
	defer dev.Free(c)
	dev.Uniform(1, 0, -1, 1, a)
	dev.Uniform(2, 0, -1, 1, b)
	var one [1]float64
	best := time.Duration(0)
	for begin := time.Now(); best == 0 || time.Since(begin) < 50*time.Millisecond; {
		start := time.Now()
		dev.Gemm(false, false, n, n, n, 1, a, n, b, n, 0, c, n)
		dev.Download(Of(one[:]), c.Slice(0, 1)) // a device may work on behind our back until asked
		if took := time.Since(start); best == 0 || took < best {
			best = took
		}
	}
	return 2 * n * n * n / best.Seconds() / 1e9
}
