package wells

import (
	"fmt"
	"math"
)

// A Profile is a function of one variable with its first two derivatives and,
// in closed form, its averages over a normal neighbourhood.
type Profile interface {
	// At is f(x), f′(x), f″(x).
	At(x float64) (f, slope, curvature float64)
	// Heat is x ↦ E f(x + √variance ξ), ξ standard normal: the heat equation's
	// solution f∗G (4.28), for which variance = γ/β.
	Heat(variance float64) Profile
}

// Polynomial is c₀ + c₁x + c₂x² + …: the coefficients from the constant up.
type Polynomial []float64

// At is f(x), f′(x), f″(x), by Horner's rule.
func (c Polynomial) At(x float64) (f, slope, curvature float64) {
	for i := len(c) - 1; i >= 0; i-- {
		curvature = curvature*x + slope
		slope = slope*x + f
		f = f*x + c[i]
	}
	return f, slope, 2 * curvature
}

// Heat is exp(variance/2 · d²/dx²) f, a polynomial again.
func (c Polynomial) Heat(variance float64) Profile {
	out := append(Polynomial{}, c...)
	term := c
	for j := 1; len(term) > 2; j++ {
		next := make(Polynomial, len(term)-2)
		for i := range next {
			next[i] = float64((i+1)*(i+2)) * term[i+2] * variance / 2 / float64(j)
			out[i] += next[i]
		}
		term = next
	}
	return out
}

// Cosine is Amplitude·cos(Frequency·x + Phase).
type Cosine struct{ Amplitude, Frequency, Phase float64 }

// At is f(x), f′(x), f″(x).
func (c Cosine) At(x float64) (f, slope, curvature float64) {
	sin, cos := math.Sincos(c.Frequency*x + c.Phase)
	f = c.Amplitude * cos
	return f, -c.Amplitude * c.Frequency * sin, -c.Frequency * c.Frequency * f
}

// Heat is a cosine of less amplitude.
func (c Cosine) Heat(variance float64) Profile {
	c.Amplitude *= math.Exp(-c.Frequency * c.Frequency * variance / 2)
	return c
}

// Exponential is Scale·exp(Rate·x).
type Exponential struct{ Scale, Rate float64 }

// At is f(x), f′(x), f″(x).
func (e Exponential) At(x float64) (f, slope, curvature float64) {
	f = e.Scale * math.Exp(e.Rate*x)
	return f, e.Rate * f, e.Rate * e.Rate * f
}

// Heat is an exponential of more scale.
func (e Exponential) Heat(variance float64) Profile {
	e.Scale *= math.Exp(e.Rate * e.Rate * variance / 2)
	return e
}

// Sum is the sum of profiles. Sum{f, Polynomial{0, h}} is f tilted by a field h.
type Sum []Profile

// At is f(x), f′(x), f″(x).
func (s Sum) At(x float64) (f, slope, curvature float64) {
	for _, p := range s {
		a, b, c := p.At(x)
		f, slope, curvature = f+a, slope+b, curvature+c
	}
	return f, slope, curvature
}

// Heat is the sum of what each becomes.
func (s Sum) Heat(variance float64) Profile {
	out := make(Sum, len(s))
	for i, p := range s {
		out[i] = p.Heat(variance)
	}
	return out
}

// DoubleWell is (x²-1)²/4 + tilt·x. Without tilt its minima are ±1 with energy 0
// and curvature 2, its barrier is 1/4, at 0, with curvature -1. The minima are
// two while |tilt| < 2/√27 ≈ 0.385.
func DoubleWell(tilt float64) Polynomial { return Polynomial{0.25, tilt, -0.5, 0, 0.25} }

// CosineInBowl is bowl/2·x² + amplitude·cos(frequency·x + phase): a convex
// function with ripples. All extrema have |x| ≤ |amplitude·frequency|/bowl.
func CosineInBowl(bowl, amplitude, frequency, phase float64) Sum {
	return Sum{Polynomial{0, 0, bowl / 2}, Cosine{amplitude, frequency, phase}}
}

// ExponentialValley is eˣ - slope·x: convex, and not symmetric about its minimum,
// log slope.
func ExponentialValley(slope float64) Sum {
	return Sum{Exponential{1, 1}, Polynomial{0, -slope}}
}

// New is the landscape f(x) = Σ p_i(x_i), one variable to a profile.
func New(p ...Profile) *Well {
	if len(p) == 0 {
		panic("wells: New: no profiles, expected one for each variable")
	}
	for i, q := range p {
		if q == nil {
			panic(fmt.Sprintf("wells: New: profile %d is nil", i))
		}
	}
	p = append([]Profile(nil), p...)
	return &Well{
		dim:   len(p),
		name:  "an energy", // each variable by itself
		slope: slopeOf(p),
		gradient: func(x, g []float64) (f float64) {
			for i, p := range p {
				fi, slope, _ := p.At(x[i])
				f += fi
				if g != nil {
					g[i] = slope
				}
			}
			return f
		},
		hessianVector: func(x, v, hv []float64) {
			for i, p := range p {
				_, _, curvature := p.At(x[i])
				hv[i] = curvature * v[i]
			}
		},
	}
}

// DoubleWell2D is (x₁²-1)²/4 + x₂²/2: the potential Φ of Example 6.43.
func DoubleWell2D() *Well { return New(DoubleWell(0), Polynomial{0, 0, 0.5}) }
