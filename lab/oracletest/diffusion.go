package oracletest

import (
	"context"
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"glassy/lab/device"
	"glassy/lab/landscape"
	"glassy/lab/sde"
	"glassy/lab/spectrum"
	"glassy/lab/wells"
)

// overData is the mean over data of the oracle's model.
func overData(in inputs) landscape.PerSample {
	if in["model"] == "linear" {
		return leastSquares(in)
	}
	a, y, l2 := lists(in["a"]), list(in["y"]), in.number("l2")
	return wells.FuncSamples(len(a[0]), len(y), func(k int, x, g []float64) float64 {
		margin := y[k] * floats.Dot(a[k], x)
		floats.ScaleTo(g, -y[k]/(1+math.Exp(margin)), a[k])
		floats.AddScaled(g, l2, x)
		return math.Log1p(math.Exp(-margin)) + l2/2*floats.Dot(x, x)
	})
}

// diffusionMatrix is (6.4) and (6.5) with the covariances of batches, and what is made
// of the gradients besides.
func diffusionMatrix(in inputs) any {
	f, x := overData(in), device.Of(list(in["x"]))
	n, d, b := f.Samples(), f.Dim(), in.number("b")
	square := func(D *spectrum.Diffusion, scale float64) [][]float64 {
		m := mat.NewDense(d, d, nil)
		D.Operator().Dense(device.Of(m.RawMatrix().Data))
		m.Scale(scale, m)
		return rows(m)
	}
	with := spectrum.NewDiffusion(f, x, spectrum.Noise{})
	without := spectrum.NewDiffusion(f, x, spectrum.Noise{WithoutReplacement: true})
	index := make([]int, n)
	for k := range index {
		index[k] = k
	}
	g := mat.NewDense(n, d, nil)
	f.SampleGradients(x, index).Rows(0, n, device.Of(g.RawMatrix().Data))
	mean, lengths := device.Read[float64](with.Gradient()), 0.0
	for k := range n {
		lengths += floats.Norm(g.RawRowView(k), 2)
	}
	return map[string]any{
		"grads": rows(g), "full_gradient": mean,
		"D_w": square(with, 1), "D_wo_correct": square(without, 1),
		"var_batch_with": square(with, 1/b), "var_batch_without": square(without, (1-b/float64(n))/b),
		"eigs_D_w":               orPanic(with.Spectrum(context.Background())).Values,
		"gradient_diversity_yin": with.Diversity(), "gradient_diversity_as_printed": lengths / floats.Norm(mean, 2),
	}
}

// rankAndScore is what Remarks 6.39 and 6.40 read off a matrix.
func rankAndScore(in inputs) any {
	D := lists(in["D"])
	d := len(D)
	a, values := device.Of(list(in["D"])), make([]float64, d)
	if err := device.CPU().SymEigen(d, a, device.Of(values), false); err != nil {
		panic(err)
	}
	s := orPanic(spectrum.NewDiffusionSpectrum("oracle", d, values))
	mean, deviation := s.MeanDeviation(0)
	threshold := s.Threshold(device.Float64)
	b := sde.Batches{Rate: in.number("eta"), Size: in.integer("b")}
	return map[string]any{
		"eigs": s.Values, "threshold": threshold, "rank": s.Rank(threshold), "mean_eig": mean,
		"var_eig_population": deviation * deviation, "score": s.Score(threshold), "beta_inv_times_mean": b.Temperature(b.Size) * mean,
	}
}
