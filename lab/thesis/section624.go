package thesis

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"glassy/lab/fig"
	"glassy/lab/noneq/information"
)

// section624 is the information bottleneck, (6.36), of a channel, of a law of more values
// and of Gaussian laws, with the β at which each begins to keep something.
func section624(set settings) (*Result, error) {
	const q = 0.1
	channel, err := information.NewJoint(mat.NewDense(2, 2, []float64{(1 - q) / 2, q / 2, q / 2, (1 - q) / 2}))
	if err != nil {
		return nil, err
	}
	// ξ of six values that tell of y, of three, more and less.
	p := mat.NewDense(6, 3, []float64{8, 1, 1, 6, 3, 1, 1, 8, 1, 2, 6, 2, 1, 1, 8, 3, 1, 6})
	p.Scale(1/mat.Sum(p), p)
	rich, err := information.NewJoint(p)
	if err != nil {
		return nil, err
	}
	curve := fig.New("What is kept and what is relevant")
	curve.X, curve.Y = fig.Axis{Label: "I(Z;Ξ), nats"}, fig.Axis{Label: "I(Z;Y), nats"}
	kept := fig.New("Transitions")
	kept.X, kept.Y = fig.Axis{Label: "β", Scale: fig.Log}, fig.Axis{Label: "I(Z;Ξ), nats"}
	var rows []Row
	for k, c := range []struct {
		name   string
		joint  *information.Joint
		values int
	}{{"channel", channel, 2}, {"six values", rich, 6}} {
		ink := []fig.Color{fig.Blue, fig.Vermillion}[k]
		critical := 1 / (c.joint.MaximalCorrelation() * c.joint.MaximalCorrelation())
		var β, x, y []float64
		for i := range 30 {
			if err := set.ctx.Err(); err != nil {
				return nil, err
			}
			at := critical * math.Exp(-0.3+0.12*float64(i))
			b := c.joint.Bottleneck(at, c.values, 1)
			β, x, y = append(β, at), append(x, b.Kept), append(y, b.Relevant)
		}
		curve.Line(c.name, x, y).In(ink)
		curve.Points("", x, y).In(ink)
		curve.Level(c.joint.Information(), "").In(ink).As(fig.Dotted)
		kept.Line(c.name, β, x).In(ink)
		kept.Mark(critical, "").In(ink)
		rows = append(rows,
			Row{Quantity: "kept below, " + c.name, Meaning: "I(Z;Ξ) at 0.74 of the critical β = 1/(maximal correlation)²", Ours: x[0], Theory: 0, Tolerance: 1e-6},
			measured("critical β, "+c.name, "", critical),
			Row{Quantity: "relevant in the end, " + c.name, Meaning: "I(Z;Y) at 24 times that, beside I(Ξ;Y)", Ours: y[len(y)-1], Theory: c.joint.Information(), Tolerance: 0.02})
	}
	// On the channel the best encoder is one itself: least over its crossing probability.
	entropy := func(p float64) float64 { return -p*math.Log(p) - (1-p)*math.Log(1-p) }
	β := 2.0
	least := math.Inf(1)
	for _, p := range floats.Span(make([]float64, 20_001), 1e-9, 0.5) {
		r := p*(1-q) + (1-p)*q
		least = min(least, (math.Ln2-entropy(p))/β-(math.Ln2-entropy(r)))
	}
	b := channel.Bottleneck(β, 2, 1)
	decoder, prior := channel.Decoder(b.Encoder)
	most, relevant := channel.Bounds(b.Encoder, decoder, prior)
	rows = append(rows,
		Row{Quantity: "Lagrangian, channel, β = 2", Meaning: "beside the best symmetric encoder", Ours: b.Lagrangian, Theory: least, Tolerance: 1e-7},
		Row{Quantity: "bound of I(Z;Ξ)", Meaning: "(6.37) with the encoder's own q(z): equality", Ours: most, Theory: b.Kept, Tolerance: 1e-12},
		Row{Quantity: "bound of I(Z;Y)", Meaning: "H(Y) + E log q(y|z) with its own q(y|z): equality", Ours: relevant, Theory: b.Relevant, Tolerance: 1e-12})

	// Gaussian laws: one direction after the other.
	S := mat.NewSymDense(4, []float64{1, 0, 0.9, 0, 0, 1, 0, 0.6, 0.9, 0, 1, 0, 0, 0.6, 0, 1})
	var at, keep, tell []float64
	for _, u := range floats.Span(make([]float64, 200), 0, math.Log(30)) {
		k, r, _, err := information.GaussianBottleneck(S, 2, math.Exp(u))
		if err != nil {
			return nil, err
		}
		at, keep, tell = append(at, math.Exp(u)), append(keep, k), append(tell, r)
	}
	curve.Line("Gaussian", keep, tell).In(fig.Green)
	kept.Line("Gaussian", at, keep).In(fig.Green)
	_, _, critical, err := information.GaussianBottleneck(S, 2, 1)
	if err != nil {
		return nil, err
	}
	for i, ρ := range []float64{0.9, 0.6} {
		kept.Mark(critical[i], "").In(fig.Green)
		rows = append(rows, Row{Quantity: fmt.Sprintf("critical β %d, Gaussian", i+1), Meaning: "beside one over the squared correlation", Ours: critical[i], Theory: 1 / (ρ * ρ), Tolerance: 1e-12})
	}
	tc, err := information.TotalCorrelation(S)
	if err != nil {
		return nil, err
	}
	rows = append(rows, Row{Quantity: "total correlation, Gaussian", Meaning: "(6.38), beside −½Σ log(1−ρ²)", Ours: tc, Theory: -(math.Log(1-0.81) + math.Log(1-0.36)) / 2, Tolerance: 1e-12})
	return &Result{
		Figure: fig.Grid("The information bottleneck", 2, curve, kept), Rows: rows,
		Notes: []string{
			"Lines of dots: I(Ξ;Y), the most that can be told. Dashed: the β from which something is kept.",
			"Channel: binary and symmetric, wrong once in ten. Gaussian: two pairs of correlation 0.9 and 0.6. The thesis prints I(Z;Y) ≤ H(Y;Z) − H(Y); the bound is I(Z;Y) ≥ H(Y) − the cross entropy.",
		},
		Sources: []string{"chaudhari2018", "tishby1999", "chechik2005"},
	}, nil
}

