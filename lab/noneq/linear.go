package noneq

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"math/cmplx"
	"slices"

	"gonum.org/v1/gonum/mat"

	"glassy/lab/noneq/information"
)

// Linear is dX = -FX dt + √(2β⁻¹D) dB, (6.46): any process near a point where its
// drift is 0, and the Ornstein-Uhlenbeck process where F is stable.
type Linear struct {
	F    *mat.Dense    // d×d
	D    *mat.SymDense // d×d, no eigenvalue below 0
	Beta float64
}

// NewLinear is the process with these matrices, d×d row-major. It is an error when
// D is not symmetric, or has an eigenvalue below 0 by more than rounding.
func NewLinear(d int, F, D []float64, beta float64) (*Linear, error) {
	if d < 1 || len(F) != d*d || len(D) != d*d || !(beta > 0) || math.IsInf(beta, 0) {
		panic(fmt.Sprintf("noneq: NewLinear: d is %d, F has length %d, D %d, β is %v, expected d ≥ 1, d², d² and a finite number above 0", d, len(F), len(D), beta))
	}
	if !finite(F) || !finite(D) {
		return nil, fmt.Errorf("noneq: F or D has entries that are not finite")
	}
	S := mat.NewSymDense(d, nil)
	if err := semidefinite(S, D); err != nil {
		return nil, fmt.Errorf("noneq: D: %w", err)
	}
	return &Linear{mat.NewDense(d, d, slices.Clone(F)), S, beta}, nil
}

// semidefinite writes a symmetric matrix, given row-major, to S, or is an error that names
// what is wrong with it.
func semidefinite(S *mat.SymDense, M []float64) error {
	d := S.SymmetricDim()
	scale := 0.0
	for i := range d {
		scale = max(scale, math.Abs(M[i*d+i]))
		for j := i; j < d; j++ {
			S.SetSym(i, j, (M[i*d+j]+M[j*d+i])/2)
		}
	}
	for i := range d {
		for j := range i {
			if math.Abs(M[i*d+j]-M[j*d+i]) > 1e-9*max(scale, math.Abs(M[i*d+j])) {
				return fmt.Errorf("entries (%d,%d) and (%d,%d) are %g and %g, expected a symmetric matrix", i+1, j+1, j+1, i+1, M[i*d+j], M[j*d+i])
			}
		}
	}
	lowest := lowestEigenvalue(S)
	if !(lowest >= -1e-10*scale) {
		return fmt.Errorf("it has the eigenvalue %.6g, expected a positive semi-definite matrix", lowest)
	}
	return nil
}

// lowestEigenvalue is NaN where it is not found.
func lowestEigenvalue(S *mat.SymDense) float64 {
	if S.SymmetricDim() == 2 { // at every node of a grid
		a, b, c := S.At(0, 0), S.At(0, 1), S.At(1, 1)
		return (a+c)/2 - math.Hypot((a-c)/2, b)
	}
	var e mat.EigenSym
	if !e.Factorize(S, false) {
		return math.NaN()
	}
	return e.Values(nil)[0]
}

// Linearise is the process near x, in the coordinates from there: F is minus the
// derivative of the drift, by differences. The drift at x should be 0.
func (p Process) Linearise(x []float64) (*Linear, error) {
	p.check("Linearise")
	J := jacobian(p.Dim, p.Drift, x)
	J.Scale(-1, J)
	D := make([]float64, p.Dim*p.Dim)
	p.diffusion(x, D)
	return NewLinear(p.Dim, J.RawMatrix().Data, D, p.Beta)
}

// Process is the same process for what takes those that are not linear.
func (l *Linear) Process() Process {
	d := l.Dim()
	D := mat.DenseCopyOf(l.D).RawMatrix().Data
	return Process{Dim: d, Beta: l.Beta, Name: "linear",
		Drift: func(x, b []float64) {
			v := mat.NewVecDense(d, b)
			v.MulVec(l.F, mat.NewVecDense(d, slices.Clone(x)))
			v.ScaleVec(-1, v)
		},
		Diffusion: func(_, out []float64) { copy(out, D) },
	}
}

// Dim is d.
func (l *Linear) Dim() int { return l.D.SymmetricDim() }

// Eigenvalues are those of F, by their real parts, from the smallest on.
func (l *Linear) Eigenvalues() []complex128 {
	var e mat.Eigen
	if !e.Factorize(l.F, mat.EigenNone) {
		panic("noneq: Eigenvalues: they were not found")
	}
	return byRealPart(e.Values(nil))
}

func byRealPart(λ []complex128) []complex128 {
	slices.SortFunc(λ, func(a, b complex128) int {
		if real(a) != real(b) {
			return cmp.Compare(real(a), real(b))
		}
		return cmp.Compare(imag(a), imag(b))
	})
	return λ
}

