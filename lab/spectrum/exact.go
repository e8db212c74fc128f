package spectrum

import (
	"context"
	"fmt"
	"math"

	"glassy/lab/device"
	"glassy/lab/rng"
	"glassy/lab/run"
)

// mostDense is how many dimensions an operator may have that is made a matrix: more
// than the 50,890 of the largest in the thesis.
const mostDense = 1 << 16

// Eigen is all eigenvalues of an operator.
type Eigen struct {
	Law
	Values  []float64     // ascending, len n
	Vectors device.Vector // n×d row-major, float64: row i, of length 1, belongs to Values[i]; empty unless asked for
}

// Vector is the eigenvector of Values[i].
func (e *Eigen) Vector(i int) device.Vector {
	d := e.Vectors.Len() / len(e.Values)
	return e.Vectors.Slice(i*d, (i+1)*d)
}

// Exact finds all eigenvalues of a, and the eigenvectors when vectors is true: it
// makes the whole matrix, by Dense or by d products, and hands it to the
// device's LAPACK in float64. It costs 8d² bytes and about 4/3 d³ operations, 9d³
// with vectors. Of the matrix it reads the upper triangle. When ctx ends before
// the matrix is made, the error is its cause. Panics if d is above 65,536, where
// the matrix has 32 GiB: [Lanczos] and [Quadrature] make none. Where the d products
// take hours, [Assemble] keeps them in a file.
func Exact(ctx context.Context, a Operator, vectors bool) (*Eigen, error) {
	d, n := a.check("Exact")
	if d > mostDense {
		panic(fmt.Sprintf("spectrum: Exact: the %s has %d dimensions, expected at most %d for a whole matrix: Lanczos and Quadrature make none", a.name(), d, mostDense))
	}
	v := a.New()
	defer free(v)
	dev := v.Device()
	h, w := dev.New(device.Float64, d*d), dev.New(device.Float64, d)
	defer dev.Free(w)
	kept := false
	defer func() {
		if !kept {
			dev.Free(h)
		}
	}()
	if err := a.matrix(ctx, v, h); err != nil {
		return nil, err
	}
	if err := a.checkMatrix(d, h); err != nil {
		return nil, err
	}
	if n < d {
		deflate(d, a.Normal, h)
	}
	if err := dev.SymEigen(d, h, w, vectors); err != nil {
		return nil, fmt.Errorf("spectrum: %s: %w", a.name(), err)
	}
	e := &Eigen{Values: device.Read[float64](w)[:n]}
	if vectors {
		e.Vectors, kept = h.Slice(0, n*d), true
	}
	e.Law = NewLaw(a.name(), e.Values)
	return e, nil
}

// matrix writes A to h, float64; v is zeros.
func (a *Operator) matrix(ctx context.Context, v, h device.Vector) error {
	dev, d := v.Device(), v.Len()
	switch {
	case a.Dense == nil:
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case v.DType() == device.Float64:
		a.Dense(h)
		return nil
	default:
		own := dev.New(v.DType(), d*d)
		defer dev.Free(own)
		a.Dense(own)
		dev.Copy(h, own)
		return nil
	}
	av := v.New()
	defer dev.Free(av)
	loop := run.Start(ctx, a.name(), d)
	for i := range loop.Steps() {
		dev.Fill(v.Slice(i, i+1), 1)
		a.Apply(v, av)
		dev.Copy(h.Slice(i*d, (i+1)*d), av)
		dev.Fill(v.Slice(i, i+1), 0)
	}
	return loop.Err()
}

// checkMatrix compares A r with Aᵀ r for a random r.
func (a *Operator) checkMatrix(d int, h device.Vector) error {
	dev := h.Device()
	x := dev.New(device.Float64, 3*d)
	defer dev.Free(x)
	r, ar, ra := x.Slice(0, d), x.Slice(d, 2*d), x.Slice(2*d, 3*d)
	dev.Normal(uint64(rng.Key(0)), 0, 0, 1, r)
	dev.Gemm(false, false, d, 1, d, 1, h, d, r, 1, 0, ar, 1)
	dev.Gemm(true, false, d, 1, d, 1, h, d, r, 1, 0, ra, 1)
	norm := dev.Dot(ar, ar)
	dev.Axpy(-1, ar, ra)
	switch {
	case !finite(norm):
		return a.notFinite()
	case dev.Dot(ra, ra) > asymmetry*asymmetry*norm:
		return a.notSymmetric()
	}
	return nil
}

// deflate makes A into PAP and gives the normal n an eigenvalue s above all
// others: A ← A - nzᵀ - znᵀ with z = An - ½(n·An + s)n.
func deflate(d int, normal, h device.Vector) {
	dev := h.Device()
	nz, zn := dev.New(device.Float64, 2*d), dev.New(device.Float64, 2*d)
	defer dev.Free(nz)
	defer dev.Free(zn)
	n, z := nz.Slice(0, d), nz.Slice(d, 2*d)
	dev.Copy(n, normal)
	dev.Scale(1/math.Sqrt(dev.Dot(n, n)), n) // it may have come from float32
	dev.Gemm(false, false, d, 1, d, 1, h, d, n, 1, 0, z, 1)
	s := 1 + 2*math.Sqrt(dev.Dot(h, h)) // the Frobenius norm is no less than any eigenvalue
	dev.Axpy(-(dev.Dot(n, z)+s)/2, n, z)
	dev.Copy(zn.Slice(0, d), z)
	dev.Copy(zn.Slice(d, 2*d), n)
	dev.Gemm(true, false, d, d, 2, -1, nz, d, zn, d, 1, h, d)
}
