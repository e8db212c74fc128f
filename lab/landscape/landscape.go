// Package landscape holds the interfaces that every energy f: R^d → R of the
// laboratory offers and every operator asks for; it implements nothing. An
// operator names the least it needs: a descent takes a [Landscape], a spectrum
// a [Curved], a diffusion matrix a [PerSample].
//
//	Landscape   value and gradient
//	Sampled     f = 1/N Σ f_k over data: gradients of mini-batches
//	PerSample   the gradients of single data, kept factored
//	Curved      exact Hessian-vector products
//	Dense       the whole Hessian
//	Ensemble    many points in one call
//	Tabulated   of one variable or two, with a slope that devices know
//	Spherical   whose points keep their length
//	GaussNewton Gauss-Newton-vector products, for f = loss ∘ model
//	Stateful    what is not a weight but must follow them: batch-norm statistics
//
// Vectors are of the landscape's type on the landscape's device (New makes one).
// What is written shares no memory with what is read.
// A method may be called from several goroutines only where the landscape says
// so; Copy makes an independent one that shares the data.
package landscape

import "glassy/lab/device"

// A Landscape is an energy f: R^d → R with its gradient.
type Landscape interface {
	Dim() int                            // d
	New() device.Vector                  // d zeros of the landscape's type, where its vectors live
	Value(x device.Vector) float64       // f(x)
	Gradient(x, g device.Vector) float64 // g = ∇f(x); returns f(x)
	Copy() Landscape                     // for another goroutine: shares data, not work space
}

// A Batch is some of a landscape's data.
type Batch struct {
	Index []int  // which of the N data; one that stands twice counts twice
	Seed  uint64 // of all that the evaluation draws: dropout, augmentation
}

// Sampled is a mean over data, f = 1/N Σ f_k.
type Sampled interface {
	Landscape
	Samples() int // N
	// BatchGradient is the gradient of the mean over the batch, as in training:
	// with dropout, with batch-norm by the batch. It returns that mean.
	BatchGradient(x device.Vector, b Batch, g device.Vector) float64
}

// PerSample has the gradients g_k = ∇f_k(x) of single data, as in evaluation:
// no dropout, batch-norm by its kept statistics, so that f = 1/N Σ f_k holds.
type PerSample interface {
	Sampled
	SampleGradients(x device.Vector, index []int) Gradients
}

// Gradients are b gradients of dimension d, G = (g_1 … g_b)ᵀ, b×d, kept
// factored: nothing of size b·d exists unless Rows is asked for. They are valid
// until the landscape's next call.
type Gradients interface {
	Len() int                               // b
	SquaredNorms(dst []float64)             // |g_k|², len b
	Gram(dst []float64)                     // G Gᵀ, b×b row-major
	Apply(v device.Vector, dst []float64)   // G v, len b
	Combine(w []float64, dst device.Vector) // Gᵀ w = Σ w_k g_k
	Rows(from, to int, dst device.Vector)   // the rows from..to-1 of G, row-major
}

// Curved has exact Hessian-vector products.
type Curved interface {
	Landscape
	// HessianVector is hv = ∇²f(x) v. Products with many v at one x share what
	// depends on x alone.
	HessianVector(x, v, hv device.Vector)
}

// Dense has its Hessian as a matrix, at a cost below that of d products.
type Dense interface {
	Curved
	Hessian(x, h device.Vector) // h = ∇²f(x), d×d, symmetric, both triangles
}

// Ensemble is evaluated at many points together, at a cost below that of one at
// a time.
type Ensemble interface {
	Landscape
	// Gradients is the gradients g at the rows of x, both m×d row-major, and the
	// values f, len m, which says how many there are.
	Gradients(x, f, g device.Vector)
}

// Tabulated is an energy whose slope a device may know, so that it moves many walkers
// in one call.
type Tabulated interface {
	Landscape
	// Slope is ∇f as [device.Physics.Walkers] takes it: of the walk, Dim, the numbers
	// of terms and Coupling, and the table force. It is not ok where f is of more
	// variables, or of another form.
	Slope() (w device.Walk, force []float64, ok bool)
}

// Spherical is an energy on the sphere |x| = Radius in R^d. Its gradients and
// Hessians are those of R^d; who moves on the sphere projects them.
type Spherical interface {
	Landscape
	Radius() float64
}

// GaussNewton has Gauss-Newton-vector products, Jᵀ H_loss J v.
type GaussNewton interface {
	Landscape
	GaussNewtonVector(x, v, gv device.Vector)
}

// Stateful keeps what is not a weight but goes with them.
type Stateful interface {
	// Refresh recomputes it at x from the data: batch-norm statistics of the
	// averaged weights of Entropy-SGD or Parle, before they are evaluated.
	Refresh(x device.Vector)
	// Restart says that the next mini-batch begins another run: what is kept
	// then follows from that run alone.
	Restart()
}
