package spectrum

import (
	"math"

	"glassy/lab/device"
	"glassy/lab/rng"
)

// krylov is the Lanczos iteration (Golub & Van Loan 2013, section 10.1) with full
// re-orthogonalisation: A Qᵀ = Qᵀ T + β q eᵀ with orthonormal rows q_0 … q_{m-1}
// of Q and T tridiagonal.
type krylov struct {
	a      *Operator
	dev    device.Device
	d      int
	blocks []device.Vector // of the rows of Q, blockRows each
	rows   int             // of Q that are there: m, or m+1 with the next one
	w      device.Vector   // the product in work
	c      device.Vector   // blockRows numbers
	read   []float64       // what c holds
	key    rng.Key         // of the random vectors,
	drawn  uint64          // as many so far

	alpha, beta []float64 // diagonal of T, len m; beta[i] couples i and i+1, the last one m-1 and what is next
	scale       float64   // a lower bound of |A|
	skew        float64   // the largest number that a symmetric A would make 0
}

const blockRows = 32

func newKrylov(a *Operator, key rng.Key) *krylov {
	w := a.New()
	return &krylov{
		a: a, dev: w.Device(), d: w.Len(), w: w, key: key,
		c: w.Device().New(w.DType(), blockRows), read: make([]float64, blockRows),
	}
}

// free gives the memory back.
func (k *krylov) free() {
	free(k.w)
	free(k.c)
	for _, b := range k.blocks {
		free(b)
	}
}

// restart forgets all but the memory.
func (k *krylov) restart() {
	k.rows, k.alpha, k.beta = 0, k.alpha[:0], k.beta[:0]
}

// steps is m.
func (k *krylov) steps() int { return len(k.alpha) }

func (k *krylov) row(i int) device.Vector {
	b, r := k.blocks[i/blockRows], i%blockRows
	return b.Slice(r*k.d, (r+1)*k.d)
}

// push makes w, divided by its length, the next row.
func (k *krylov) push(length float64) {
	if k.rows == len(k.blocks)*blockRows {
		k.blocks = append(k.blocks, k.dev.New(k.w.DType(), blockRows*k.d))
	}
	q := k.row(k.rows)
	k.rows++
	k.dev.Copy(q, k.w)
	k.dev.Scale(1/length, q)
}

// random makes a random direction, orthogonal to all rows, the next row: uniform
// on the sphere where there is none yet.
func (k *krylov) random() {
	for {
		k.dev.Normal(uint64(k.key.Split(k.drawn)), 0, 0, 1, k.w)
		k.drawn++
		before := k.norm()
		k.orthogonalise(nil)
		k.orthogonalise(nil)
		// What is left must be more than the rounding of what was taken away.
		if length := k.norm(); length > 1e3*epsilon(k.w.DType())*before {
			k.push(length)
			return
		}
	}
}

func (k *krylov) norm() float64 { return math.Sqrt(k.dev.Dot(k.w, k.w)) }

// project takes from v what it has along the operator's normal.
func (k *krylov) project(v device.Vector) {
	if n := k.a.Normal; n.Len() > 0 {
		k.dev.Axpy(-k.dev.Dot(n, v), n, v)
	}
}

// orthogonalise takes from w what it has along the normal and along all rows,
// and adds that, row by row, to taken unless it is nil.
func (k *krylov) orthogonalise(taken []float64) {
	k.project(k.w)
	for b := 0; b*blockRows < k.rows; b++ {
		q, m := k.blocks[b], min(blockRows, k.rows-b*blockRows)
		c := k.c.Slice(0, m)
		k.dev.Gemm(false, false, m, 1, k.d, 1, q, k.d, k.w, 1, 0, c, 1)
		k.dev.Gemm(true, false, k.d, 1, m, -1, q, k.d, c, 1, 1, k.w, 1)
		if taken != nil {
			k.dev.Download(device.Of(k.read[:m]), c)
			for i, v := range k.read[:m] {
				taken[b*blockRows+i] += v
			}
		}
	}
}

// step adds a row and a column to T. It reports whether the space that products
// can reach from the rows is exhausted: then the next row is still to be drawn.
func (k *krylov) step() (exhausted bool, err error) {
	m := k.steps()
	k.a.Apply(k.row(m), k.w)
	// Once takes away all but rounding of the size of the product, which may be
	// most of what is left; twice is enough (Parlett 1998, section 6.9).
	taken := make([]float64, k.rows)
	k.orthogonalise(taken)
	k.orthogonalise(taken)
	alpha, beta := taken[m], k.norm()
	if !finite(alpha) || !finite(beta) {
		return false, k.a.notFinite()
	}
	k.scale = max(k.scale, math.Hypot(alpha, beta))
	for i, v := range taken[:m] {
		if i == m-1 {
			v -= k.beta[m-1]
		}
		k.skew = max(k.skew, math.Abs(v))
	}
	if k.skew > asymmetry*k.scale {
		return false, k.a.notSymmetric()
	}
	// A beta of the size of rounding is noise, which would do as a random vector.
	exhausted = beta <= 4*epsilon(k.w.DType())*k.scale
	if exhausted {
		beta = 0
	} else {
		k.push(beta)
	}
	k.alpha, k.beta = append(k.alpha, alpha), append(k.beta, beta)
	return exhausted, nil
}

// ritz is the eigenvalues of T, ascending, and its orthonormal eigenvectors s:
// s[i*m+j] is component j of vector i.
func (k *krylov) ritz() (values, s []float64, err error) {
	m := k.steps()
	values, s = make([]float64, m), make([]float64, m*m)
	for i, v := range k.alpha {
		s[i*m+i] = v
		if i+1 < m {
			s[i*m+i+1], s[(i+1)*m+i] = k.beta[i], k.beta[i]
		}
	}
	err = device.CPU().SymEigen(m, device.Of(s), device.Of(values), true)
	return values, s, err
}

// vectors is Σ_j s[i,j] q_j, normalised, for the rows i of s, len(s)/m of them.
func (k *krylov) vectors(s []float64) device.Vector {
	m := k.steps()
	count := len(s) / m
	c := device.Put(k.dev, k.w.DType(), s)
	defer k.dev.Free(c)
	v := k.dev.New(k.w.DType(), count*k.d)
	for b := 0; b*blockRows < m; b++ {
		from, n := b*blockRows, min(blockRows, m-b*blockRows)
		k.dev.Gemm(false, false, count, k.d, n, 1, c.Slice(from, count*m), m, k.blocks[b], k.d, 1, v, k.d)
	}
	for i := range count {
		row := v.Slice(i*k.d, (i+1)*k.d)
		k.dev.Scale(1/math.Sqrt(k.dev.Dot(row, row)), row)
	}
	return v
}
