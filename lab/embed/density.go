package embed

import (
	"fmt"
	"math"

	"glassy/lab/device"
)

// A Density is a Gaussian kernel estimate of how densely points lie in the plane,
//
//	ρ(u,v) = 1/n Σ_i exp(-((u-u_i)²+(v-v_i)²)/2h²)/2πh²,
//
// on a grid of nodes around them. Its integral is 1.
type Density struct {
	U, V      []float64 // where the nodes are along each axis: equally far, ascending
	Values    []float64 // len(V)×len(U): of node (U[a], V[b]) at b·len(U)+a
	Bandwidth float64   // h
}

// NewDensity is the estimate for points, n×2, with that bandwidth; 0 stands for
// Scott's rule (1992), which in the plane is Silverman's too: σ n^(-1/6), σ² the
// mean of the two variances. The grid goes 5 bandwidths beyond the points and has
// 4 nodes to a bandwidth or 512 along an axis, whichever is fewer. Values are exact:
// since the kernel is a product, they are one product of matrices, 2·n operations
// for each node. It panics unless there is a point, all are finite and the
// bandwidth is not below 0.
func NewDensity(points []float64, bandwidth float64) *Density {
	n := len(points) / 2
	if n == 0 || len(points)%2 != 0 {
		panic(fmt.Sprintf("embed: NewDensity: length of points is %d, expected 2 for each of some points", len(points)))
	}
	if !(bandwidth >= 0) || math.IsInf(bandwidth, 0) {
		panic(fmt.Sprintf("embed: NewDensity: bandwidth is %v, expected a length, or 0 for Scott's", bandwidth))
	}
	for i, v := range points {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			panic(fmt.Sprintf("embed: NewDensity: point %d has a coordinate %v, expected finite ones", i/2, v))
		}
	}
	if bandwidth == 0 {
		bandwidth = scott(points)
	}
	lo, hi := bounds(points)
	d := &Density{U: axis(lo[0], hi[0], bandwidth), V: axis(lo[1], hi[1], bandwidth), Bandwidth: bandwidth}
	d.Values = smooth(points, nil, d.U, d.V, bandwidth)
	return d
}

// smooth is the weights of the points, over n, each spread by the kernel over all
// nodes: len(v)×len(u). Without weights they are 1.
func smooth(points, weights, u, v []float64, bandwidth float64) []float64 {
	n := len(points) / 2
	values := make([]float64, len(v)*len(u))
	const size = 2048
	a, b := make([]float64, len(u)*size), make([]float64, len(v)*size)
	for from := 0; from < n; from += size {
		w := min(size, n-from)
		kernels(u, points[2*from:2*(from+w)], bandwidth, a)
		kernels(v, points[2*from+1:2*(from+w)], bandwidth, b)
		for r := range len(v) {
			for i := range min(w, len(weights)) {
				b[r*w+i] *= weights[from+i]
			}
		}
		device.CPU().Gemm(false, true, len(v), len(u), w, 1/float64(n), device.Of(b), w, device.Of(a), w, 1, device.Of(values), len(u))
	}
	return values
}

// scott is the bandwidth by Scott's rule; 1 where the points are one.
func scott(points []float64) float64 {
	c := append([]float64(nil), points...)
	centre(c)
	variance := 0.
	for _, v := range c {
		variance += v * v / float64(len(c))
	}
	if variance == 0 {
		return 1
	}
	return math.Sqrt(variance) * math.Pow(float64(len(c)/2), -1./6)
}

// axis is the nodes along an axis on which points are between lo and hi.
func axis(lo, hi, bandwidth float64) []float64 {
	const beyond, fine, most = 5, 4, 512
	lo, hi = lo-beyond*bandwidth, hi+beyond*bandwidth
	nodes := make([]float64, int(min(most, math.Ceil((hi-lo)*fine/bandwidth)+1)))
	for k := range nodes {
		nodes[k] = lo + (hi-lo)*float64(k)/float64(len(nodes)-1)
	}
	return nodes
}

// kernels writes the Gaussians of every second of coordinates at the nodes, a row
// for each node.
func kernels(nodes, coordinates []float64, bandwidth float64, dst []float64) {
	n := (len(coordinates) + 1) / 2
	split(len(nodes), 8, func(from, to int) {
		for k := from; k < to; k++ {
			for i := range n {
				x := (nodes[k] - coordinates[2*i]) / bandwidth
				dst[k*n+i] = math.Exp(-x*x/2) / (math.Sqrt(2*math.Pi) * bandwidth)
			}
		}
	})
}

// At is the density at points, n×2, by cubic interpolation between the nodes. It
// is off by less than 1e-3 of a single kernel's peak where there are 4 nodes to a
// bandwidth. Outside the grid it is 0.
func (d *Density) At(points []float64) []float64 {
	values := make([]float64, len(points)/2)
	for i := range values {
		a, wa := weights(d.U, points[2*i])
		b, wb := weights(d.V, points[2*i+1])
		for r, w := range wa {
			for c, v := range wb {
				values[i] += w * v * d.Values[(b+c)*len(d.U)+a+r]
			}
		}
	}
	return values
}

// weights is Lagrange's cubic interpolation from the four nodes around x, the
// first of which is first.
func weights(nodes []float64, x float64) (first int, w [4]float64) {
	n := len(nodes)
	t := (x - nodes[0]) / (nodes[n-1] - nodes[0]) * float64(n-1)
	if !(t >= 0 && t <= float64(n-1)) {
		return 0, w
	}
	first = max(0, min(n-4, int(t)-1))
	t -= float64(first)
	return first, [4]float64{
		-(t - 1) * (t - 2) * (t - 3) / 6,
		t * (t - 2) * (t - 3) / 2,
		-t * (t - 1) * (t - 3) / 2,
		t * (t - 1) * (t - 2) / 6,
	}
}

// Peak is the largest value of a node.
func (d *Density) Peak() float64 {
	peak := 0.
	for _, v := range d.Values {
		peak = max(peak, v)
	}
	return peak
}

// Dims, X, Y and Z make a Density a grid for gonum/plot: columns are along U.
func (d *Density) Dims() (columns, rows int) { return len(d.U), len(d.V) }

// X is where column c is.
func (d *Density) X(c int) float64 { return d.U[c] }

// Y is where row r is.
func (d *Density) Y(r int) float64 { return d.V[r] }

// Z is the density at a node.
func (d *Density) Z(c, r int) float64 { return d.Values[r*len(d.U)+c] }

func (d *Density) String() string {
	return fmt.Sprintf("density on %d×%d nodes, bandwidth %.4g, at most %.4g", len(d.U), len(d.V), d.Bandwidth, d.Peak())
}
