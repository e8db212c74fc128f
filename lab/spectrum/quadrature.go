package spectrum

import (
	"context"
	"fmt"

	"glassy/lab/rng"
	"glassy/lab/run"
)

// Probes says how [Quadrature] looks at an operator. The zero value works.
type Probes struct {
	Count int    // n_v, random vectors; 0: 10
	Steps int    // m, products for each; 0: 100
	Seed  uint64 // of the random vectors
}

// Sampled is what [Quadrature] has found: a Law.
type Sampled struct {
	Law
	Status Status
	Steps  int // products, of all probes
}

// Quadrature finds the law of the eigenvalues of a by stochastic Lanczos
// quadrature (Golub & Welsch 1969; Bai, Fahey & Golub 1996; Ubaru, Chen & Saad
// 2017): for a random unit vector v, uniform on the sphere, vᵀ f(A) v has mean
// tr f(A)/n, and m steps of Lanczos's iteration from v give the Gauss rule for it,
// exact for polynomials f of degree 2m-1: the nodes are the eigenvalues of T, the
// weights the squares of the first components of its eigenvectors.
//
// The error of a mean falls as the dimensions grow, while what the rule tells apart
// hangs on m alone: in many dimensions one long probe says more of the eigenvalues
// near zero than many short ones.
//
// When it is stopped it keeps the probes that are through, or else the nodes that
// its first one has by then. Errors: a product that is not finite, an operator
// that is not symmetric.
func Quadrature(ctx context.Context, a Operator, p Probes) (*Sampled, error) {
	_, n := a.check("Quadrature")
	if p.Count < 0 || p.Steps < 0 {
		panic(fmt.Sprintf("spectrum: Quadrature: Count is %d, Steps %d, expected at least 0", p.Count, p.Steps))
	}
	if p.Count == 0 {
		p.Count = 10
	}
	if p.Steps == 0 {
		p.Steps = 100
	}
	run.Cite("golub1969", "ubaru2017")
	steps := min(p.Steps, n)
	k := newKrylov(&a, rng.Key(p.Seed))
	defer k.free()

	q := &Sampled{Law: Law{Name: a.name(), Dim: n}}
	loop := run.Start(ctx, "spectrum of the "+a.name(), p.Count*steps)
	defer loop.End()
	for range p.Count {
		k.restart()
		k.random()
		exhausted := false
		for k.steps() < steps && !exhausted && ctx.Err() == nil {
			var err error
			if exhausted, err = k.step(); err != nil {
				return nil, err
			}
			q.Steps++
			loop.Add(1)
		}
		whole := k.steps() == steps || exhausted
		if !whole {
			q.Status = Stopped
		}
		if k.steps() > 0 && (whole || len(q.Rules) == 0) {
			nodes, s, err := k.ritz()
			if err != nil {
				return nil, fmt.Errorf("spectrum: %s: %w", a.name(), err)
			}
			m := len(nodes)
			weights := make([]float64, m)
			for i := range weights {
				weights[i] = s[i*m] * s[i*m]
			}
			q.Rules = append(q.Rules, Rule{Nodes: nodes, Weights: weights, Exact: exhausted || m == n})
		}
		if !whole {
			break
		}
	}
	return q, nil
}

// String is that of the law, and whether the probes are fewer than asked for.
func (q *Sampled) String() string {
	if q.Status != Finished {
		return fmt.Sprintf("%v; %v", &q.Law, q.Status)
	}
	return q.Law.String()
}
