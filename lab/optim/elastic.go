package optim

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
)

// A QuadraticEnergy is f(x) = ½(x-c)ᵀA(x-c), A symmetric, d×d: the energies on which
// Elastic-SGD and Parle have closed forms.
type QuadraticEnergy struct {
	A *mat.SymDense
	C []float64 // len d
}

// dim checks that all are of one dimension, and returns it.
func dim(name string, fs []QuadraticEnergy) int {
	if len(fs) == 0 {
		panic(fmt.Sprintf("optim: %s: no quadratics, expected at least 1", name))
	}
	d := len(fs[0].C)
	for a, f := range fs {
		if len(f.C) != d || f.A.SymmetricDim() != d {
			panic(fmt.Sprintf("optim: %s: quadratic %d has A %d×%[3]d and C of length %d, expected dimension %d", name, a, f.A.SymmetricDim(), len(f.C), d))
		}
	}
	return d
}

// shifted is I + sA.
func (f QuadraticEnergy) shifted(s float64) *mat.SymDense {
	m := mat.NewSymDense(len(f.C), nil)
	m.ScaleSym(s, f.A)
	for i := range f.C {
		m.SetSym(i, i, 1+m.At(i, i))
	}
	return m
}

// ElasticMinimiser is the stationary point of the objective of Elastic-SGD,
// (5.1), Σ_a f_a(x^a) + |x^a-x|²/2ρ: with K_a = A_a(I+ρA_a)⁻¹,
//
//	x = (Σ K_a)⁻¹ Σ K_a c_a,   x^a = (I+ρA_a)⁻¹(ρA_a c_a + x).
//
// It is an error when it is not unique.
func ElasticMinimiser(fs []QuadraticEnergy, rho float64) (x []float64, replicas [][]float64, err error) {
	d := dim("ElasticMinimiser", fs)
	sum, right := mat.NewDense(d, d, nil), mat.NewVecDense(d, nil)
	for a, f := range fs {
		var k mat.Dense // (I+ρA)⁻¹A: the two commute
		if err := k.Solve(f.shifted(rho), f.A); err != nil {
			return nil, nil, fmt.Errorf("optim: ElasticMinimiser: I + ρA of quadratic %d: %w", a, err)
		}
		var kc mat.VecDense
		kc.MulVec(&k, mat.NewVecDense(d, f.C))
		sum.Add(sum, &k)
		right.AddVec(right, &kc)
	}
	var master mat.VecDense
	if err := master.SolveVec(sum, right); err != nil {
		return nil, nil, fmt.Errorf("optim: ElasticMinimiser: the sum of the energies has no unique minimum: %w", err)
	}
	for _, f := range fs {
		var r, xa mat.VecDense
		r.MulVec(f.A, mat.NewVecDense(d, f.C))
		r.AddScaledVec(&master, rho, &r)
		if err := xa.SolveVec(f.shifted(rho), &r); err != nil {
			return nil, nil, fmt.Errorf("optim: ElasticMinimiser: %w", err)
		}
		replicas = append(replicas, xa.RawVector().Data)
	}
	return master.RawVector().Data, replicas, nil
}

// ParleObjective is (5.3), Σ_a f_γ(x^a) + |x^a-x|²/2ρ, with the local entropy
// (5.2) at β = 1, normalised so that f_γ → f as γ → 0:
//
//	f_γ(x) = ½ wᵀA(I+γA)⁻¹w + ½ log det(I+γA),   w = x - c.
//
// It is an error when some I + γA is not positive definite: there the local
// entropy does not exist.
func ParleObjective(fs []QuadraticEnergy, xa [][]float64, x []float64, gamma, rho float64) (float64, error) {
	d := dim("ParleObjective", fs)
	if len(xa) != len(fs) || len(x) != d {
		panic(fmt.Sprintf("optim: ParleObjective: %d replicas and a master of length %d, expected %d and %d", len(xa), len(x), len(fs), d))
	}
	total := 0.0
	for a, f := range fs {
		var chol mat.Cholesky
		if !chol.Factorize(f.shifted(gamma)) {
			return 0, fmt.Errorf("optim: ParleObjective: I + γA of quadratic %d is not positive definite: no local entropy at γ = %v; take a smaller one", a, gamma)
		}
		w, s := mat.NewVecDense(d, nil), mat.NewVecDense(d, nil)
		spread := 0.0
		for i := range d {
			w.SetVec(i, xa[a][i]-f.C[i])
			spread += (xa[a][i] - x[i]) * (xa[a][i] - x[i])
		}
		if err := chol.SolveVecTo(s, w); err != nil {
			return 0, fmt.Errorf("optim: ParleObjective: quadratic %d: %w", a, err)
		}
		total += 0.5*mat.Inner(w, f.A, s) + 0.5*chol.LogDet() + spread/(2*rho)
	}
	return total, nil
}

// ElasticSpectralRadius is the factor by which (5.4) on f = ½ax², in one
// dimension with n replicas, multiplies the slowest error: the spectral radius
// of the (n+1)×(n+1) matrix
//
//	(1-η(a+1/ρ)) I   η/ρ
//	(η′/ρ) 1ᵀ        1-nη′/ρ
//
// It is stable below 1. Differences of replicas have the first diagonal entry;
// their mean and the master a 2×2 matrix.
func ElasticSpectralRadius(curvature float64, replicas int, rate, masterRate, rho float64) float64 {
	p, q := 1-rate*(curvature+1/rho), 1-float64(replicas)*masterRate/rho
	bc := rate / rho * float64(replicas) * masterRate / rho
	radius := 0.0
	if replicas > 1 {
		radius = math.Abs(p)
	}
	mid, disc := (p+q)/2, (p-q)*(p-q)/4+bc
	if disc < 0 { // a complex pair: its modulus is √det
		return max(radius, math.Sqrt(p*q-bc))
	}
	return max(radius, math.Abs(mid+math.Sqrt(disc)), math.Abs(mid-math.Sqrt(disc)))
}
