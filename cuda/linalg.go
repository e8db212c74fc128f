//go:build cuda

package cuda

import "glassy/lab/device"

// Factorisations of small matrices are no work for a GPU: they run on the host,
// and are counted so, where no library of the machine has them.

// SymEigen is the eigenvalues and vectors of a symmetric matrix.
func (d *Device) SymEigen(n int, a, w device.Vector, vectors bool) error {
	d.needMatrix("SymEigen", "a", n, n, a, a.DType())
	d.expectFloat("SymEigen", "a", a, a.Len())
	d.expect("SymEigen", "w", w, a.DType(), n)
	return d.onHost("SymEigen", []device.Vector{a}, []device.Vector{w}, func(v []device.Vector) error {
		return device.CPU().SymEigen(n, v[0], v[1], vectors)
	})
}

// Cholesky is the upper triangular U of a = UᵀU.
func (d *Device) Cholesky(n int, a device.Vector) error {
	d.needMatrix("Cholesky", "a", n, n, a, a.DType())
	d.expectFloat("Cholesky", "a", a, a.Len())
	return d.onHost("Cholesky", []device.Vector{a}, nil, func(v []device.Vector) error {
		return device.CPU().Cholesky(n, v[0])
	})
}

// SVD is a = U diag(s) Vᵀ.
func (d *Device) SVD(m, n int, a, u, s, vt device.Vector) error {
	k := min(m, n)
	d.needMatrix("SVD", "a", m, n, a, a.DType())
	d.expectFloat("SVD", "a", a, a.Len())
	d.expect("SVD", "u", u, a.DType(), m*k)
	d.expect("SVD", "s", s, a.DType(), k)
	d.expect("SVD", "vt", vt, a.DType(), k*n)
	return d.onHost("SVD", []device.Vector{a}, []device.Vector{u, s, vt}, func(v []device.Vector) error {
		return device.CPU().SVD(m, n, v[0], v[1], v[2], v[3])
	})
}

// onHost runs f on copies in host memory of what it reads and of what it only
// writes, and copies all of them back, after an error too: what a factorisation
// leaves then is the CPU's.
func (d *Device) onHost(op string, reads, writes []device.Vector, f func(host []device.Vector) error) error {
	all := append(append([]device.Vector(nil), reads...), writes...)
	host := make([]device.Vector, len(all))
	for i, v := range all {
		host[i] = device.CPU().New(v.DType(), v.Len())
		if i < len(reads) {
			d.Download(host[i], v)
		}
	}
	err := f(host)
	for i, v := range all {
		d.Upload(v, host[i])
	}
	d.count(op, "host")
	return err
}

// needMatrix panics unless v is a rows×cols matrix of type t on this device.
func (d *Device) needMatrix(op, what string, rows, cols int, v device.Vector, t device.DType) {
	needSize(op, "rows", rows)
	needSize(op, "cols", cols)
	d.expect(op, what, v, t, rows*cols)
}
