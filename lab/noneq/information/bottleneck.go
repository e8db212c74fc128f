package information

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"glassy/lab/rng"
)

// A Bottleneck is a representation Z of Ξ that is as good as can be for Y, (6.36): an
// encoder p(z|ξ) at which β⁻¹I(Z;Ξ) - I(Z;Y) is least among its neighbours.
type Bottleneck struct {
	Encoder    *mat.Dense // p(z|ξ), a row for each ξ
	Kept       float64    // I(Z;Ξ), nats
	Relevant   float64    // I(Z;Y), nats, at most I(Ξ;Y)
	Lagrangian float64    // β⁻¹Kept - Relevant; 0 when nothing is kept
	Iterations int
	Converged  bool
}

// Bottleneck is the information bottleneck of ξ, the rows, for y at β with so many values
// of z, by the iterations of Tishby, Pereira & Bialek (1999),
//
//	p(z|ξ) ∝ p(z) exp(-β KL(p(y|ξ) ‖ p(y|z))),
//
// which never raise the Lagrangian, from several random encoders: the best is returned.
func (j *Joint) Bottleneck(β float64, values int, seed uint64) *Bottleneck {
	if !(β > 0) || math.IsInf(β, 0) || values < 1 {
		panic(fmt.Sprintf("information: Bottleneck: β is %v, %d values, expected a finite number above 0 and at least 1", β, values))
	}
	const starts = 6
	var best *Bottleneck
	for k := range starts {
		b := j.iterate(β, values, rng.Key(seed).Split(uint64(k)))
		if best == nil || b.Lagrangian < best.Lagrangian {
			best = b
		}
	}
	return best
}

func (j *Joint) iterate(β float64, values int, key rng.Key) *Bottleneck {
	x, given := j.Rows(), j.Given()
	n, m := given.Dims()
	b := &Bottleneck{Encoder: mat.NewDense(n, values, nil)}
	ξ := make([]float64, n*values)
	key.Normals(0, ξ)
	for i := range n {
		row := b.Encoder.RawRowView(i)
		for z := range row {
			row[z] = math.Exp(3 * ξ[i*values+z])
		}
		floats.Scale(1/floats.Sum(row), row)
	}
	const most, tolerance = 5000, 1e-13
	last := math.Inf(1)
	log := make([]float64, values)
	for b.Iterations = 1; b.Iterations <= most; b.Iterations++ {
		z, y := j.through(b.Encoder, x, m)
		// With the encoder as it is, of its own marginals.
		b.Kept, b.Relevant = 0, 0
		for i, p := range x {
			if p > 0 {
				b.Kept += p * stat.KullbackLeibler(b.Encoder.RawRowView(i), z)
			}
		}
		all := j.Columns()
		for k, p := range z {
			if p > 0 {
				b.Relevant += p * stat.KullbackLeibler(y.RawRowView(k), all)
			}
		}
		b.Lagrangian = b.Kept/β - b.Relevant
		if last-b.Lagrangian < tolerance {
			b.Converged = true
			return b
		}
		last = b.Lagrangian
		for i := range n {
			for k, p := range z {
				log[k] = math.Inf(-1)
				if p > 0 {
					log[k] = math.Log(p) - β*stat.KullbackLeibler(given.RawRowView(i), y.RawRowView(k))
				}
			}
			sum := floats.LogSumExp(log)
			for k, v := range log {
				b.Encoder.Set(i, k, math.Exp(v-sum))
			}
		}
	}
	return b
}

// through are p(z) and p(y|z) of an encoder.
func (j *Joint) through(encoder *mat.Dense, x []float64, m int) (z []float64, y *mat.Dense) {
	_, values := encoder.Dims()
	z, y = make([]float64, values), mat.NewDense(values, m, nil)
	y.Mul(encoder.T(), j.p)
	for i, p := range x {
		floats.AddScaled(z, p, encoder.RawRowView(i))
	}
	for k, p := range z {
		if p > 0 {
			floats.Scale(1/p, y.RawRowView(k))
		}
	}
	return z, y
}

