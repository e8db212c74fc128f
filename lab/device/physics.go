package device

import "fmt"

// Physics is the inner loops of spin glasses, of diffusions and of maps of their
// end points.
type Physics interface {
	// Spins is a homogeneous polynomial of degree p ≥ 1 in n variables, and its
	// gradient, at m points: the rows of sigma, m×n. For each row σ,
	//	energy = scale · Σ c[i₁…i_p] σ[i₁]⋯σ[i_p]   over i₁ ≤ … ≤ i_p
	//	gradient[l] = ∂energy/∂σ[l]
	// where couplings holds the c, one for each monomial, in lexicographic order
	// of the indices: [Monomials](p, n) numbers. energy has m, gradient m×n; add
	// is for mixed models, whose parts are of several degrees. How a row is rounded
	// depends on m, as a product of matrices does: the same rows of as many give the
	// same bits, on any number of threads.
	//
	// The p-spin glass scale·Σ J[i₁…i_p] σ[i₁]⋯σ[i_p], over all n^p tuples and
	// with J independent standard normal numbers, is this with c the sum of J over
	// the orders of its indices, so a normal number whose variance is how many
	// there are: p!/Π n_v!, n_v the times that index v occurs. Its scale is
	// -N^(-(p-1)/2) for E H² = N on |σ|² = N = n ((2.4), Auffinger et al. 2013).
	Spins(p, n, m int, scale float64, couplings, sigma Vector, add bool, energy, gradient Vector)

	// Walkers moves the points x, n×Dim, by w.Steps steps of the Euler-Maruyama
	// scheme for dx = -f(x) dt + noise (Maruyama 1955): at step s, for each
	// coordinate a of walker i, all coordinates of it at once,
	//	x[i,a] += -Delta·(f_a(x[i,a]) + Σ_b Coupling[a][b]·x[i,b]) + Noise[a]·ξ
	// with ξ the normal number Offset + s·Stride + i·Dim + a of the stream of Key,
	// Stride 0 standing for n·Dim, or the next even number. force holds f, Dim rows
	// of Powers + 3·Waves + 2·Exponentials numbers c; (A, ω, φ); (S, R):
	//	f_a(x) = Σ_k c_k x^k + Σ A sin(ωx+φ) + Σ S exp(Rx)
	// A walk in two calls is the walk in one, to the bit: for the steps from s on
	// add s·Stride to Offset; for the walkers from i on add i·Dim, and give each
	// call the Stride of the whole.
	Walkers(w Walk, force, x Vector)

	// SphereSteps makes a step of gradient descent on the sphere |x| = radius at m
	// points, the rows of x, m×n, each for itself. With g the row of gradient,
	//	t = g - (x·g/x·x) x,  norms[r] = |t|
	// and, where tolerance < |t| < ∞,
	//	x = radius·(x - rate·t)/|x - rate·t|,  steps[r]++
	// so that a row that has arrived, or whose gradient is not finite, stays as it
	// is. Radius 0 is the plane: t = g, x -= rate·t. All is computed in float64 and
	// rounded to the vectors' type once; the new |x| is radius to n roundings of
	// that type. steps is Int32.
	SphereSteps(n, m int, radius, rate, tolerance float64, x, gradient, norms, steps Vector)

	// Repulsion and Attraction are the two parts of the gradient of t-SNE (van der
	// Maaten & Hinton 2008, (5)) at a map of n points y, n×2, whose affinities
	// before their sum is set to 1 are q_ij = 1/(1+|y_i-y_j|²):
	//	∂KL/∂y_i = 4 (attraction_i - repulsion_i/Z),  Z = Σ z
	// Repulsion goes through all pairs, n² of them:
	//	force[i] = Σ_{j≠i} q_ij² (y_i-y_j),  z[i] = Σ_{j≠i} q_ij
	// Sums are added up in float64, but for groups of up to 256 terms.
	Repulsion(n int, y, force, z Vector)
	// Attraction goes through the entries p_ij of a sparse matrix: those of row i
	// are the numbers rows[i] … rows[i+1]-1 of p, and of columns, where their j stand.
	// Both are Int32, rows of length n+1.
	//	force[i] = Σ_j p_ij q_ij (y_i-y_j),  loss[i] = Σ_j p_ij log(1+|y_i-y_j|²)
	// so that KL = Σ p log p + Σ loss + log Z · Σ p. loss may be empty. Rows that do
	// not ascend, and places and columns out of range, panic, at the latest when a
	// result is read.
	Attraction(n int, rows, columns, p, y, force, loss Vector)
}

// Monomials is the number of monomials of degree p in n variables, (n+p-1 over p).
func Monomials(p, n int) int {
	if p < 0 || n < 0 {
		panic(fmt.Sprintf("device: Monomials: p is %d and n %d, expected none below 0", p, n))
	}
	if n == 0 && p > 0 {
		return 0
	}
	c := 1
	for k := range p {
		next := c * (n + k) / (k + 1) // exact: a product of k+1 neighbours
		if next < c || c > (1<<62)/(n+k) {
			panic(fmt.Sprintf("device: Monomials: p is %d and n %d, expected fewer than 2⁶² monomials", p, n))
		}
		c = next
	}
	return c
}

// A Walk is what Walkers does to its points. Overdamped Langevin dynamics in the
// potential f at temperature T has the slope of f as force and Noise √(2 T Delta).
type Walk struct {
	Dim   int // 1 or 2
	Steps int
	Delta float64 // the time of a step

	Powers, Waves, Exponentials int // how many terms of each kind f_a has

	Noise    [2]float64    // standard deviation of what a step adds to each coordinate
	Coupling [2][2]float64 // the linear part of the force, for Dim 2

	Key, Offset, Stride uint64 // where the noise is; Stride is even
}

// Row is the number of numbers that describe the force on one coordinate.
func (w Walk) Row() int { return w.Powers + 3*w.Waves + 2*w.Exponentials }

// Checked is w as a device takes it for so many numbers: with its Stride. It
// panics unless w is a walk.
func (w Walk) Checked(numbers int) Walk {
	switch {
	case w.Dim != 1 && w.Dim != 2:
		panic(fmt.Sprintf("device: Walkers: Dim is %d, expected 1 or 2", w.Dim))
	case w.Steps < 0:
		panic(fmt.Sprintf("device: Walkers: Steps is %d, expected at least 0", w.Steps))
	case w.Powers < 0 || w.Waves < 0 || w.Exponentials < 0:
		panic(fmt.Sprintf("device: Walkers: Powers, Waves, Exponentials are %d, %d, %d, expected none below 0", w.Powers, w.Waves, w.Exponentials))
	case w.Stride%2 != 0:
		panic(fmt.Sprintf("device: Walkers: Stride is %d, expected an even number", w.Stride))
	case numbers%w.Dim != 0:
		panic(fmt.Sprintf("device: Walkers: length of x is %d, expected a multiple of %d", numbers, w.Dim))
	}
	if w.Stride == 0 {
		w.Stride = uint64(numbers+1) / 2 * 2
	}
	return w
}