// Kind says what the point is for x′ = -Fx: minimum, where all comes closer, saddle,
// maximum, where all goes away, or centre, where an eigenvalue has no real part.
func (l *Linear) Kind() string {
	below, above := 0, 0
	λ := l.Eigenvalues()
	for _, v := range λ {
		switch {
		case math.Abs(real(v)) <= 1e-12*cmplx.Abs(v):
			return "centre"
		case real(v) < 0:
			below++
		default:
			above++
		}
	}
	switch {
	case below == 0:
		return "minimum"
	case above == 0:
		return "maximum"
	}
	return "saddle"
}

// A Decomposition is F = (D+Q)U of Lemma 6.44, d×d: Φ = ½xᵀUx, and the force
// j = -QUx that turns on the contours of Φ.
type Decomposition struct {
	U *mat.SymDense
	S *mat.SymDense // U⁻¹, the solution of FS + SFᵀ = 2D
	Q *mat.Dense    // antisymmetric, FS - D
}

// Decompose is Lemma 6.44, at a minimum, a saddle or a maximum. It is an error when two
// eigenvalues of F have the sum 0, where S is not unique (the lemma says it always is),
// and when noise does not reach some direction, so that S has no inverse. It takes of
// the order of d⁶ operations, d³ where F is symmetric.
func (l *Linear) Decompose() (*Decomposition, error) {
	S, err := l.lyapunov(l.D)
	if err != nil {
		return nil, err
	}
	d := l.Dim()
	var e mat.EigenSym
	if !e.Factorize(S, false) {
		return nil, fmt.Errorf("noneq: the eigenvalues of S were not found")
	}
	least, most := math.Inf(1), 0.0
	for _, v := range e.Values(nil) {
		least, most = min(least, math.Abs(v)), max(most, math.Abs(v))
	}
	if least <= 1e-13*most {
		return nil, fmt.Errorf("noneq: noise does not reach every direction: S of FS + SFᵀ = 2D has the eigenvalue %.3g beside %.3g, and U = S⁻¹ does not exist", least, most)
	}
	var inverse mat.Dense
	if err := inverse.Inverse(S); err != nil {
		if _, bad := err.(mat.Condition); !bad {
			return nil, fmt.Errorf("noneq: S of FS + SFᵀ = 2D: %w", err)
		}
	}
	out := &Decomposition{U: mat.NewSymDense(d, nil), S: S, Q: mat.NewDense(d, d, nil)}
	var FS mat.Dense
	FS.Mul(l.F, S)
	for i := range d {
		for j := range d {
			// FS - D is antisymmetric but for rounding.
			out.Q.Set(i, j, (FS.At(i, j)-FS.At(j, i))/2)
			if j >= i {
				out.U.SetSym(i, j, (inverse.At(i, j)+inverse.At(j, i))/2)
			}
		}
	}
	return out, nil
}

// lyapunov is S of FS + SFᵀ = 2M.
func (l *Linear) lyapunov(M *mat.SymDense) (*mat.SymDense, error) {
	d := l.Dim()
	λ := l.Eigenvalues()
	size := 0.0
	for _, v := range λ {
		size = max(size, cmplx.Abs(v))
	}
	for i, a := range λ {
		for _, b := range λ[i:] {
			if cmplx.Abs(a+b) <= 1e-12*size {
				return nil, fmt.Errorf("noneq: the eigenvalues %.6g and %.6g of F have the sum 0: FS + SFᵀ = 2D has no single solution", a, b)
			}
		}
	}
	if symmetric, ok := symmetricOf(l.F); ok {
		var e mat.EigenSym
		if e.Factorize(symmetric, true) {
			// In the eigenbasis S_ij = 2M_ij/(λ_i+λ_j).
			var V, T mat.Dense
			e.VectorsTo(&V)
			T.Product(V.T(), M, &V)
			λ := e.Values(nil)
			for i := range d {
				for j := range d {
					T.Set(i, j, 2*T.At(i, j)/(λ[i]+λ[j]))
				}
			}
			T.Product(&V, &T, V.T())
			S, _ := symmetricPart(&T)
			return S, nil
		}
	}
	// The entries of S on and above the diagonal, by those of 2M.
	index := func(i, j int) int {
		i, j = min(i, j), max(i, j)
		return i*d - i*(i-1)/2 + j - i
	}
	n := d * (d + 1) / 2
	A, b := mat.NewDense(n, n, nil), mat.NewVecDense(n, nil)
	for i := range d {
		for j := i; j < d; j++ {
			row := index(i, j)
			b.SetVec(row, 2*M.At(i, j))
			for k := range d {
				A.Set(row, index(k, j), A.At(row, index(k, j))+l.F.At(i, k))
				A.Set(row, index(i, k), A.At(row, index(i, k))+l.F.At(j, k))
			}
		}
	}
	var s mat.VecDense
	if err := s.SolveVec(A, b); err != nil {
		if _, bad := err.(mat.Condition); !bad {
			return nil, fmt.Errorf("noneq: FS + SFᵀ = 2D: %w", err)
		}
	}
	S := mat.NewSymDense(d, nil)
	for i := range d {
		for j := i; j < d; j++ {
			S.SetSym(i, j, s.AtVec(index(i, j)))
		}
	}
	return S, nil
}

