package spectrum

import (
	"context"
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"

	"glassy/lab/device"
	"glassy/lab/rng"
	"glassy/lab/run"
)

// Traces is what [Trace] has found.
type Traces struct {
	Name   string
	Dim    int      // n
	Trace  Estimate // tr A = Σ λ
	Square Estimate // tr A² = Σ λ²
	Status Status
	Steps  int // products
}

// Trace estimates tr A and tr A² by 2·Count products (p.Steps has no part in it),
// with far smaller errors than as many products of [Quadrature] where a few
// eigenvalues stand out: in the space of an orthonormal basis Q of A ω_1 … A ω_k
// it works the traces out, and samples only the rest. Each ω_i is such a sample,
// uniform on its sphere, for the basis without A ω_i, so that all serve for both
// (XTrace: Epperly, Tropp & Webber 2024). The errors are out of the scatter of the
// k estimates, the intervals Student's.
//
// An operator of rank below k is exhausted, and its traces have no error. When it
// is stopped, it uses the pairs of products that are done; of less than two the
// traces are NaN. Errors: a product that is not finite, an operator that is not
// symmetric.
func Trace(ctx context.Context, a Operator, p Probes) (*Traces, error) {
	_, n := a.check("Trace")
	if p.Count < 0 || p.Count == 1 {
		panic(fmt.Sprintf("spectrum: Trace: Count is %d, expected at least 2, or 0 for 10", p.Count))
	}
	if p.Count == 0 {
		p.Count = 10
	}
	run.Cite("epperly2024")
	t := &Traces{Name: a.name(), Dim: n, Status: Finished}
	k := newKrylov(&a, rng.Key(p.Seed))
	defer k.free()
	most := min(p.Count, n)
	z := k.dev.New(k.w.DType(), most*k.d) // A q_j, row by row
	defer k.dev.Free(z)
	ω := a.New()
	defer free(ω)

	var pairs []pair
	loop := run.Start(ctx, "trace of the "+a.name(), 2*most)
	defer loop.End()
	exhausted := false
	for j := 0; j < most && !exhausted; j++ {
		if ctx.Err() != nil {
			t.Status = Stopped
			break
		}
		k.draw(j, ω)
		a.Apply(ω, k.w)
		k.project(k.w)
		q := pair{ωω: k.dev.Dot(ω, ω), ωy: k.dev.Dot(ω, k.w), yy: k.dev.Dot(k.w, k.w), r: make([]float64, most)}
		t.Steps++
		loop.Add(1)
		if !finite(q.yy) {
			return nil, a.notFinite()
		}
		k.orthogonalise(q.r)
		k.orthogonalise(q.r)
		q.r[j] = k.norm()
		if exhausted = q.r[j] <= 1e3*epsilon(k.w.DType())*math.Sqrt(q.yy); exhausted {
			break
		}
		k.push(q.r[j])
		a.Apply(k.row(j), z.Slice(j*k.d, (j+1)*k.d))
		t.Steps++
		loop.Add(1)
		pairs = append(pairs, q)
	}
	m := len(pairs)
	h, g := k.products(z, m)
	if !(floats.Norm(h.RawMatrix().Data, 2) < math.Inf(1)) {
		return nil, a.notFinite()
	}
	var skew mat.Dense
	skew.Sub(h, h.T())
	if mat.Norm(&skew, 2) > asymmetry*mat.Norm(h, 2) {
		return nil, a.notSymmetric()
	}
	if exhausted || m == n {
		traceH, traceG := mat.Trace(h), mat.Trace(g)
		t.Trace, t.Square = Estimate{traceH, 0, traceH, traceH}, Estimate{traceG, 0, traceG, traceG}
		return t, nil
	}
	for j := range pairs {
		k.draw(j, k.w)
		pairs[j].ω = make([]float64, m)
		k.orthogonalise(pairs[j].ω)
	}
	t.Trace, t.Square = leaveOneOut(pairs, h, g, n)
	return t, nil
}

// A pair is what is kept of ω, y = Aω, and Q: inner products, and the two in
// coordinates of Q.
type pair struct {
	ωω, ωy, yy float64
	ω, r       []float64 // Qᵀω; Qᵀy, a column of the upper triangle R
}

// draw writes the j-th random vector, in the space that the operator acts on.
func (k *krylov) draw(j int, ω device.Vector) {
	k.dev.Normal(uint64(k.key.Split(uint64(j))), 0, 0, 1, ω)
	k.project(ω)
}

