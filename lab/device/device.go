package device

// A Device keeps vectors and works on them. Its methods may be called from
// several goroutines at once, as long as they do not write the same numbers.
type Device interface {
	Name() string     // as in the registry: "cpu", "cuda"
	Describe() string // one line for people: chip, threads, libraries in use

	Memory
	Arithmetic
	LinearAlgebra
	Layers
	Updates
	Physics
	Grids
	Transforms
}

// Memory makes vectors and moves numbers between the device and the host.
type Memory interface {
	New(t DType, n int) Vector // n zeros
	Free(v Vector)             // gives a whole vector of New back; later use is an error of the caller

	// Upload and Download copy between a host vector (see Of) and one of this
	// device, converting between floating types; both return when it is done.
	Upload(dst, host Vector)
	Download(host, src Vector)
}

// Arithmetic is elementwise work and reductions. All but the reductions work
// in place.
type Arithmetic interface {
	Fill(x Vector, a float64)                       // x[i] = a
	Copy(dst, src Vector)                           // dst[i] = src[i], converting between floating types
	Scale(a float64, x Vector)                      // x[i] *= a
	Axpy(a float64, x, y Vector)                    // y[i] += a*x[i]
	Axpby(a float64, x Vector, b float64, y Vector) // y[i] = a*x[i] + b*y[i]
	Multiply(x, y, dst Vector)                      // dst[i] = x[i]*y[i]
	MultiplyAdd(x, y, dst Vector)                   // dst[i] += x[i]*y[i]

	Sum(x Vector) float64    // Σ x[i], added up in float64
	Dot(x, y Vector) float64 // Σ x[i]*y[i], added up in float64
	MaxAbs(x Vector) float64 // max |x[i]|; NaN if there is one, 0 if x is empty
	Equal(x, y Vector) bool  // whether all x[i] == y[i]; a NaN equals nothing

	// Rows of a rows×cols matrix.
	RowDots(rows, cols int, a, b, dst Vector)  // dst[r] = Σ_c a[r,c]*b[r,c]
	RowScale(rows, cols int, w, a Vector)      // a[r,c] *= w[r]
	RowArgMax(rows, cols int, a, index Vector) // index[r] (Int32) = first c of the largest a[r,c]

	// Gather reads rows of a table: dst[r,c] = table[index[r],c], index Int32,
	// its length the number of rows. ScatterAdd is its transpose:
	// table[index[r],c] += src[r,c], in the order of r. An index outside the table
	// panics, at the latest when a result is read.
	Gather(cols int, table, index, dst Vector)
	ScatterAdd(cols int, index, src, table Vector)

	// Numbers of the stream of key, from position offset on (package rng), so
	// that two calls for the halves of a vector give what one gives for it all.
	Uniform(key, offset uint64, low, high float64, dst Vector) // on [low, high)
	Normal(key, offset uint64, mean, sd float64, dst Vector)
	// Dropout masks take a word of 32 bits a number: dst[i] = 1/(1-p) where word
	// (offset+i) mod 4 of block ⌊(offset+i)/4⌋, times 2⁻³², is ≥ p, else 0.
	DropoutMask(key, offset uint64, p float64, dst Vector)
}

// LinearAlgebra is dense linear algebra on row-major matrices.
type LinearAlgebra interface {
	// Gemm is C = alpha op(A) op(B) + beta C with op(A) m×k, op(B) k×n, C m×n;
	// beta 0 overwrites C whatever it holds. lda, ldb, ldc are the distances of
	// rows in memory.
	Gemm(transA, transB bool, m, n, k int, alpha float64, a Vector, lda int, b Vector, ldb int, beta float64, c Vector, ldc int)

	// SymEigen overwrites w with the eigenvalues of the symmetric n×n matrix a,
	// ascending, and, when vectors is true, a with orthonormal eigenvectors in
	// its rows (row i belongs to w[i]). a is destroyed either way. It reads the
	// upper triangle only.
	SymEigen(n int, a, w Vector, vectors bool) error
	// Cholesky overwrites the upper triangle of the symmetric positive definite
	// n×n matrix a with U, a = UᵀU, and zeroes the rest. It is an error when a is
	// not positive definite: it names the leading minor.
	Cholesky(n int, a Vector) error
	// SVD is a = U diag(s) Vᵀ for the m×n matrix a, k = min(m, n): u m×k, s of
	// length k, descending, vt k×n. a is destroyed.
	SVD(m, n int, a, u, s, vt Vector) error
}

// A Convolution is the shape of one: N images of C channels H×W and K filters
// of C×R×S, moved by Stride after a border of Pad zeros is put around.
type Convolution struct {
	N, C, H, W, K, R, S, Stride, Pad int
}

