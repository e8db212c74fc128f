package net

import (
	"glassy/lab/device"
	"glassy/lab/rng"
)

// A stage computes one layer for a batch. Data pass through it in four ways,
// each call relying on what the ones before left in the stage:
//
//	forward       x → y
//	backward      dy = ∂f/∂y → dx, and the gradient of the parameters
//	tangent       tx → ty, derivative of forward along (tx, direction)
//	backTangent   tdy → tdx, derivative of backward along the same, and the
//	              Hessian-vector product of the parameters
//
// An empty tx or dx stands for zero, or for what nobody needs: what comes before
// the first parameters. backward and backTangent may overwrite dy and tdy.
type stage interface {
	forward(m *machine, x device.Vector) device.Vector
	backward(m *machine, dy device.Vector) device.Vector
	tangent(m *machine, tx device.Vector) device.Vector
	backTangent(m *machine, tdy device.Vector) device.Vector
	// parts are the factors of per-sample gradients, after backward with keep.
	parts(m *machine) []part
}

// A machine is the stages of a network and what they all work with. Its memory
// grows to the largest batch and is then used again.
type machine struct {
	dev   device.Device
	dtype device.DType
	root  sequence

	n          int           // samples in the batch
	batchNorm  bool          // normalise by the batch, not by the kept statistics
	track      float64       // weight of the batch in the kept statistics, 0 to leave them
	dropout    bool          // draw masks by key
	keep       bool          // backward leaves the deltas for backTangent and parts
	add        bool          // add to grad and product what they hold
	key        rng.Key       // of the batch
	weights    device.Vector // the parameters
	grad       device.Vector // where backward puts their gradient; empty: not wanted
	direction  device.Vector // the tangent of the parameters
	product    device.Vector // where backTangent puts its result
	statistics device.Vector // of batch-norm: mean and variance, layer by layer

	slots [2]buffer // of deltas that nobody keeps, in turn
	turn  int
	shelf shelf                          // of parts that are kept while other batches go through
	tmp   struct{ a, b, c, d, e buffer } // work space: a to c of parts, d and e of who calls them
}

// A buffer is memory for a batch, some numbers per sample.
type buffer struct {
	all, view device.Vector
}

// get is the buffer for the machine's batch with each numbers per sample. It
// keeps its content from call to call while the batch keeps its size.
func (b *buffer) get(m *machine, each int) device.Vector { return b.take(m, m.dtype, m.n*each) }

// copy is the buffer with what v holds.
func (b *buffer) copy(m *machine, v device.Vector) device.Vector {
	w := b.take(m, v.DType(), v.Len())
	m.dev.Copy(w, v)
	return w
}

func (b *buffer) take(m *machine, t device.DType, n int) device.Vector {
	if b.view.Len() == n {
		return b.view
	}
	if b.all.Len() < n {
		if b.all.Len() > 0 {
			m.dev.Free(b.all)
		}
		b.all = m.dev.New(t, n)
	}
	b.view = b.all.Slice(0, n)
	return b.view
}

// A shelf is buffers that are handed out one after the other.
type shelf struct {
	buffers []*buffer
	used    int
}

// next is a buffer that nothing stands in since the shelf was cleared, by used = 0.
func (s *shelf) next() *buffer {
	if s.used == len(s.buffers) {
		s.buffers = append(s.buffers, new(buffer))
	}
	s.used++
	return s.buffers[s.used-1]
}

// delta is memory for what a backward pass hands on: b where the machine keeps
// deltas, else scratch.
func (m *machine) delta(b *buffer, each int) device.Vector {
	if m.keep {
		return b.get(m, each)
	}
	return m.scratch(each)
}

// scratch is memory that stands until the next but one call.
func (m *machine) scratch(each int) device.Vector {
	m.turn = 1 - m.turn
	return m.slots[m.turn].get(m, each)
}

// beta is what sums over batches multiply their destination by first.
func (m *machine) beta() float64 {
	if m.add {
		return 1
	}
	return 0
}

// gemm is C = op(A) op(B) + beta C for matrices without gaps between rows.
func (m *machine) gemm(transA, transB bool, rows, cols, inner int, a, b device.Vector, beta float64, c device.Vector) {
	lda, ldb := inner, cols
	if transA {
		lda = rows
	}
	if transB {
		ldb = inner
	}
	m.dev.Gemm(transA, transB, rows, cols, inner, 1, a, lda, b, ldb, beta, c, cols)
}

// addRow adds b to each row of y.
func (m *machine) addRow(rows int, b, y device.Vector) {
	m.dev.AddChannels(device.Channels{N: rows, C: b.Len(), S: 1}, b, y)
}

// sumRows is db = Σ rows of dy, or adds it.
func (m *machine) sumRows(rows int, dy device.Vector, add bool, db device.Vector) {
	m.dev.SumChannels(device.Channels{N: rows, C: db.Len(), S: 1}, dy, add, db)
}

// sumPositions adds up v, rows×n×width, over the positions of a text: n×width.
func (m *machine) sumPositions(b *buffer, rows, width int, v device.Vector) device.Vector {
	if rows == 1 {
		return v
	}
	sum, n := b.get(m, width), m.n*width
	m.dev.Copy(sum, v.Slice(0, n))
	for r := 1; r < rows; r++ {
		m.dev.Axpy(1, v.Slice(r*n, (r+1)*n), sum)
	}
	return sum
}

// A sequence is stages one after the other.
type sequence []stage

func (q sequence) forward(m *machine, x device.Vector) device.Vector {
	for _, s := range q {
		x = s.forward(m, x)
	}
	return x
}

func (q sequence) backward(m *machine, dy device.Vector) device.Vector {
	for i := len(q) - 1; i >= 0 && dy.Len() > 0; i-- {
		dy = q[i].backward(m, dy)
	}
	return dy
}

func (q sequence) tangent(m *machine, tx device.Vector) device.Vector {
	for _, s := range q {
		tx = s.tangent(m, tx)
	}
	return tx
}

func (q sequence) backTangent(m *machine, tdy device.Vector) device.Vector {
	for i := len(q) - 1; i >= 0 && tdy.Len() > 0; i-- {
		tdy = q[i].backTangent(m, tdy)
	}
	return tdy
}

func (q sequence) parts(m *machine) []part {
	var all []part
	for _, s := range q {
		all = append(all, s.parts(m)...)
	}
	return all
}
