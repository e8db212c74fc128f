package net

import "glassy/lab/device"

// A head is what stands on the logits, rows×Classes: softmax and cross-entropy.
type head struct {
	logits device.Vector // of the last forward

	loss, prob, dz, tdz, best buffer
	guess                     []int32
}

// rows is the number of labels in the batch.
func (l *Loss) rows() int { return len(l.feed.labels) }

// head buffers, all for the batch.
func (l *Loss) perRow(b *buffer, each int) device.Vector {
	return b.take(l.m, l.m.dtype, l.rows()*each)
}

// forward passes the batch through the network and returns Σ -log p(label).
func (l *Loss) forward() float64 {
	m, h, c := l.m, &l.head, l.arch.Classes
	h.logits = m.root.forward(m, l.feed.x)
	loss := l.perRow(&h.loss, 1)
	m.dev.SoftmaxLoss(l.rows(), c, h.logits, l.feed.label, loss, l.perRow(&h.prob, c), l.perRow(&h.dz, c))
	return m.dev.Sum(loss)
}

// backward takes the gradient of scale·Σ -log p(label), after forward.
func (l *Loss) backward(scale float64) {
	dz := l.perRow(&l.head.dz, l.arch.Classes)
	l.m.dev.Scale(scale, dz)
	l.m.root.backward(l.m, dz)
}

// tangent is scale·H tz, after forward: tz the tangent of the logits along
// direction, H the Hessian of the loss in the logits.
func (l *Loss) tangent(direction device.Vector, scale float64) (htz device.Vector) {
	m, h, c := l.m, &l.head, l.arch.Classes
	m.direction = direction
	tz := m.root.tangent(m, device.Vector{})
	htz = l.perRow(&h.tdz, c)
	m.dev.SoftmaxTangent(l.rows(), c, l.perRow(&h.prob, c), tz, htz)
	m.dev.Scale(scale, htz)
	return htz
}

// wrong counts the labels of the batch that are not the largest logit.
func (l *Loss) wrong() int {
	m, h := l.m, &l.head
	best := h.best.take(m, device.Int32, l.rows())
	m.dev.RowArgMax(l.rows(), l.arch.Classes, h.logits, best)
	if cap(h.guess) < l.rows() {
		h.guess = make([]int32, l.rows())
	}
	h.guess = h.guess[:l.rows()]
	m.dev.Download(device.Of(h.guess), best)
	n := 0
	for i, g := range h.guess {
		if g != l.feed.labels[i] {
			n++
		}
	}
	return n
}
