package transport

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// A Gaussian is a normal law in len(Mean) dimensions.
type Gaussian struct {
	Mean       []float64
	Covariance *mat.SymDense
}

// Distance is W₂² = |m₁-m₂|² + tr(S₁+S₂-2(S₁^½S₂S₁^½)^½). It is an error when a covariance
// has an eigenvalue below 0.
func (g Gaussian) Distance(h Gaussian) (float64, error) {
	root, err := g.root(h)
	if err != nil {
		return 0, err
	}
	_, middle, err := g.cross(root, h)
	if err != nil {
		return 0, err
	}
	δ := floats.Distance(g.Mean, h.Mean, 2)
	return δ*δ + math.Max(0, mat.Trace(g.Covariance)+mat.Trace(h.Covariance)-2*mat.Trace(middle)), nil
}

// Map is the matrix A of Brenier's map x ↦ m₂ + A(x-m₁), which is symmetric and takes g to
// h: S₁^-½(S₁^½S₂S₁^½)^½S₁^-½. It is an error when S₁ is not positive definite.
func (g Gaussian) Map(h Gaussian) (*mat.SymDense, error) {
	root, err := g.root(h)
	if err != nil {
		return nil, err
	}
	_, middle, err := g.cross(root, h)
	if err != nil {
		return nil, err
	}
	var inverse, A mat.Dense
	if err := inverse.Inverse(root); err != nil {
		return nil, fmt.Errorf("transport: the covariance that is moved has no inverse, and there is no map: %w", err)
	}
	A.Product(&inverse, middle, &inverse)
	return symmetric(&A), nil
}

// Between is the law at time t, from 0 to 1, on McCann's geodesic from g to h. Errors are
// those of [Gaussian.Map].
func (g Gaussian) Between(h Gaussian, t float64) (Gaussian, error) {
	A, err := g.Map(h)
	if err != nil {
		return Gaussian{}, err
	}
	A.ScaleSym(t, A)
	mean := make([]float64, len(g.Mean))
	for i := range mean {
		mean[i] = (1-t)*g.Mean[i] + t*h.Mean[i]
		A.SetSym(i, i, A.At(i, i)+1-t)
	}
	var S mat.Dense
	S.Product(A, g.Covariance, A)
	return Gaussian{mean, symmetric(&S)}, nil
}

// root is S₁^½.
func (g Gaussian) root(h Gaussian) (*mat.SymDense, error) {
	d := len(g.Mean)
	if d == 0 || len(h.Mean) != d || g.Covariance.SymmetricDim() != d || h.Covariance.SymmetricDim() != d {
		panic(fmt.Sprintf("transport: Gaussian: means of length %d and %d, covariances of size %d and %d, expected one size", d, len(h.Mean), g.Covariance.SymmetricDim(), h.Covariance.SymmetricDim()))
	}
	return squareRoot(g.Covariance)
}

// cross are S₁^½S₂S₁^½ and its root.
func (g Gaussian) cross(root *mat.SymDense, h Gaussian) (product, half *mat.SymDense, err error) {
	if _, err := squareRoot(h.Covariance); err != nil {
		return nil, nil, err
	}
	var M mat.Dense
	M.Product(root, h.Covariance, root)
	product = symmetric(&M)
	half, err = squareRoot(product)
	return product, half, err
}

// squareRoot is the symmetric root of a positive semi-definite matrix.
func squareRoot(S *mat.SymDense) (*mat.SymDense, error) {
	var e mat.EigenSym
	if !e.Factorize(S, true) {
		return nil, fmt.Errorf("transport: a covariance has entries that are not finite")
	}
	λ := e.Values(nil)
	most := math.Max(math.Abs(λ[0]), math.Abs(λ[len(λ)-1]))
	if λ[0] < -1e-10*most {
		return nil, fmt.Errorf("transport: a covariance has the eigenvalue %.6g, expected none below 0", λ[0])
	}
	for i, v := range λ {
		λ[i] = math.Sqrt(math.Max(0, v))
	}
	var V, R mat.Dense
	e.VectorsTo(&V)
	R.Product(&V, mat.NewDiagDense(len(λ), λ), V.T())
	return symmetric(&R), nil
}

// symmetric is ½(M+Mᵀ).
func symmetric(M *mat.Dense) *mat.SymDense {
	d, _ := M.Dims()
	S := mat.NewSymDense(d, nil)
	for i := range d {
		for j := i; j < d; j++ {
			S.SetSym(i, j, (M.At(i, j)+M.At(j, i))/2)
		}
	}
	return S
}