// Out is the height and width of what comes out.
func (c Convolution) Out() (oh, ow int) {
	return (c.H+2*c.Pad-c.R)/c.Stride + 1, (c.W+2*c.Pad-c.S)/c.Stride + 1
}

// A Pooling is the shape of one: windows of Size×Size moved by Stride after a
// border of Pad < Size, that no window's value comes from, is put around.
type Pooling struct {
	N, C, H, W, Size, Stride, Pad int
}

// Out is the height and width of what comes out.
func (p Pooling) Out() (oh, ow int) {
	return (p.H+2*p.Pad-p.Size)/p.Stride + 1, (p.W+2*p.Pad-p.Size)/p.Stride + 1
}

// Channels is the shape of data with a channel axis in the middle: N×C×S.
// Images have S = H·W; rows of features have S = 1.
type Channels struct {
	N, C, S int
}

// A Nonlinearity is an elementwise function with y = f(x); its derivatives are
// functions of y.
type Nonlinearity uint8

// The elementwise functions.
const (
	ReLU    Nonlinearity = iota // max(x, 0), NaN stays; f′ = [y > 0], f″ = 0
	Tanh                        // f′ = 1-y², f″ = -2y(1-y²)
	Sigmoid                     // 1/(1+exp(-x)); f′ = y(1-y), f″ = y(1-y)(1-2y)
)

// Layers is what networks need beyond products: each with its derivative, and
// what a Hessian-vector product (forward over reverse) needs of it. Where add
// is true a result is added to its destination. Linear maps are their own
// tangents and have no more functions here.
type Layers interface {
	// y[n,k,p,q] = Σ_crs w[k,c,r,s] x[n,c,p·Stride+r-Pad,q·Stride+s-Pad], zero
	// outside of x; then its transposes with respect to x and w. ConvBackData may
	// take dy for zero outside, as Conv does x: where w is not finite, the NaN
	// that this gives comes or not by the device.
	Conv(s Convolution, x, w Vector, add bool, y Vector)
	ConvBackData(s Convolution, w, dy Vector, add bool, dx Vector)
	ConvBackFilter(s Convolution, x, dy Vector, add bool, dw Vector)
	// The filter gradient of each image by itself: dw is N×(K·C·R·S).
	ConvSampleFilter(s Convolution, x, dy, dw Vector)

	AddChannels(s Channels, b, y Vector)                    // y[n,c,s] += b[c], in place
	SumChannels(s Channels, dy Vector, add bool, db Vector) // db[c] = Σ_ns dy[n,c,s]

	Activate(f Nonlinearity, x, y Vector)          // y[i] = f(x[i]), in place
	ActivateBack(f Nonlinearity, y, dy, dx Vector) // dx[i] = f′(y[i])*dy[i], in place; also the tangent
	// ActivateSecond adds the second-order term of a tangent through the
	// derivative: dx[i] += f″(y[i])*tx[i]*dy[i].
	ActivateSecond(f Nonlinearity, y, tx, dy, dx Vector)

	// MaxPool also writes where in its H×W plane each maximum stands (the first
	// on ties, NaN above all numbers; Int32); PoolGather reads the same places
	// (its tangent), and PoolScatter adds back to them after zeroing dx (its
	// transpose).
	MaxPool(s Pooling, x, y, index Vector)
	PoolGather(s Pooling, index, tx, ty Vector)
	PoolScatter(s Pooling, index, dy, dx Vector)
	// The mean over each window; border cells count as zeros.
	MeanPool(s Pooling, x, y Vector)
	MeanPoolBack(s Pooling, dy, dx Vector)

	// Batch normalisation, channel by channel over m = N·S numbers:
	// x̂ = (x-mean)·istd, y = scale·x̂ + shift.
	// NormStats writes mean and the (biased) variance of x.
	NormStats(s Channels, x, mean, variance Vector)
	// InverseSqrt is istd of a variance: y[i] = 1/√(x[i]+epsilon), in place.
	InverseSqrt(epsilon float64, x, y Vector)
	// Norm applies it, given mean and istd = 1/√(variance+ε), of the batch or kept ones.
	Norm(s Channels, x, mean, istd, scale, shift, y Vector)
	// NormBack writes dx, and dscale[c] = Σ dy·x̂, dshift[c] = Σ dy (added when add).
	// With train, mean and istd are functions of x:
	//	J u = istd·(u - ⟨u⟩ - x̂⟨x̂u⟩),  dx = scale·J dy,
	// ⟨·⟩ the mean over the channel; without it they are constants: J u = istd·u.
	NormBack(s Channels, train bool, x, mean, istd, scale, dy, dx Vector, add bool, dscale, dshift Vector)
	// NormTangent is the forward tangent along (tx, tscale, tshift):
	// ty = scale·J tx + tscale·x̂ + tshift.
	NormTangent(s Channels, train bool, x, mean, istd, scale, tx, tscale, tshift, ty Vector)
	// NormBackTangent is the derivative of NormBack along (tx, tscale) and the
	// tangent tdy of dy: with J as above and its derivative
	//	(tJ)u = -istd·⟨x̂ tx⟩·J u - istd·(tx̂⟨x̂u⟩ + x̂⟨tx̂ u⟩),  tx̂ = J tx
	// (zero when not train), it writes
	//	tdx = scale·(J tdy + (tJ) dy) + tscale·J dy,
	//	tdscale[c] = Σ (tdy·x̂ + dy·tx̂),  tdshift[c] = Σ tdy (added when add).
	NormBackTangent(s Channels, train bool, x, mean, istd, scale, tx, tscale, dy, tdy, tdx Vector, add bool, tdscale, tdshift Vector)

	// SoftmaxLoss is the cross-entropy of n rows of c logits with Int32 labels:
	// p = softmax of each row, loss[r] = -log p[r,label[r]], dz = p - onehot.
	// It never overflows. A label outside 0..c-1 panics, at the latest when a
	// result is read.
	SoftmaxLoss(n, c int, z, label, loss, p, dz Vector)
	// SoftmaxTangent is the loss's Hessian on t: dst = p∘t - p(p·t), row by row, in place.
	SoftmaxTangent(n, c int, p, t, dst Vector)

	// One step of n LSTM cells of width h (Hochreiter & Schmidhuber 1997, with
	// forget gate): gates holds the pre-activations i, f, o, g side by side,
	// n×4h, and is overwritten with their activations (sigmoid, sigmoid,
	// sigmoid, tanh); c = f∘cprev + i∘g, out = o∘tanh(c).
	LSTM(n, h int, gates, cprev, c, out Vector)
	// LSTMBack reads the activated gates: given dout and dc (of the step after;
	// overwritten with the derivative by cprev) it writes dgates, by pre-activation.
	LSTMBack(n, h int, gates, cprev, c, dout, dc, dgates Vector)
	// LSTMTangent: tgates holds tangents of the pre-activations on entry, of the
	// activated gates on return; writes tc, tout from tcprev.
	LSTMTangent(n, h int, gates, tgates, cprev, tcprev, c, tc, tout Vector)
	// LSTMBackTangent is the derivative of LSTMBack along the tangents of the
	// forward step (tgates of the activated gates): dc holds what LSTMBack was
	// given, tdc its tangent, overwritten with the tangent of the result.
	LSTMBackTangent(n, h int, gates, tgates, cprev, tcprev, c, tc, dout, tdout, dc, tdc, tdgates Vector)
}