// products are H = QᵀZ and G = ZᵀZ, m×m, for the m rows of z, Z = AQ.
func (k *krylov) products(z device.Vector, m int) (h, g *mat.Dense) {
	for j := range m {
		k.project(z.Slice(j*k.d, (j+1)*k.d))
	}
	if m == 0 {
		return mat.NewDense(1, 1, nil), mat.NewDense(1, 1, nil)
	}
	out := k.dev.New(k.w.DType(), 2*m*m)
	defer k.dev.Free(out)
	for b := 0; b*blockRows < m; b++ {
		rows := min(blockRows, m-b*blockRows)
		k.dev.Gemm(false, true, rows, m, k.d, 1, k.blocks[b], k.d, z, k.d, 0, out.Slice(b*blockRows*m, m*m), m)
	}
	k.dev.Gemm(false, true, m, m, k.d, 1, z, k.d, z, k.d, 0, out.Slice(m*m, 2*m*m), m)
	all := device.Read[float64](out)
	return mat.NewDense(m, m, all[:m*m]), mat.NewDense(m, m, all[m*m:])
}

// leaveOneOut is the two estimates out of all pairs, n the dimension of the space:
// means over i of what ω_i says of the rest that the basis without y_i leaves.
func leaveOneOut(pairs []pair, h, g *mat.Dense, n int) (trace, square Estimate) {
	m := len(pairs)
	if m < 2 {
		nan := Estimate{math.NaN(), math.NaN(), math.NaN(), math.NaN()}
		return nan, nan
	}
	// Without y_i the basis is Q less the direction s, R e_j · s = 0 for j ≠ i: row
	// i of R⁻¹. R's condition is that of the spectrum; a direction slightly off
	// leaves out another of the basis, and no less is right.
	r := mat.NewTriDense(m, mat.Upper, nil)
	for j, p := range pairs {
		for i := range j + 1 {
			r.SetTri(i, j, p.r[i])
		}
	}
	var inverse mat.TriDense
	_ = inverse.InverseTri(r)
	traces, squares := make([]float64, m), make([]float64, m)
	s, c := mat.NewVecDense(m, nil), mat.NewVecDense(m, nil)
	for i, p := range pairs {
		for j := range m {
			s.SetVec(j, inverse.At(i, j))
		}
		s.ScaleVec(1/mat.Norm(s, 2), s)
		ω, y := mat.NewVecDense(m, p.ω), mat.NewVecDense(m, p.r[:m])
		c.AddScaledVec(ω, -mat.Dot(s, ω), s) // what ω has in that basis
		scale := float64(n-m+1) / (p.ωω - mat.Dot(c, c))
		traces[i] = mat.Trace(h) - mat.Inner(s, h, s) + scale*(p.ωy-2*mat.Dot(c, y)+mat.Inner(c, h, c))
		squares[i] = mat.Trace(g) - mat.Inner(s, g, s) + scale*(p.yy-2*mat.Inner(c, h, y)+mat.Inner(c, g, c))
	}
	return student(traces), student(squares)
}

// shared is by how much more the mean of estimates that share a basis scatters than
// that of independent ones: 1.0 to 1.6 on spectra that are flat, have outliers or a
// long tail (the worst of these at 60 vectors in 200 dimensions).
const shared = 1.4

// student is the mean of estimates with its standard error and Student's interval.
func student(sample []float64) Estimate {
	mean, sd := stat.MeanStdDev(sample, nil)
	n := float64(len(sample))
	e := shared * stat.StdErr(sd, n)
	half := e * distuv.StudentsT{Mu: 0, Sigma: 1, Nu: n - 1}.Quantile(0.975)
	return Estimate{mean, e, mean - half, mean + half}
}

// Norm is the Frobenius norm of A, √(tr A²).
func (t *Traces) Norm() Estimate {
	root := math.Sqrt(max(0, t.Square.Value))
	return Estimate{root, t.Square.Error / (2 * root), math.Sqrt(max(0, t.Square.Low)), math.Sqrt(max(0, t.Square.High))}
}

// String is one line: both traces, with errors.
func (t *Traces) String() string {
	return fmt.Sprintf("%s: trace %v, Frobenius norm %v, %s after %d products", t.Name, t.Trace, t.Norm(), t.Status, t.Steps)
}
