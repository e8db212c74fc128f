package rng

import "math"

// NormalPair is the normal numbers 2j and 2j+1 of the stream.
func (k Key) NormalPair(j uint64) (float64, float64) {
	low, high := k.Block(j)
	return boxMuller(low>>11, high>>11)
}

// boxMuller makes two normal numbers of the uniforms u·2⁻⁵³ and v·2⁻⁵³, u and v
// below 2⁵³.
//
// Half of the time of a normal number would go into math.Log and math.Sincos.
// These arguments are integers in a known range, so that there are no special
// cases, the reduction of the angle is exact, and nothing need branch.
func boxMuller(u, v uint64) (float64, float64) {
	r := math.Sqrt(-2 * logUniform(1<<53-u))
	sin, cos := sincosUniform(v)
	return r * cos, r * sin
}

// What the logarithm, the sine and the cosine are made of.
const (
	rootHalf = 0x3FE6A09E667F3BCD // the bits of √½
	ln2High  = 6.93147180369123816490e-01
	ln2Low   = 1.90821492927058770002e-10
	log1     = 0.6666666666666735130
	log2     = 0.3999999999940941908
	log3     = 0.2857142874366239149
	log4     = 0.2222219843214978396
	log5     = 0.1818357216161805012
	log6     = 0.1531383769920937332
	log7     = 0.1479819860511658591

	turn = 2 * math.Pi * 0x1p-53
	sin1 = -1.66666666666666307295e-1
	sin2 = 8.33333333332211858878e-3
	sin3 = -1.98412698295895385996e-4
	sin4 = 2.75573136213857245213e-6
	sin5 = -2.50507477628578072866e-8
	sin6 = 1.58962301576546568060e-10
	cos1 = 4.16666666666665929218e-2
	cos2 = -1.38888888888730564116e-3
	cos3 = 2.48015872888517045348e-5
	cos4 = -2.75573141792967388112e-7
	cos5 = 2.08757008419747316778e-9
	cos6 = -1.13585365213876817300e-11
)

// logUniform is log(n·2⁻⁵³), 1 ≤ n ≤ 2⁵³, to 1 ulp: the method and coefficients
// of fdlibm's e_log.c (Sun Microsystems 1993).
func logUniform(n uint64) float64 {
	b := math.Float64bits(float64(n))
	e := int64(b-rootHalf) >> 52                   // n = m·2ᵉ,
	f := math.Float64frombits(b-uint64(e)<<52) - 1 // √½ ≤ m = 1+f < √2
	s := f / (2 + f)                               // log m = log (1+s)/(1-s)
	z := s * s                                     //
	w := z * z                                     //
	t := w * (log2 + w*(log4+w*log6))
	t += z * (log1 + w*(log3+w*(log5+w*log7)))
	h := f * f / 2
	k := float64(e - 53)
	return k*ln2High - ((h - (s*(h+t) + k*ln2Low)) - f)
}

// sincosUniform is the sine and cosine of 2πv·2⁻⁵³, v < 2⁵³, to 1 ulp of 1; the
// coefficients are Cephes's (Moshier 1989).
func sincosUniform(v uint64) (sin, cos float64) {
	q := (v + 1<<50) >> 51                     // the nearest quarter turn
	x := float64(int64(v)-int64(q)<<51) * turn // and the rest, |x| ≤ π/4
	z := x * x
	s := x + x*z*(sin1+z*(sin2+z*(sin3+z*(sin4+z*(sin5+z*sin6)))))
	c := 1 - z/2 + z*z*(cos1+z*(cos2+z*(cos3+z*(cos4+z*(cos5+z*cos6)))))

	// Turn by q quarters: swap when q is odd, then the signs.
	sb, cb := math.Float64bits(s), math.Float64bits(c)
	swap := (sb ^ cb) & -(q & 1)
	sb, cb = sb^swap, cb^swap
	return math.Float64frombits(sb ^ q>>1<<63), math.Float64frombits(cb ^ (q+1)>>1<<63)
}
