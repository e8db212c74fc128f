package glass

import (
	"math"
	"math/cmplx"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/integrate/quad"
	"gonum.org/v1/gonum/mat"
)

// A gap is the generating function of the number of eigenvalues of GOE(N) above
// t as a determinant,
//
//	E(ξ) = E Π_i (1 − ξ 1{λ_i > t}),  E(ξ)² = det A(ξ)/det A(0),
//
// A_jk(ξ) = ∬ ½sgn(x−y) φ_j(x) φ_k(y) (1−ξχ(x)) (1−ξχ(y)), χ = 1 above s = t/√2
// (de Bruijn), for even N. The Hermite functions make A(0) the inverse of T, the
// matrix of d/dx between them but for φ_N; e below is the unit vector of the
// last one, from which it would be reached. With u(x) = ∫_x^∞ φ, vectors of N
// functions, U = u(s), c = ½∫φ, a = √(N/2) u_N, ζ = ξ(2−ξ), and by parts,
//
//	T A(ξ) = I − ζ∫_s^∞ φφᵀ − φ(s) vᵀ + e [ζ∫_s^∞ aφ + a(s) v + ξβU]ᵀ
//
// v = ξc − ½ζU, β = −½√(N/2) ∫φ_N. For odd N the matrix has a border ∫φ(1−ξχ);
// then β = −1/∫φ_{N−1}, and one more row and column, o below, stand for the
// border. Gauss's points in place of the integrals make it I − XYᵀ with few
// columns, whose determinant is that of I − YᵀX: √w_i φ(x_i) at the nodes, φ(s),
// e, and o. All functions are smooth: the error falls exponentially in the
// number of points.
type gap struct {
	nodes int         // the leading part of YᵀX, symmetric
	ξ, ζ  [][]float64 // YᵀX = ξ·(the one) + ζ·(the other)
}

func (n GOE) gap(t float64) gap {
	N := float64(n)
	s, edge := t/math.Sqrt2, math.Sqrt(2*N)
	m := 48 + 4*int(n.above(t))
	if n <= 24 {
		m += 24
	}
	nodes, weights := make([]float64, m+1), make([]float64, m)
	quad.Legendre{}.FixedLocations(nodes[:m], weights, s, math.Max(s, edge)+11/math.Pow(N, 1.0/6))
	nodes[m] = s

	total := hermiteTotals(int(n))
	last := int(n) - 1
	β := -math.Sqrt(N/2) * total[n] / 2
	if n%2 == 1 {
		β = -1 / total[last]
	}
	a, uLast := make([]float64, m+1), make([]float64, m+1) // at each node; u_{N−1}
	φ := make([][]float64, m+1)                            // at each node, len N
	u := make([]float64, n)                                // at s, the last node
	for i, x := range nodes {
		φ[i] = make([]float64, n)
		h := hermiteAt(x)
		for k := range φ[i] {
			φ[i][k] = h.φ * h.scale
			u[k] = h.u * h.scale
			h.next()
		}
		uLast[i] = u[last]
		a[i] = math.Sqrt(N/2) * h.u * h.scale
	}

	size := m + 2 + int(n%2)
	e, o := m+1, m+2
	g := gap{nodes: m, ξ: make([][]float64, size), ζ: make([][]float64, size)}
	for r := range size {
		g.ξ[r], g.ζ[r] = make([]float64, size), make([]float64, size)
	}
	// Of each column of X: its products with √w_i φ(x_i), with c and with U.
	q := make([]float64, m)
	for b := range size {
		var qc, qU float64
		switch b {
		case e:
			for i := range q {
				q[i] = math.Sqrt(weights[i]) * φ[i][last]
			}
			qc, qU = total[last]/2, u[last]
		case o:
			clear(q)
			qc = 1
		default:
			scale := 1.0
			if b < m {
				scale = math.Sqrt(weights[b])
			}
			for i := range q {
				if i < b && b < m {
					q[i] = g.ζ[b][i]
				} else {
					q[i] = math.Sqrt(weights[i]) * scale * floats.Dot(φ[i], φ[b])
				}
			}
			qc, qU = scale/2*floats.Dot(total[:n], φ[b]), scale*floats.Dot(u, φ[b])
		}
		aq, uq := 0.0, 0.0 // ∫aφ and ∫u_{N−1}φ
		for i, v := range q {
			g.ζ[i][b] = v
			aq += math.Sqrt(weights[i]) * a[i] * v
			uq += math.Sqrt(weights[i]) * uLast[i] * v
		}
		g.ξ[m][b], g.ζ[m][b] = qc, -qU/2 // v
		g.ξ[e][b], g.ζ[e][b] = -a[m]*qc-β*qU, a[m]*qU/2-aq
		if o < size {
			g.ξ[o][b], g.ζ[o][b] = -β*uLast[m]*qc-qU/2, β*uLast[m]*qU/2-β*uq
		}
		if b < m { // for the columns after: symmetric
			copy(g.ζ[b], q)
		}
	}
	return g
}

// logNone returns log E(1), the logarithm of the probability of no eigenvalue
// above t.
func (g gap) logNone() float64 {
	k := make([][]float64, len(g.ξ))
	for r := range k {
		k[r] = make([]float64, len(k))
		floats.AddTo(k[r], g.ξ[r], g.ζ[r])
	}
	return logDetOneMinus(k, g.nodes) / 2
}

