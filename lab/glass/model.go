package glass

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"glassy/lab/device"
	"glassy/lab/landscape"
	"glassy/lab/rng"
)

// A Glass is the energy of N spins σ on the sphere |σ|² = N,
//
//	H(σ) = -Σ_p J_p N^(-(p-1)/2) Σ J[i₁…i_p] σ[i₁]⋯σ[i_p]
//
// the inner sum over all N^p tuples, with independent standard normal numbers
// J[i₁…i_p]: (2.4) of Chaudhari 2018 for one p. The term of degree 1 is the
// field -h·σ of (2.14), h of strength ν = J_1. Energies are H, of order N, and
// not H/N: over the disorder
//
//	E H(σ)H(σ′) = N F(σ·σ′/N),  F(q) = Σ_p J_p² q^p
//
// The couplings of a seed are the same numbers on every device; those of one
// degree do not depend on the strengths, nor on the other degrees. A Glass is
// for one goroutine at a time; Copy shares the couplings.
type Glass struct {
	n      int
	terms  []term // by degree, falling
	dev    device.Device
	dtype  device.DType
	host   *hostCouplings
	work   workspace
	origin string // of the couplings
}

var (
	_ landscape.Dense     = (*Glass)(nil)
	_ landscape.Ensemble  = (*Glass)(nil)
	_ landscape.Spherical = (*Glass)(nil)
)

// A term is the part of the energy of one degree.
type term struct {
	degree    int
	strength  float64       // J_p
	couplings device.Vector // packed as device.Physics.Spins has them: the sum of J over the orders of its indices
}

// scale is what the sum over the couplings is times in H.
func (t term) scale(n int) float64 {
	return -t.strength * math.Pow(float64(n), -float64(t.degree-1)/2)
}

// An Option changes what New makes.
type Option func(*options)

type options struct {
	seed      uint64
	strengths map[int]float64   // J_p by degree
	given     map[int][]float64 // couplings by degree, in place of drawn ones
	p         int               // the degree that New was asked for
	dev       device.Device
	dtype     device.DType
}

// Seed is what the couplings are drawn by; 0 if it is not given.
func Seed(seed uint64) Option { return func(o *options) { o.seed = seed } }

// Scale is the strength J of the term of degree p; 1 if it is not given.
func Scale(J float64) Option { return func(o *options) { o.strengths[o.p] = J } }

// Field adds -h·σ to the energy with h_i of standard deviation ν (2.14).
func Field(ν float64) Option { return Mix(1, ν) }

// Mix adds a term of another degree with strength J: F(q) gains J² q^degree.
func Mix(degree int, J float64) Option {
	if degree < 1 {
		panic(fmt.Sprintf("glass: Mix: degree, %d, expected at least 1", degree))
	}
	return func(o *options) { o.strengths[degree] = J }
}

// Couplings gives the numbers J[i₁…i_p] of degree p, row-major, len N^p, in
// place of drawn ones.
func Couplings(J []float64) Option {
	return func(o *options) { o.given[o.p] = J }
}

// FieldVector adds -h·σ to the energy, len N. A Field beside it multiplies h.
func FieldVector(h []float64) Option {
	return func(o *options) {
		o.given[1] = h
		if _, ok := o.strengths[1]; !ok {
			o.strengths[1] = 1
		}
	}
}

// On puts the glass on a device; if it is not given device.For decides.
func On(dev device.Device) Option { return func(o *options) { o.dev = dev } }

// Float32 makes the glass compute in single precision: in half the time, with
// gradients to about 1e-5 for N = 100, enough for descents that stop at 1e-4. What
// they find is made exact on the glass of the same seed in double precision:
// their points are given to optim.Critical.
func Float32() Option { return func(o *options) { o.dtype = device.Float32 } }

// mostBytes is how much memory the couplings may take: beyond it is a slip.
const mostBytes = 16 << 30

// New draws a spherical p-spin glass of n spins, p ≥ 2. Its couplings take
// (n+p-1 over p) numbers, n³/6 for p = 3; it panics when that is more than
// 16 GiB.
func New(p, n int, opts ...Option) *Glass {
	if p < 2 {
		panic(fmt.Sprintf("glass: New: p (spins that interact at a time), %d, expected p ≥ 2", p))
	}
	if n < 1 {
		panic(fmt.Sprintf("glass: New: N (spins), %d, expected N ≥ 1", n))
	}
	o := options{strengths: map[int]float64{p: 1}, given: map[int][]float64{}, p: p, dtype: device.Float64}
	for _, option := range opts {
		option(&o)
	}
	g := &Glass{n: n, dtype: o.dtype, origin: fmt.Sprintf("seed %d", o.seed)}
	for degree, J := range o.strengths {
		if math.IsNaN(J) || math.IsInf(J, 0) {
			panic(fmt.Sprintf("glass: New: strength of degree %d, %v, expected a finite number", degree, J))
		}
		if J != 0 {
			g.terms = append(g.terms, term{degree: degree, strength: J})
		}
	}
	slices.SortFunc(g.terms, func(a, b term) int { return b.degree - a.degree })
	g.checkMemory()
	if g.dev = o.dev; g.dev == nil {
		g.dev = device.For(g.stepWork())
	}
	for i := range g.terms {
		t := &g.terms[i]
		t.couplings = g.dev.New(g.dtype, device.Monomials(t.degree, n))
		if given, ok := o.given[t.degree]; ok {
			if t.degree == 1 {
				g.origin += ", given field"
			} else {
				g.origin = "given couplings"
			}
			upload(t.couplings, pack(t.degree, n, given))
		} else {
			draw(rng.Key(o.seed).Split(uint64(t.degree)), t.degree, n, t.couplings)
		}
	}
	g.host = &hostCouplings{}
	return g
}

