package information_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"glassy/lab/noneq/information"
)

func within(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s is %v, expected %v within %g", what, got, want, tolerance)
	}
}

func TestGaussian(t *testing.T) {
	m, S := []float64{1, 2}, mat.NewSymDense(2, []float64{2, 0.5, 0.5, 1})
	if d, err := information.GaussianDivergence(m, S, m, S); err != nil || math.Abs(d) > 1e-14 {
		t.Errorf("KL(p‖p) is %g, error %v, expected 0", d, err)
	}
	// The total correlation is the divergence from the product of the marginals.
	product := mat.NewSymDense(2, []float64{2, 0, 0, 1})
	d, err := information.GaussianDivergence(m, S, m, product)
	tc, err2 := information.TotalCorrelation(S)
	if err != nil || err2 != nil {
		t.Fatal(err, err2)
	}
	within(t, "total correlation", tc, d, 1e-15)
	bad := mat.NewSymDense(2, []float64{1, 2, 2, 1})
	if _, err := information.TotalCorrelation(bad); err == nil || !strings.Contains(err.Error(), "eigenvalue -1") {
		t.Errorf("error is %v, expected one that names the eigenvalue -1", err)
	}
}

// The divergence (6.44) of N(½, 0.7²) from N(0, 1).
func ExampleGaussianDivergence() {
	one := func(v float64) *mat.SymDense { return mat.NewSymDense(1, []float64{v}) }
	kl, _ := information.GaussianDivergence([]float64{0.5}, one(0.49), []float64{0}, one(1))
	fmt.Printf("%.5f nats\n", kl)
	// Output: 0.22667 nats
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// A binary symmetric channel: I = log 2 - H(q), and the bottleneck keeps nothing up to
// β = 1/(1-2q)², where it begins to.
func TestBottleneck(t *testing.T) {
	const q = 0.1
	j := must(information.NewJoint(mat.NewDense(2, 2, []float64{(1 - q) / 2, q / 2, q / 2, (1 - q) / 2})))
	entropy := func(q float64) float64 { return -q*math.Log(q) - (1-q)*math.Log(1-q) }
	within(t, "I", j.Information(), math.Log(2)-entropy(q), 1e-15)
	within(t, "maximal correlation", j.MaximalCorrelation(), 1-2*q, 1e-14)
	critical := 1 / ((1 - 2*q) * (1 - 2*q))
	if b := j.Bottleneck(0.95*critical, 2, 1); b.Kept > 1e-9 {
		t.Errorf("below the transition %g nats are kept", b.Kept)
	}
	b := j.Bottleneck(1.2*critical, 2, 1)
	if !(b.Kept > 0.05 && b.Lagrangian < 0 && b.Converged) {
		t.Errorf("above the transition: %+v", b)
	}
	// On the symmetric channel the best encoder is one too, of crossing p, so that I(Z;Ξ) is
	// log 2 - H(p) and I(Z;Y) that of the two channels after each other.
	least := math.Inf(1)
	for k := range 5000 {
		p := (float64(k) + 0.5) / 10000
		r := p*(1-q) + (1-p)*q
		least = min(least, (math.Log(2)-entropy(p))/(1.2*critical)-(math.Log(2)-entropy(r)))
	}
	within(t, "Lagrangian", b.Lagrangian, least, 1e-7)

	// All is kept as β grows, and the bounds are equalities at the encoder's own laws.
	all := j.Bottleneck(200, 2, 1)
	within(t, "relevant at β = 200", all.Relevant, j.Information(), 1e-9)
	decoder, prior := j.Decoder(b.Encoder)
	kept, relevant := j.Bounds(b.Encoder, decoder, prior)
	within(t, "bound of what is kept", kept, b.Kept, 1e-12)
	within(t, "bound of what is relevant", relevant, b.Relevant, 1e-12)
	other := mat.NewDense(2, 2, []float64{0.6, 0.4, 0.3, 0.7})
	kept, relevant = j.Bounds(b.Encoder, other, []float64{0.7, 0.3})
	if !(kept > b.Kept && relevant < b.Relevant) {
		t.Errorf("with other laws the bounds are %g and %g, beside %g and %g", kept, relevant, b.Kept, b.Relevant)
	}
}

// A Gaussian pair of correlation ρ: 1/ρ² is critical, and the slope of relevant over kept
// is 1/β, as on the curve of every bottleneck.
func TestGaussianBottleneck(t *testing.T) {
	S := mat.NewSymDense(3, []float64{1, 0.2, 0.6, 0.2, 2, -0.3, 0.6, -0.3, 1})
	_, _, critical, err := information.GaussianBottleneck(S, 2, 2)
	if err != nil {
		t.Fatal(err)
	}
	if len(critical) != 2 || !math.IsInf(critical[1], 1) {
		t.Errorf("critical β are %v, expected one and +Inf: y is one number", critical)
	}
	if kept, _, _, _ := information.GaussianBottleneck(S, 2, 0.99*critical[0]); kept != 0 {
		t.Errorf("below the transition %g nats are kept", kept)
	}
	β := 3 * critical[0]
	k1, r1, _, _ := information.GaussianBottleneck(S, 2, β*(1-1e-5))
	k2, r2, _, _ := information.GaussianBottleneck(S, 2, β*(1+1e-5))
	within(t, "slope", (r2-r1)/(k2-k1), 1/β, 1e-8)
	_, relevant, _, _ := information.GaussianBottleneck(S, 2, 1e9)
	// All: ½log det(Σ_x)det(Σ_y)/det Σ.
	X, Y := mat.NewSymDense(2, []float64{1, 0.2, 0.2, 2}), 1.0
	within(t, "I(X;Y)", relevant, math.Log(mat.Det(X)*Y/mat.Det(S))/2, 1e-8)
}

// The posterior of a weight makes -ELBO stationary, and has the limits of Remark 6.35.
func TestMeanField(t *testing.T) {
	for _, prior := range []information.Prior{information.Normal, information.Uniform} {
		const h, at, T = 0.7, 1.3, 0.4
		loss := func(μ, σ float64) float64 { return h/2*((μ-at)*(μ-at)+σ*σ) + T*prior.Divergence(μ, σ) }
		μ, σ := prior.MeanField(h, at, T)
		least := loss(μ, σ)
		for _, d := range [][2]float64{{1e-3, 0}, {-1e-3, 0}, {0, 1e-3}, {0, -1e-3}} {
			if !(loss(μ+d[0], σ+d[1]) > least) {
				t.Errorf("prior %d: -ELBO falls from (%g, %g) towards %v", prior, μ, σ, d)
			}
		}
	}
	if _, σ := information.Normal.MeanField(0, 0, 1); σ != 1 {
		t.Errorf("on a flat loss σ is %v, expected 1", σ)
	}
	if _, σ := information.Normal.MeanField(-1, 0, 1); !math.IsInf(σ, 1) {
		t.Errorf("at curvature -T σ is %v, expected +Inf", σ)
	}
	if _, σ := information.Uniform.MeanField(0, 0, 1); !math.IsInf(σ, 1) {
		t.Errorf("with a uniform prior on a flat loss σ is %v, expected +Inf", σ)
	}
}

func TestJointErrors(t *testing.T) {
	for _, c := range []struct {
		p    []float64
		says string
	}{{[]float64{0.5, 0.6}, "sum 1.1"}, {[]float64{1.5, -0.5}, "-0.5"}} {
		if _, err := information.NewJoint(mat.NewDense(1, 2, c.p)); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("error is %v, expected one that says %q", err, c.says)
		}
	}
}
