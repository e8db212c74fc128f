package oracletest

import (
	"math"

	"glassy/lab/device"
	"glassy/lab/glass"
	"glassy/lab/optim"
)

// smallGlass is a glass of given couplings: at one point, and all of its critical
// points.
func smallGlass(dev device.Device, in inputs) any {
	n := in.integer("N")
	g := glass.New(in.integer("p"), n, glass.Couplings(list(in["J_flat_row_major"])), glass.FieldVector(list(in["h"])), glass.On(dev))

	σ := list(in["sigma_direction"])
	length := math.Sqrt(float64(n) / device.CPU().Dot(device.Of(σ), device.Of(σ)))
	for i := range σ {
		σ[i] *= length
	}
	x, grad, h := put(dev, σ), g.New(), dev.New(device.Float64, n*n)
	energy := g.Gradient(x, grad)
	g.Hessian(x, h)
	euclidean, hessian := read(grad), read(h)

	// P = I - σσᵀ/N, and P[∇²H - (σ·∇H/N) I]P with its null direction made the largest.
	along := device.CPU().Dot(device.Of(σ), device.Of(euclidean)) / float64(n)
	riemannian := make([]float64, n)
	p := make([]float64, n*n)
	for i := range n {
		riemannian[i] = euclidean[i] - along*σ[i]
		hessian[i*n+i] -= along
		for j := range n {
			p[i*n+j] = -σ[i] * σ[j] / float64(n)
		}
		p[i*n+i]++
	}
	ph, php, w := make([]float64, n*n), make([]float64, n*n), make([]float64, n)
	cpu := device.CPU()
	cpu.Gemm(false, false, n, n, n, 1, device.Of(p), n, device.Of(hessian), n, 0, device.Of(ph), n)
	cpu.Gemm(false, false, n, n, n, 1, device.Of(ph), n, device.Of(p), n, 0, device.Of(php), n)
	const largest = 1e6
	for i := range n {
		for j := range n {
			php[i*n+j] += largest * σ[i] * σ[j] / float64(n)
		}
	}
	if err := cpu.SymEigen(n, device.Of(php), device.Of(w), false); err != nil {
		panic(err)
	}

	c := optim.Critical(g, optim.Starts(g, 100, 1))
	var energies, indices []float64
	for _, point := range c.Points {
		energies = append(energies, point.Energy/float64(n))
		indices = append(indices, float64(point.Index))
	}
	var counts []float64
	for _, k := range c.Counts() {
		counts = append(counts, float64(k))
	}
	return map[string]any{
		"H": energy, "euclidean_gradient": euclidean, "riemannian_gradient": riemannian, "riemannian_hessian_eigs": w[:n-1],
		"critical_counts_by_index": counts, "critical_energies_over_N": energies, "critical_indices": indices,
	}
}
