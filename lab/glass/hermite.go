package glass

import "math"

// hermite walks through the orthonormal Hermite functions φ_k at one x and
// their tails u_k = ∫_x^∞ φ_k(y) dy,
//
//	φ_{k+1} = √(2/(k+1)) x φ_k − √(k/(k+1)) φ_{k−1}
//	u_{k+1} = √(k/(k+1)) u_{k−1} + √(2/(k+1)) φ_k
//
// φ_0 = π^{−1/4} e^{−x²/2} is below the smallest float64 from |x| = 38 on,
// where φ_2000 is not. So numbers are kept with a common factor e^{up−x²/2}. For
// x ≥ 0 beyond the turning point √(2k) nothing cancels, and the relative error
// there is that of x²: a few 1e-16 x².
type hermite struct {
	x        float64
	k        int
	φ, u     float64 // φ_k, u_k
	φOld, ud float64 // those of k−1
	up       float64 // true value = kept value × e^{up−x²/2}
	scale    float64 // e^{up−x²/2}, 0 when that underflows
}

func hermiteAt(x float64) hermite {
	start := math.Pow(math.Pi, -0.25)
	return hermite{x: x, φ: start, u: start * mills(x), scale: math.Exp(-x * x / 2)}
}

// next goes to k+1. It returns what everything kept was multiplied by, nearly
// always 1.
func (h *hermite) next() float64 {
	k := float64(h.k)
	a, b := math.Sqrt(2/(k+1)), math.Sqrt(k/(k+1))
	u := b*h.ud + a*h.φ
	if h.k == 0 {
		u = math.Sqrt2 * h.φ
	}
	h.φ, h.φOld = a*h.x*h.φ-b*h.φOld, h.φ
	h.u, h.ud = u, h.u
	h.k++
	const large = 0x1p+400
	if math.Abs(h.φ) < large {
		return 1
	}
	h.φ /= large
	h.φOld /= large
	h.u /= large
	h.ud /= large
	h.up += 400 * math.Ln2
	h.scale = math.Exp(h.up - h.x*h.x/2)
	return 1 / large
}

// hermiteTotals returns ∫φ_k over the whole line for k = 0 … n.
func hermiteTotals(n int) []float64 {
	total := make([]float64, n+1)
	total[0] = math.Pow(math.Pi, -0.25) * math.Sqrt(2*math.Pi)
	for k := 2; k <= n; k += 2 { // the odd ones are 0
		total[k] = math.Sqrt(float64(k-1)/float64(k)) * total[k-2]
	}
	return total
}

// mills returns e^{x²/2} ∫_x^∞ e^{−y²/2} dy, for x > −37.
func mills(x float64) float64 {
	if x < 25 {
		return math.Sqrt(math.Pi/2) * math.Erfc(x/math.Sqrt2) * math.Exp(x*x/2)
	}
	sum, term := 1.0, 1.0
	for k := 1.0; k < 8; k++ { // the first term left out is below 1e-16
		term *= -(2*k - 1) / (x * x)
		sum += term
	}
	return sum / x
}