// symmetricOf is a matrix that is symmetric, and whether it is.
func symmetricOf(M *mat.Dense) (*mat.SymDense, bool) {
	S, apart := symmetricPart(M)
	return S, apart == 0
}

// symmetricPart is ½(M+Mᵀ), and the largest difference of M and Mᵀ.
func symmetricPart(M mat.Matrix) (S *mat.SymDense, apart float64) {
	d, _ := M.Dims()
	S = mat.NewSymDense(d, nil)
	for i := range d {
		for j := i; j < d; j++ {
			S.SetSym(i, j, (M.At(i, j)+M.At(j, i))/2)
			apart = max(apart, math.Abs(M.At(i, j)-M.At(j, i)))
		}
	}
	return S, apart
}

// Stationary is the covariance Σ = S/β of the stationary law. It is an error when F has
// an eigenvalue whose real part is not above 0.
func (l *Linear) Stationary() (*mat.SymDense, error) {
	for _, λ := range l.Eigenvalues() {
		if !(real(λ) > 0) {
			return nil, fmt.Errorf("noneq: there is no stationary law: F has the eigenvalue %.6g, whose real part is not above 0", λ)
		}
	}
	S, err := l.lyapunov(l.D)
	if err != nil {
		return nil, err
	}
	S.ScaleSym(1/l.Beta, S)
	return S, nil
}

// Rotation is the matrix -QU of the force j(x) = -QUx.
func (c *Decomposition) Rotation() *mat.Dense {
	var M mat.Dense
	M.Mul(c.Q, c.U)
	M.Scale(-1, &M)
	return &M
}

// Frequencies are the angular frequencies of x′ = j(x), from the highest on, one for
// each plane in which it turns: |q|√det U in two dimensions. In more than three the
// orbits are closed only where all their ratios are rational (Theorem 6.46 says they
// always are). At a saddle, where U has eigenvalues of both signs, the orbits may be
// hyperbolas, which have none.
func (c *Decomposition) Frequencies() []float64 {
	var e mat.Eigen
	if !e.Factorize(c.Rotation(), mat.EigenNone) {
		panic("noneq: Frequencies: the eigenvalues were not found")
	}
	var ω []float64
	size := mat.Norm(c.Rotation(), 2)
	for _, λ := range e.Values(nil) {
		if imag(λ) > 1e-12*size {
			ω = append(ω, imag(λ))
		}
	}
	slices.Sort(ω)
	slices.Reverse(ω)
	return ω
}

// AreaRates is β⁻¹Q: ½E[x_i dx_j - x_j dx_i]/dt, by which a circulation is seen in a
// path. Where it is 0, detailed balance holds.
func (l *Linear) AreaRates() (*mat.Dense, error) {
	Σ, err := l.Stationary()
	if err != nil {
		return nil, err
	}
	var FΣ mat.Dense
	FΣ.Mul(l.F, Σ)
	d := l.Dim()
	out := mat.NewDense(d, d, nil)
	for i := range d {
		for j := range d {
			out.Set(i, j, (FΣ.At(i, j)-FΣ.At(j, i))/2)
		}
	}
	return out, nil
}

// EntropyProduction is β∫ JᵀD⁻¹J/ρ dx = tr(D⁻¹ Q U Qᵀ), in nats per unit of time: 0
// exactly where detailed balance holds. It is an error when there is no stationary
// law, and when D has no inverse.
func (l *Linear) EntropyProduction() (float64, error) {
	if _, err := l.Stationary(); err != nil {
		return 0, err
	}
	c, err := l.Decompose()
	if err != nil {
		return 0, err
	}
	var chol mat.Cholesky
	if !chol.Factorize(l.D) {
		return 0, fmt.Errorf("noneq: entropy production: D has the eigenvalue %.3g, expected all above 0: a current along which there is no noise would cost without bound", lowestEigenvalue(l.D))
	}
	var QUQ, out mat.Dense
	QUQ.Product(c.Q, c.U, c.Q.T())
	if err := chol.SolveTo(&out, &QUQ); err != nil {
		if _, bad := err.(mat.Condition); !bad {
			return 0, fmt.Errorf("noneq: entropy production: %w", err)
		}
	}
	return mat.Trace(&out), nil
}

