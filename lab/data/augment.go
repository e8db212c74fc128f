package data

import (
	"fmt"

	"glassy/lab/rng"
)

// A MirrorCrop is the usual augmentation of CIFAR: an image is mirrored left to
// right with probability ½, then a window of its own size is cut out of it with
// a border of Pad zeros around, at a place uniform among the (2Pad+1)² there are
// (He et al. 2016; Chaudhari 2018, 5.4, with Pad = 4). Zeros are the mean once
// the set is normalised.
type MirrorCrop struct {
	Pad int
}

// Apply augments images C×H×W, in place: x is n×C×H×W. Image i follows block i
// of key's stream, whatever the other images are.
func (a MirrorCrop) Apply(key rng.Key, shape []int, x []float32) {
	if len(shape) != 3 || a.Pad < 0 || a.Pad > 1<<15 {
		panic(fmt.Sprintf("data: MirrorCrop: pad %d, images of shape %v, expected a pad that is not negative, and C×H×W", a.Pad, shape))
	}
	h, w := shape[1], shape[2]
	size := shape[0] * h * w
	if size == 0 || len(x)%size != 0 {
		panic(fmt.Sprintf("data: MirrorCrop: %d numbers, expected a multiple of %d, the size of %v", len(x), size, shape))
	}
	before := make([]float32, size)
	for i := range len(x) / size {
		image := x[i*size : (i+1)*size]
		copy(before, image)
		low, high := key.Block(uint64(i))
		mirror := low>>63 == 1
		dy, dx := a.shift(uint32(low)), a.shift(uint32(high))
		for r := range size / w { // rows of all channels
			row := image[r*w : (r+1)*w]
			clear(row)
			from := r%h + dy
			if from < 0 || from >= h {
				continue
			}
			source := before[(r+dy)*w : (r+dy+1)*w]
			for c := max(0, -dx); c < min(w, w-dx); c++ {
				if mirror {
					row[c] = source[w-1-c-dx]
				} else {
					row[c] = source[c+dx]
				}
			}
		}
	}
}

// shift is uniform on -Pad..Pad, to one part in 2¹⁶.
func (a MirrorCrop) shift(bits uint32) int {
	return int(uint64(bits)*uint64(2*a.Pad+1)>>32) - a.Pad
}