// remark635 is what the prior does to the posterior of a weight.
func remark635(set settings) (*Result, error) {
	penalty := fig.New("What the prior charges a weight of mean 0")
	penalty.X, penalty.Y = fig.Axis{Label: "σ"}, fig.Axis{Label: "KL, nats", Min: -1.2, Max: 2}
	penalty.Func("N(0,1)", func(σ float64) float64 { return information.Normal.Divergence(0, σ) }, 0.1, 2.5).In(fig.Blue)
	penalty.Func("uniform, −½log σ²", func(σ float64) float64 { return information.Uniform.Divergence(0, σ) }, 0.1, 2.5).In(fig.Vermillion)
	posterior := fig.New("Where −ELBO is least")
	posterior.X, posterior.Y = fig.Axis{Label: "curvature h of the loss over T"}, fig.Axis{Label: "σ of the posterior", Scale: fig.Log}
	for k, prior := range []information.Prior{information.Normal, information.Uniform} {
		var x, y []float64
		for _, h := range floats.Span(make([]float64, 600), -1, 5) {
			if _, σ := prior.MeanField(h, 0, 1); !math.IsInf(σ, 1) && σ < 12 {
				x, y = append(x, h), append(y, σ)
			}
		}
		posterior.Line([]string{"N(0,1)", "uniform"}[k], x, y).In([]fig.Color{fig.Blue, fig.Vermillion}[k])
	}
	posterior.Mark(-1, "h = −T").In(fig.Blue)
	posterior.Mark(0, "flat").In(fig.Vermillion)

	// The least of -ELBO by a search over σ, beside the closed form.
	search := func(prior information.Prior, h float64) float64 {
		best, least := 0.0, math.Inf(1)
		for _, u := range floats.Span(make([]float64, 40_001), math.Log(0.05), math.Log(20)) {
			σ := math.Exp(u)
			if v := h*σ*σ/2 + prior.Divergence(0, σ); v < least {
				best, least = σ, v
			}
		}
		return best
	}
	var rows []Row
	for _, h := range []float64{-0.5, 0, 1, 3} {
		_, σ := information.Normal.MeanField(h, 0, 1)
		rows = append(rows, Row{Quantity: fmt.Sprintf("σ, N(0,1), h = %g", h), Meaning: "least of −ELBO by a search, beside 1/√(h+1)", Ours: search(information.Normal, h), Theory: σ, Tolerance: 1e-3})
		if h > 0 {
			_, σ := information.Uniform.MeanField(h, 0, 1)
			rows = append(rows, Row{Quantity: fmt.Sprintf("σ, uniform, h = %g", h), Meaning: "the same, beside 1/√h", Ours: search(information.Uniform, h), Theory: σ, Tolerance: 1e-3})
		}
	}
	return &Result{
		Figure: fig.Grid("Prior and posterior of a weight", 2, penalty, posterior), Rows: rows,
		Notes: []string{
			"Loss ½hx², posterior N(μ, σ²), −ELBO = E f + T·KL with T = 1. Remark 6.35 has variances grow without bound from σ > 1 and shrink below; under N(0,1) both sides are drawn to σ = 1. They grow without bound where the loss bends down by T or more, and with the uniform prior, that of SGD, where it is flat.",
		},
		Sources: []string{"chaudhari2018", "higgins2017"},
	}, nil
}