// Moments are the mean and the covariance after a time, from those at 0: m = e^(-Ft)m₀,
// S = Σ + e^(-Ft)(S₀-Σ)e^(-Fᵀt). F need not be stable, but no two of its eigenvalues may
// have the sum 0.
func (l *Linear) Moments(mean []float64, covariance *mat.SymDense, time float64) ([]float64, *mat.SymDense, error) {
	d := l.Dim()
	if len(mean) != d || covariance.SymmetricDim() != d || !(time >= 0) {
		panic(fmt.Sprintf("noneq: Moments: a mean of length %d, a covariance of size %d, time %v, expected %d, %d and at least 0", len(mean), covariance.SymmetricDim(), time, d, d))
	}
	Σ, err := l.lyapunov(l.D)
	if err != nil {
		return nil, nil, err
	}
	Σ.ScaleSym(1/l.Beta, Σ)
	var decay, apart mat.Dense
	decay.Scale(-time, l.F)
	decay.Exp(&decay)
	m := mat.NewVecDense(d, nil)
	m.MulVec(&decay, mat.NewVecDense(d, slices.Clone(mean)))
	apart.Sub(covariance, Σ)
	apart.Product(&decay, &apart, decay.T())
	apart.Add(&apart, Σ)
	S, _ := symmetricPart(&apart)
	return m.RawVector().Data, S, nil
}

// FreeEnergy is F(ρ) = β⁻¹KL(ρ‖ρ^ss), (6.29), of the Gaussian density with this mean and
// covariance, and how fast it falls: -dF/dt = β⁻²[tr(D K S K) + mᵀΣ⁻¹DΣ⁻¹m] with
// K = Σ⁻¹ - S⁻¹, Theorem 6.24. It is an error when there is no stationary density, or
// the covariance is not positive definite.
func (l *Linear) FreeEnergy(mean []float64, covariance *mat.SymDense) (energy, dissipation float64, err error) {
	Σ, err := l.Stationary()
	if err != nil {
		return 0, 0, err
	}
	energy, err = information.GaussianDivergence(mean, covariance, make([]float64, l.Dim()), Σ)
	if err != nil {
		return 0, 0, fmt.Errorf("noneq: free energy: %w", err)
	}
	// Φ's slope over β, and K, which is 0 where S is Σ.
	var P, R, K, T mat.Dense
	if err := errors.Join(P.Inverse(Σ), R.Inverse(covariance)); err != nil {
		return 0, 0, fmt.Errorf("noneq: free energy: %w", err)
	}
	K.Sub(&P, &R)
	T.Product(l.D, &K, covariance, &K)
	var v mat.VecDense
	v.MulVec(&P, mat.NewVecDense(len(mean), slices.Clone(mean)))
	dissipation = (mat.Trace(&T) + mat.Inner(&v, l.D, &v)) / (l.Beta * l.Beta)
	return energy / l.Beta, dissipation, nil
}

// Relaxation is the rate at which the slowest mode decays, the least real part of an
// eigenvalue of F. At the same Φ and D a rotation Q can only raise it (Section 6.4.4).
func (l *Linear) Relaxation() float64 { return real(l.Eigenvalues()[0]) }

// KleinKramers is the second-order process of (6.56), in d positions q and then d momenta
// p,
//
//	dq = p/m dt,  dp = -(S+A) p/m dt - Uq dt + √(2β⁻¹S) dB,
//
// with S symmetric and A antisymmetric, d×d. Its stationary law is e^(-βΦ(q)-β|p|²/2m),
// (6.57), whatever A is, and for m → 0 its positions move as those of (D+Q) = (S+A)⁻¹.
func KleinKramers(U *mat.SymDense, S *mat.SymDense, A *mat.Dense, mass, beta float64) (*Linear, error) {
	d := U.SymmetricDim()
	if S.SymmetricDim() != d || !(mass > 0) {
		panic(fmt.Sprintf("noneq: KleinKramers: U is of size %d, S of %d, the mass %v, expected one size and a mass above 0", d, S.SymmetricDim(), mass))
	}
	n := 2 * d
	F, D := make([]float64, n*n), make([]float64, n*n)
	for i := range d {
		F[i*n+d+i] = -1 / mass
		for j := range d {
			F[(d+i)*n+j] = U.At(i, j)
			F[(d+i)*n+d+j] = (S.At(i, j) + A.At(i, j)) / mass
			D[(d+i)*n+d+j] = S.At(i, j)
		}
	}
	return NewLinear(n, F, D, beta)
}
