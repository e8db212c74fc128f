package spectrum

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"glassy/lab/device"
	"glassy/lab/rng"
	"glassy/lab/run"
)

// Ends says which eigenvalues [Lanczos] is to find. One of Low and High must be
// given; of the rest the zero value works.
type Ends struct {
	Low, High int     // how many of the smallest, of the largest
	Tolerance float64 // of |Av - λv|, in units of the largest |λ|; 0: √ε of the operator's type, 1e-8 or 2e-4
	MaxSteps  int     // products at most; 0: 1000
	Seed      uint64  // of the random vector that it starts from
}

// A Pair is an eigenvalue with its eigenvector.
type Pair struct {
	Value float64
	// Residual is |Av - λv|: an eigenvalue lies that near to Value, and where the
	// others are a gap away, within Residual²/gap (Parlett 1998, section 4.5).
	Residual float64
	Vector   device.Vector // of length 1
}

// Extremes is what [Lanczos] has found, from each end inwards.
type Extremes struct {
	Name      string
	Low, High []Pair  // the smallest, ascending; the largest, descending
	Tolerance float64 // the residual that was asked for
	Status    Status
	Steps     int
}

// Lanczos finds eigenvalues at the ends of the spectrum of a, with eigenvectors,
// by Lanczos's iteration. It stops when all residuals are as small as asked for,
// and then measures them, by one more product each; when it is stopped, or out of
// steps, it returns the best there is with the residuals that the iteration
// implies.
//
// An eigenvalue whose eigenvectors are a plane may come out once only: products
// never leave the direction in it that the start has. Errors: a product that is
// not finite, an operator that is not symmetric.
func Lanczos(ctx context.Context, a Operator, e Ends) (*Extremes, error) {
	_, n := a.check("Lanczos")
	wanted := e.Low + e.High
	if e.Low < 0 || e.High < 0 || wanted < 1 || wanted > n {
		panic(fmt.Sprintf("spectrum: Lanczos: Low is %d and High %d, expected 1 to %d together, the dimensions of the %s", e.Low, e.High, n, a.name()))
	}
	if e.MaxSteps < 0 || !(e.Tolerance >= 0) {
		panic(fmt.Sprintf("spectrum: Lanczos: MaxSteps is %d, Tolerance %v, expected at least 0", e.MaxSteps, e.Tolerance))
	}
	run.Cite("parlett1998")
	k := newKrylov(&a, rng.Key(e.Seed))
	defer k.free()
	if e.Tolerance == 0 {
		e.Tolerance = math.Sqrt(epsilon(k.w.DType()))
	}
	if e.MaxSteps == 0 {
		e.MaxSteps = 1000
	}
	steps := min(n, max(e.MaxSteps, wanted))

	x := &Extremes{Name: a.name(), Status: Limited}
	loop := run.Start(ctx, "eigenvalues of the "+a.name(), steps)
	k.random()
	check := wanted
	for range loop.Steps() {
		exhausted, err := k.step()
		if err != nil {
			return nil, err
		}
		m := k.steps()
		if exhausted && m < n {
			k.random()
		}
		// Each look costs m³: they are as far apart as a sixth of the way.
		if m < check && m < steps {
			continue
		}
		check = m + max(4, m/6)
		if _, err := x.look(k, e); err != nil {
			return nil, err
		}
		if m == n || x.done() {
			x.Status = Finished
			break
		}
	}
	if x.Status == Limited && loop.Err() != nil {
		x.Status = Stopped
	}
	x.Steps = k.steps()
	if x.Steps == 0 {
		return x, nil
	}
	chosen, err := x.look(k, e)
	if err != nil {
		return nil, err
	}
	v := k.vectors(chosen)
	x.each(func(i int, p *Pair) { p.Vector = v.Slice(i*k.d, (i+1)*k.d) })
	if x.Status == Finished {
		x.measure(k)
	}
	return x, nil
}

// look reads values and residuals off T; it returns the eigenvectors of T that
// they belong to, those of Low first.
func (x *Extremes) look(k *krylov, e Ends) (s []float64, err error) {
	values, all, err := k.ritz()
	if err != nil {
		return nil, fmt.Errorf("spectrum: %s: %w", x.Name, err)
	}
	m := len(values)
	x.Tolerance = e.Tolerance * max(math.Abs(values[0]), math.Abs(values[m-1]))
	low := min(e.Low, m)
	high := min(e.High, m-low)
	pick := func(i int) Pair {
		s = append(s, all[i*m:(i+1)*m]...)
		return Pair{Value: values[i], Residual: k.beta[m-1] * math.Abs(all[i*m+m-1])}
	}
	x.Low, x.High = nil, nil
	for i := range low {
		x.Low = append(x.Low, pick(i))
	}
	for i := range high {
		x.High = append(x.High, pick(m-1-i))
	}
	return s, nil
}

// done says that all residuals are small enough.
func (x *Extremes) done() bool {
	return !slices.ContainsFunc(slices.Concat(x.Low, x.High), func(p Pair) bool { return p.Residual > x.Tolerance })
}

// each calls f for all pairs, those of Low first.
func (x *Extremes) each(f func(i int, p *Pair)) {
	for i := range x.Low {
		f(i, &x.Low[i])
	}
	for i := range x.High {
		f(len(x.Low)+i, &x.High[i])
	}
}

// measure replaces the residuals by those that a product with each vector shows.
func (x *Extremes) measure(k *krylov) {
	x.each(func(_ int, p *Pair) {
		k.a.Apply(p.Vector, k.w)
		k.project(k.w)
		k.dev.Axpy(-p.Value, p.Vector, k.w)
		p.Residual = k.norm()
	})
}

// String is a line for each end, with the error bounds.
func (x *Extremes) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s after %d products", x.Name, x.Status, x.Steps)
	line := func(what string, pairs []Pair) {
		if len(pairs) == 0 {
			return
		}
		fmt.Fprintf(&b, "\n%s", what)
		sep := " "
		for _, p := range pairs {
			fmt.Fprintf(&b, "%s%.6g ± %.1g", sep, p.Value, p.Residual)
			sep = ", "
		}
	}
	line("largest ", x.High)
	line("smallest", x.Low)
	return b.String()
}