// A Step is one fused parameter update: see Updates.
type Step struct {
	Rate                float64 // η
	Momentum            float64 // μ
	Nesterov            bool
	Decay               float64 // λ of the term λ w in the gradient (weight decay, ℓ2)
	Pull                float64 // 1/γ of the term (w - anchor)/γ in the gradient; 0: anchor may be empty
	Field               float64 // strength of the constant term field in the gradient; 0: field may be empty
	Noise               float64 // standard deviation of the normal number added to each w
	Key                 uint64  // of the noise's stream
	Offset              uint64
	NoiseBeforeMomentum bool // the noise enters the gradient (as -Noise/Rate) and so the momentum
	PullAfterMomentum   bool // the pull bypasses the momentum buffer
}

// An AdamStep is one step of Adam (Kingma & Ba 2015), k = 1, 2, … the number of
// the step.
type AdamStep struct {
	Rate, Beta1, Beta2, Epsilon float64
	K                           int
	Decay, Pull, Field          float64 // as in Step
}

// Updates is the optimisers' inner loops, each one pass over memory. v, m, s
// are the state of the same length as w; v may be empty when Momentum is 0.
type Updates interface {
	// Update does, for each i,
	//	g  = grad[i] + Decay*w[i] + Field*field[i] (+ Pull*(w[i]-anchor[i]))
	//	v  = Momentum*v + g
	//	u  = Nesterov ? g + Momentum*v : v
	//	w -= Rate*u; w += Noise*ξ_i
	// with ξ_i the normal number at Offset+i of the stream of Key. With
	// PullAfterMomentum the pull is added to u instead of g. With
	// NoiseBeforeMomentum -Noise/Rate*ξ is added to g, and w gets none of its own.
	// A term of strength 0 is left out, whatever it would be times.
	Update(step Step, w, v, grad, anchor, field Vector)
	// Adam does, with g as above,
	//	m = β1 m + (1-β1) g;  s = β2 s + (1-β2) g²
	//	w -= Rate * m/(1-β1^k) / (√(s/(1-β2^k)) + ε)
	Adam(step AdamStep, w, m, s, grad, anchor, field Vector)
}