// A spectral gap has the leading part of YᵀX, ζ times a symmetric matrix, by its
// eigenvalues, so that each value of E takes a few operations for each node.
type spectralGap struct {
	λ []float64

	// The rows and columns beside it, in the basis of its eigenvectors, and what
	// is where they meet; ξ and ζ as in gap, the rows by node.
	right      [][]float64 // ζ part: the ξ part is 0
	ξ, ζ       [][]float64
	ξEnd, ζEnd [][]float64
}

func (g gap) spectral() spectralGap {
	m, border := g.nodes, len(g.ξ)-g.nodes
	lead := mat.NewSymDense(m, nil)
	for i := range m {
		for j := i; j < m; j++ {
			lead.SetSym(i, j, g.ζ[i][j])
		}
	}
	var eigen mat.EigenSym
	if !eigen.Factorize(lead, true) {
		panic("glass: GOE: the eigenvalues of a kernel were not found")
	}
	var vectors mat.Dense
	eigen.VectorsTo(&vectors)
	s := spectralGap{λ: eigen.Values(nil)}
	turned := func(x []float64) []float64 {
		var y mat.VecDense
		y.MulVec(vectors.T(), mat.NewVecDense(m, x))
		return y.RawVector().Data
	}
	for r := range border {
		column := make([]float64, m)
		for i := range column {
			column[i] = g.ζ[i][m+r]
		}
		s.right = append(s.right, turned(column))
		s.ξ, s.ζ = append(s.ξ, turned(g.ξ[m+r][:m])), append(s.ζ, turned(g.ζ[m+r][:m]))
		s.ξEnd, s.ζEnd = append(s.ξEnd, g.ξ[m+r][m:]), append(s.ζEnd, g.ζ[m+r][m:])
	}
	return s
}

// square returns E(ξ)² at ξ = 1 − z: the product of the leading part's
// 1 − ζλ, times the determinant of what elimination leaves of the border.
func (s spectralGap) square(z complex128) complex128 {
	ξ, ζ := 1-z, 1-z*z
	border := len(s.right)
	var k [3][3]complex128 // I − YᵀX − …
	for r := range 3 {
		k[r][r] = 1
	}
	for r := range border {
		for c := range border {
			k[r][c] -= ξ*complex(s.ξEnd[r][c], 0) + ζ*complex(s.ζEnd[r][c], 0)
		}
	}
	product := complex(1, 0)
	for i, λ := range s.λ {
		pivot := 1 - ζ*complex(λ, 0)
		product *= pivot
		for r := range border {
			row := (ξ*complex(s.ξ[r][i], 0) + ζ*complex(s.ζ[r][i], 0)) * ζ / pivot
			for c := range border {
				k[r][c] -= row * complex(s.right[c][i], 0)
			}
		}
	}
	minor := func(i, j int) complex128 { return k[1][i]*k[2][j] - k[1][j]*k[2][i] }
	return product * (k[0][0]*minor(1, 2) - k[0][1]*minor(0, 2) + k[0][2]*minor(0, 1))
}

// coefficients sets p to the first coefficients of E in powers of z = 1 − ξ, by
// its values at points of a circle; those lost in rounding to 0.
func (s spectralGap) coefficients(p []float64, radius float64, points int) {
	clear(p)
	last, top := complex(1, 0), 0.0
	for j := 0; j <= points/2; j++ {
		turn := 2 * math.Pi * float64(j) / float64(points)
		e := cmplx.Sqrt(s.square(cmplx.Rect(radius, turn)))
		if real(e)*real(last)+imag(e)*imag(last) < 0 {
			e = -e
		}
		last, top = e, math.Max(top, cmplx.Abs(e))
		w := 2 / float64(points) // and the conjugate point
		if j == 0 || 2*j == points {
			w /= 2
		}
		for k := range p {
			p[k] += w * real(e*cmplx.Rect(math.Pow(radius, -float64(k)), -turn*float64(k)))
		}
	}
	for k := range p {
		if p[k] < 1e-15*top*math.Pow(radius, -float64(k)) {
			p[k] = 0
		}
	}
}

// logDetOneMinus returns log det(I − k), −∞ if that is not positive, and
// overwrites k. The leading part of k, of that size, is positive definite and
// below I; the rest is of at most three rows. The result is relatively exact
// where k is small.
func logDetOneMinus(k [][]float64, definite int) float64 {
	log := 0.0
	for r := range definite {
		pivot := 1 - k[r][r]
		if !(pivot > 0) {
			return math.Inf(-1)
		}
		log += math.Log1p(-k[r][r])
		for i := r + 1; i < len(k); i++ {
			floats.AddScaled(k[i][r+1:], k[i][r]/pivot, k[r][r+1:])
		}
	}
	at := func(i, j int) float64 {
		if i, j = i+definite, j+definite; i < len(k) && j < len(k) {
			return k[i][j]
		}
		return 0
	}
	minor := func(i, j int) float64 { return at(i, i)*at(j, j) - at(i, j)*at(j, i) }
	// det(I − k) of 3 rows is 1 − trace + principal minors − det.
	trace := at(0, 0) + at(1, 1) + at(2, 2)
	det := at(2, 2)*minor(0, 1) - at(2, 1)*(at(0, 0)*at(1, 2)-at(0, 2)*at(1, 0)) + at(2, 0)*(at(0, 1)*at(1, 2)-at(0, 2)*at(1, 1))
	rest := trace - (minor(0, 1) + minor(0, 2) + minor(1, 2)) + det
	if !(rest < 1) {
		return math.Inf(-1)
	}
	return log + math.Log1p(-rest)
}