// checkMemory panics when the couplings are too many.
func (g *Glass) checkMemory() {
	total := 0.0
	for _, t := range g.terms {
		total += monomials(t.degree, g.n)
	}
	if bytes := total * float64(g.dtype.Size()); bytes > mostBytes {
		panic(fmt.Sprintf("glass: New: degree %d at N = %d has %.3g couplings of %v, %.3g GiB, expected at most %d GiB",
			g.terms[0].degree, g.n, total, g.dtype, bytes/(1<<30), mostBytes>>30))
	}
}

// monomials is device.Monomials for any numbers.
func monomials(p, n int) float64 {
	a, _ := math.Lgamma(float64(n + p))
	b, _ := math.Lgamma(float64(p + 1))
	c, _ := math.Lgamma(float64(n))
	return math.Exp(a - b - c)
}

// stepWork is the gradients of a thousand configurations.
func (g *Glass) stepWork() device.Work {
	const together = 1000
	w := device.Work{Type: g.dtype, Calls: len(g.terms)}
	for _, t := range g.terms {
		w.Flops += together * 4 * monomials(t.degree, g.n)
		w.Bytes += together * 4 * float64(g.n*g.dtype.Size())
	}
	return w
}

// Dim is N.
func (g *Glass) Dim() int { return g.n }

// Radius is √N, the length of every configuration.
func (g *Glass) Radius() float64 { return math.Sqrt(float64(g.n)) }

// New is N zeros of the glass's type on its device.
func (g *Glass) New() device.Vector { return g.dev.New(g.dtype, g.n) }

// Copy shares the couplings and nothing else.
func (g *Glass) Copy() landscape.Landscape {
	c := *g
	c.work = workspace{}
	return &c
}

// Covariance is F(q), E H(σ)H(σ′) = N F(σ·σ′/N), with its first two derivatives.
func (g *Glass) Covariance(q float64) (F, slope, curvature float64) {
	for _, t := range g.terms {
		v, p := t.strength*t.strength, float64(t.degree)
		F += v * math.Pow(q, p)
		slope += v * p * math.Pow(q, p-1)
		if t.degree > 1 {
			curvature += v * p * (p - 1) * math.Pow(q, p-2)
		}
	}
	return F, slope, curvature
}

// String says what law the glass is drawn from, and how large it is.
func (g *Glass) String() string {
	var names, strengths []string
	ν, total := 0.0, 0
	for _, t := range g.terms {
		total += t.couplings.Len()
		if t.degree == 1 {
			ν = t.strength
			continue
		}
		names = append(names, fmt.Sprint(t.degree))
		strengths = append(strengths, fmt.Sprintf("J_%d = %.4g", t.degree, t.strength))
	}
	if len(names) == 0 { // nothing but a field
		names, strengths = []string{"1"}, []string{"J_1 = 1"}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s-spin glass of N = %d spins on |σ|² = N, %s", strings.Join(names, "+"), g.n, g.origin)
	if len(names) != 1 || strengths[0] != fmt.Sprintf("J_%s = 1", names[0]) {
		fmt.Fprintf(&b, ", %s", strings.Join(strengths, ", "))
	}
	fmt.Fprintf(&b, "; %s couplings, %.3g MB of %v on %s\n", grouped(total), float64(total*g.dtype.Size())/1e6, g.dtype, g.dev.Name())
	b.WriteString(g.law(ν))
	return b.String()
}

// law is the second line of String: how far the field is from making the
// landscape trivial, and how many critical points glasses like this one have.
func (g *Glass) law(ν float64) string {
	_, slope, curvature := g.Covariance(1)
	B := (curvature - slope) / (curvature + slope)
	critical := math.Sqrt(max(0, curvature-(slope-ν*ν)))
	s := fmt.Sprintf("field ν = %.4g, critical ν_c = %.4g, B = %.4g", ν, critical, B)
	if g.n < 2 || !(math.Abs(B) < 1) {
		return s
	}
	if log := LogCritical(g.n, B); log < 300 {
		return fmt.Sprintf("%s, E crt = %.4g", s, math.Exp(log))
	} else {
		return fmt.Sprintf("%s, E crt = e^%.1f", s, log)
	}
}

// grouped is n with commas between thousands.
func grouped(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
