package glass

import (
	"sync"

	"gonum.org/v1/gonum/floats"

	"glassy/lab/device"
)

// A polynomial that is odd in t, of degree below 2K, has the slope
// Σ_k nodeWeight(k)·(f(t_k) - f(-t_k)) at 0 for the K nodes t_k.

// node is t_k = (k+1)/K.
func node(k, K int) float64 { return float64(k+1) / float64(K) }

// nodeWeight is the Lagrange polynomial in t² of node k at 0, over 2 t_k.
func nodeWeight(k, K int) float64 {
	w := 1 / (2 * node(k, K))
	s := node(k, K) * node(k, K)
	for j := range K {
		if r := node(j, K) * node(j, K); j != k {
			w *= r / (r - s)
		}
	}
	return w
}

// hostCouplings is the couplings of each term on the host, copied once for all
// copies of a glass that is elsewhere or in single precision.
type hostCouplings struct {
	once  sync.Once
	terms [][]float64
}

func (g *Glass) hostTerms() [][]float64 {
	g.host.once.Do(func() {
		for _, t := range g.terms {
			if mem, _ := t.couplings.Memory(); mem == nil && g.dtype == device.Float64 {
				g.host.terms = append(g.host.terms, device.Host[float64](t.couplings))
			} else {
				g.host.terms = append(g.host.terms, device.Read[float64](t.couplings))
			}
		}
	})
	return g.host.terms
}

// Hessian writes ∇²H(σ), the Hessian in R^N, to h, N×N. It is made on the host,
// in float64, by going through the couplings once: N³ operations for p = 3. On
// the sphere the Hessian is P[∇²H - (σ·∇H/N) I]P with the projection P = I -
// σσᵀ/N, and has one direction less.
func (g *Glass) Hessian(σ, h device.Vector) {
	g.check("Hessian", "σ", σ, g.n)
	g.check("Hessian", "h", h, g.n*g.n)
	x := device.Read[float64](σ)
	H := make([]float64, g.n*g.n)
	for i, c := range g.hostTerms() {
		if t := g.terms[i]; t.degree >= 2 {
			addHessian(t.degree, g.n, t.scale(g.n), c, x, H)
		}
	}
	for i := range g.n { // the upper triangle was made
		for j := range i {
			H[i*g.n+j] = H[j*g.n+i]
		}
	}
	upload(h, H)
}

// addHessian adds scale times the second derivatives of Σ c σ[i₁]⋯σ[i_p] to the
// upper triangle of H. The c with the same first p-1 indices I stand together
// and make Π_I σ · Σ_k c_k σ_k.
func addHessian(p, n int, scale float64, c, σ, H []float64) {
	index := newMultiIndex(p-1, n)
	// without is the product of σ over I but for the indices at a and b.
	without := func(a, b int) float64 {
		w := scale
		for d, i := range index.i {
			if d != a && d != b {
				w *= σ[i]
			}
		}
		return w
	}
	for more := true; more; more = index.next() {
		last := index.i[p-2]
		row := c[:n-last]
		c = c[n-last:]
		// One derivative by an index of I, the other by k.
		for a, i := range index.i {
			w, to := without(a, -1), H[i*n+last:(i+1)*n]
			floats.AddScaled(to, w, row)
			if i == last { // k = last is on the diagonal, once for each order
				to[0] += w * row[0]
			}
		}
		// Both by indices of I.
		if p > 2 {
			dot := floats.Dot(row, σ[last:])
			for b, j := range index.i {
				for a, i := range index.i[:b] {
					w := without(a, b) * dot
					if i == j {
						w *= 2
					}
					H[i*n+j] += w
				}
			}
		}
	}
}
