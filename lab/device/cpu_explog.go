package device

import "math"

func (d *cpu) Exp(scale, shift float64, x, y Vector) {
	expectFloat("Exp", "x", x, x.n)
	expect("Exp", "y", y, x.dtype, x.n)
	if x.dtype == Float32 {
		mapped(d, scale, shift, Host[float32](x), Host[float32](y), exps)
	} else {
		mapped(d, scale, shift, Host[float64](x), Host[float64](y), manyExps)
	}
}

func (d *cpu) Log(scale, shift float64, x, y Vector) {
	expectFloat("Log", "x", x, x.n)
	expect("Log", "y", y, x.dtype, x.n)
	if x.dtype == Float32 {
		mapped(d, scale, shift, Host[float32](x), Host[float32](y), logs)
	} else {
		mapped(d, scale, shift, Host[float64](x), Host[float64](y), manyLogs)
	}
}

func mapped[T float](d *cpu, scale, shift float64, x, y []T, f func(scale, shift float64, x, y []T)) {
	d.chunks(len(x), func(i, j int) { f(scale, shift, x[i:j], y[i:j]) })
}

// Products are converted to float64 where something is added to them, so that no
// processor fuses the two: exps and logs have the same bits on all of them, and those
// of cpu_explog_amd64.s, which does the same four numbers at a time.

// The high part of ln 2 has so few digits that its products with exponents are exact.
const (
	ln2High = 6.93147180369123816490e-01
	ln2Low  = 1.90821492927058770002e-10
)

// What exps is made of: where its numbers are normal, and Taylor's series.
const (
	expMost  = 708
	expRound = 3 << 51 // adding it rounds, and leaves the integer in the low bits
	exp3     = 1. / 6
	exp4     = 1. / 24
	exp5     = 1. / 120
	exp6     = 1. / 720
)

// exps is Exp, to 1.05 ulp, by the table of cpu_exp.go: half of the time of math.Exp. The
// first term left out is (ln2/64)⁷/5040 = 4e-18.
func exps[T float](scale, shift float64, x, y []T) {
	y = y[:len(x)]
	for i, v := range x {
		v := scale * (float64(v) - shift)
		if !(math.Abs(v) < expMost) { // not a normal number, or not finite
			y[i] = T(math.Exp(v))
			continue
		}
		n := float64(v*(32/math.Ln2)) + expRound
		bits := math.Float64bits(n)
		n -= expRound
		r := v - float64(n*(ln2High/32)) - float64(n*(ln2Low/32))
		top := math.Float64frombits(math.Float64bits(expTable[bits%32]) + bits>>5<<52)
		p := exp5 + float64(r*exp6)
		p = exp4 + float64(r*p)
		p = exp3 + float64(r*p)
		p = 0.5 + float64(r*p)
		p = r + float64(r*r*p)
		y[i] = T(top + float64(top*p))
	}
}

// What logs is made of; the coefficients are those of fdlibm's e_log.c (Sun
// Microsystems 1993), as package rng's.
const (
	rootHalf = 0x3FE6A09E667F3BCD // the bits of √½
	log1     = 0.6666666666666735130
	log2     = 0.3999999999940941908
	log3     = 0.2857142874366239149
	log4     = 0.2222219843214978396
	log5     = 0.1818357216161805012
	log6     = 0.1531383769920937332
	log7     = 0.1479819860511658591
)

// logs is Log, to 1 ulp of the logarithm, by fdlibm's method: without calls.
func logs[T float](scale, shift float64, x, y []T) {
	y = y[:len(x)]
	for i, v := range x {
		v := float64(v)
		if !(v >= 0x1p-1022 && v <= math.MaxFloat64) {
			y[i] = T(float64(scale*math.Log(v)) + shift)
			continue
		}
		b := math.Float64bits(v)
		e := int64(b-rootHalf) >> 52                   // v = m 2^e,
		f := math.Float64frombits(b-uint64(e)<<52) - 1 // √½ ≤ m = 1+f < √2
		s := f / (2 + f)                               // log m = log (1+s)/(1-s)
		z := s * s
		w := z * z
		even := log4 + float64(w*log6)
		even = log2 + float64(w*even)
		odd := log5 + float64(w*log7)
		odd = log3 + float64(w*odd)
		odd = log1 + float64(w*odd)
		t := float64(w*even) + float64(z*odd)
		h := f * f / 2
		k := float64(e)
		low := float64(s*(h+t)) + float64(k*ln2Low)
		y[i] = T(float64(scale*(float64(k*ln2High)-((h-low)-f))) + shift)
	}
}
