package device

import "math"

// The exponential and its kin, slice by slice: for float64 by the standard
// library; for float32 by a table and a short series in float64, which keeps all
// of float32's digits and is several times as fast.

// expTable is 2^(j/32), each the nearest number: the compiler multiplies exactly.
var expTable = [32]float64{
	1, root, root2, root2 * root, root4, root4 * root, root4 * root2, root4 * root2 * root,
	root8, root8 * root, root8 * root2, root8 * root2 * root, root8 * root4, root8 * root4 * root, root8 * root4 * root2, root8 * root4 * root2 * root,
	root16, root16 * root, root16 * root2, root16 * root2 * root, root16 * root4, root16 * root4 * root, root16 * root4 * root2, root16 * root4 * root2 * root,
	root16 * root8, root16 * root8 * root, root16 * root8 * root2, root16 * root8 * root2 * root, root16 * root8 * root4, root16 * root8 * root4 * root, root16 * root8 * root4 * root2, root16 * root8 * root4 * root2 * root,
}

const (
	root   = 1.0218971486541166782344801347832994397821404024486080680604 // 2^(1/32)
	root2  = root * root
	root4  = root2 * root2
	root8  = root4 * root4
	root16 = root8 * root8
)

// reduce32 is x = (32 e + j) ln2/32 + r with |r| ≤ ln2/64, for |x| < 700: the
// number 2^e 2^(j/32), and r.
func reduce32(x float64) (scale, r float64) {
	const round = 3 << 51 // adding it rounds, and leaves the integer in the low bits
	n := x*(32/math.Ln2) + round
	i := math.Float64bits(n)
	return math.Float64frombits(math.Float64bits(expTable[i%32]) + i>>5<<52), x - (n-round)*(math.Ln2/32)
}

// series is exp(r) for |r| ≤ ln2/64: the next term is 0.011⁴/24 = 6e-10, a
// hundredth of float32's roundoff.
func series(r float64) float64 { return 1 + r + r*r*(0.5+r*(1./6)) }

// clamp keeps x where reduce32 may be used; what is beyond overflows or
// vanishes in float32 as well. NaN stays.
func clamp(x float64) float64 {
	if x > 500 {
		return 500
	}
	if x < -500 {
		return -500
	}
	return x
}

// expShifted writes y[i] = exp(x[i]-top) and returns their sum, in float64.
func expShifted[T float](x []T, top T, y []T) float64 {
	sum := 0.0
	switch x := any(x).(type) {
	case []float32:
		top, y := float32(top), any(y).([]float32)
		for i, v := range x {
			scale, r := reduce32(clamp(float64(v - top)))
			e := scale * series(r)
			y[i] = float32(e)
			sum += e
		}
	case []float64:
		top, y := float64(top), any(y).([]float64)
		for i, v := range x {
			y[i] = math.Exp(v - top)
			sum += y[i]
		}
	}
	return sum
}

// sigmoids writes y[i] = 1/(1+exp(-x[i])).
func sigmoids[T float](x, y []T) {
	switch x := any(x).(type) {
	case []float32:
		y := any(y).([]float32)[:len(x)]
		for i, v := range x {
			scale, r := reduce32(clamp(-float64(v)))
			y[i] = float32(1 / (1 + scale*series(r)))
		}
	case []float64:
		y := any(y).([]float64)[:len(x)]
		for i, v := range x {
			y[i] = 1 / (1 + math.Exp(-v))
		}
	}
}

// tanhs writes y[i] = tanh(x[i]).
func tanhs[T float](x, y []T) {
	switch x := any(x).(type) {
	case []float32:
		y := any(y).([]float32)[:len(x)]
		for i, v := range x {
			v := float64(v)
			if math.Abs(v) < 1e-6 { // tanh v = v; 1 - 2/(1+exp(2v)) would cancel
				y[i] = float32(v)
				continue
			}
			scale, r := reduce32(clamp(2 * v))
			y[i] = float32(1 - 2/(1+scale*series(r)))
		}
	case []float64:
		y := any(y).([]float64)[:len(x)]
		for i, v := range x {
			y[i] = math.Tanh(v)
		}
	}
}
