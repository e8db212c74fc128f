package net

import (
	"glassy/lab/data"
	"glassy/lab/device"
)

// A feed brings samples to the machine, numbers as n×size. What a text has for
// each position comes position by position, T×n, since an LSTM takes all samples
// one step on at a time.
type feed struct {
	set     *data.Set
	samples int           // N
	all     device.Vector // N×size, on the device; empty for a text
	augment Augmentation  // in training; nil: none

	x      device.Vector // of the batch
	label  device.Vector // of the batch's logits, row by row
	labels []int32       // the same on the host

	input, where, labelBuf buffer
	host                   []int32
	images                 []float32
}

// open is another feed of the same data.
func (f *feed) open() feed {
	return feed{set: f.set, samples: f.samples, all: f.all, augment: f.augment}
}

// positions is T, the labels of one sample.
func (f *feed) positions() int { return len(f.set.Y) / f.samples }

// load makes the samples of that index the batch.
func (f *feed) load(m *machine, index []int) {
	m.n = len(index)
	sample := func(i int) int { return index[i] }
	switch {
	case f.set.Tokens != nil:
	case f.augment != nil && m.dropout:
		f.loadAugmented(m, index)
	default:
		f.host = f.host[:0]
		for _, k := range index {
			f.host = append(f.host, int32(k))
		}
		where := f.upload(m, &f.where, f.host)
		f.x = f.input.get(m, f.set.Size())
		m.dev.Gather(f.set.Size(), f.all, where, f.x)
	}
	f.loadPositions(m, sample)
}

// augmentLabel is the stream of augmentation; dropout layers count from 0.
const augmentLabel = 1 << 63

// loadAugmented goes by the host, where augmentations work.
func (f *feed) loadAugmented(m *machine, index []int) {
	size := f.set.Size()
	f.images = f.images[:0]
	for _, k := range index {
		f.images = append(f.images, f.set.X[k*size:(k+1)*size]...)
	}
	f.augment.Apply(m.key.Split(augmentLabel), f.set.Shape, f.images)
	f.x = f.input.get(m, size)
	m.dev.Upload(f.x, device.Of(f.images))
}

// loadRange makes the samples from..to-1 the batch, without copying numbers.
func (f *feed) loadRange(m *machine, from, to int) {
	m.n = to - from
	if f.set.Tokens == nil {
		f.x = f.all.Slice(from*f.set.Size(), to*f.set.Size())
	}
	f.loadPositions(m, func(i int) int { return from + i })
}

// loadPositions brings tokens and labels of the m.n samples sample(i).
func (f *feed) loadPositions(m *machine, sample func(i int) int) {
	if f.set.Tokens != nil {
		f.host = byPosition(f.host[:0], f.set.Tokens, f.set.Size(), m.n, sample)
		f.x = f.upload(m, &f.input, f.host)
	}
	f.labels = byPosition(f.labels[:0], f.set.Y, f.positions(), m.n, sample)
	f.label = f.upload(m, &f.labelBuf, f.labels)
}

func (f *feed) upload(m *machine, b *buffer, host []int32) device.Vector {
	v := b.take(m, device.Int32, len(host))
	m.dev.Upload(v, device.Of(host))
	return v
}

// byPosition appends rows of all, width numbers each, transposed.
func byPosition(dst, all []int32, width, n int, sample func(i int) int) []int32 {
	for t := range width {
		for i := range n {
			dst = append(dst, all[sample(i)*width+t])
		}
	}
	return dst
}