// Bounds are those of the variational bottleneck, (6.37), for an encoder p(z|ξ), a decoder
// q(y|z) and a prior q(z):
//
//	I(Z;Ξ) ≤ E KL(p(z|ξ) ‖ q(z)),  I(Z;Y) ≥ H(Y) + E log q(y|z),
//
// both equalities where q(z) and q(y|z) are those that the encoder makes. (The thesis
// prints the second the other way round.)
func (j *Joint) Bounds(encoder, decoder *mat.Dense, prior []float64) (kept, relevant float64) {
	n, m := j.p.Dims()
	rows, values := encoder.Dims()
	if r, c := decoder.Dims(); rows != n || r != values || c != m || len(prior) != values {
		panic(fmt.Sprintf("information: Bounds: an encoder %d×%d, a decoder %d×%d and %d priors, expected %d×k, k×%d and k", rows, values, r, c, len(prior), n, m))
	}
	for i, p := range j.Rows() {
		if p > 0 {
			kept += p * stat.KullbackLeibler(encoder.RawRowView(i), prior)
		}
	}
	relevant = stat.Entropy(j.Columns())
	for i := range n {
		for k, e := range encoder.RawRowView(i) {
			for y, p := range j.p.RawRowView(i) {
				if w := e * p; w > 0 {
					relevant += w * math.Log(decoder.At(k, y))
				}
			}
		}
	}
	return kept, relevant
}

// Decoder are p(y|z) and p(z) that an encoder makes.
func (j *Joint) Decoder(encoder *mat.Dense) (decoder *mat.Dense, prior []float64) {
	_, m := j.p.Dims()
	prior, decoder = j.through(encoder, j.Rows(), m)
	return decoder, prior
}

// GaussianBottleneck is the bottleneck of a Gaussian ξ for a Gaussian y that have the joint
// covariance, the first dim coordinates being ξ: at β the directions are kept whose
// eigenvalue λ of Σ_ξ|y Σ_ξ⁻¹ is below 1-1/β, each with ½log((β-1)(1-λ)/λ) nats of ξ, and
// ½log(β(1-λ)) less of y (Chechik, Globerson, Tishby & Weiss 2005). Critical are the β at which
// one more is, 1/(1-λ), from the lowest on; +Inf where ξ does not tell of y. It is an
// error when a covariance is not positive definite.
func GaussianBottleneck(covariance *mat.SymDense, dim int, β float64) (kept, relevant float64, critical []float64, err error) {
	n := covariance.SymmetricDim()
	if dim < 1 || dim >= n || !(β > 0) {
		panic(fmt.Sprintf("information: GaussianBottleneck: %d of %d coordinates, β is %v, expected 1 to %d and a number above 0", dim, n, β, n-1))
	}
	if _, err := factor("joint", covariance); err != nil {
		return 0, 0, nil, err
	}
	X := covariance.SliceSym(0, dim).(*mat.SymDense)
	Y := covariance.SliceSym(dim, n).(*mat.SymDense)
	chol, err := factor("first", X)
	if err != nil {
		return 0, 0, nil, err
	}
	C := mat.DenseCopyOf(covariance).Slice(0, dim, dim, n)
	// 1-λ are the squared canonical correlations: the eigenvalues of L⁻¹CΣ_y⁻¹CᵀL⁻ᵀ.
	var second mat.Cholesky
	second.Factorize(Y)
	var L, M mat.TriDense
	chol.LTo(&L)
	second.LTo(&M)
	var left, right mat.Dense
	if err := left.Solve(&L, C); err != nil {
		return 0, 0, nil, fmt.Errorf("information: the first covariance: %w", err)
	}
	if err := right.Solve(&M, left.T()); err != nil {
		return 0, 0, nil, fmt.Errorf("information: the second covariance: %w", err)
	}
	var svd mat.SVD
	if !svd.Factorize(&right, mat.SVDNone) {
		return 0, 0, nil, fmt.Errorf("information: the canonical correlations were not found")
	}
	values := svd.Values(nil)
	for i := range dim {
		r := 0.0 // 1-λ
		if i < len(values) {
			r = values[i] * values[i]
		}
		critical = append(critical, 1/r)
		if β*r > 1 {
			k := math.Log((β-1)*r/(1-r)) / 2
			kept += k
			relevant += k - math.Log(β*r)/2
		}
	}
	return kept, relevant, critical, nil
}
