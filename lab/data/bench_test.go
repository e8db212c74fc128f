package data_test

import (
	"os"
	"testing"

	"glassy/lab/data"
	"glassy/lab/data/datatest"
	"glassy/lab/rng"
)

// BenchmarkLoad reads, checks and converts 70,000 images of 784 pixels.
func BenchmarkLoad(b *testing.B) {
	datatest.Load(b, os.Getenv, "mnist") // skips; and the files are in memory
	for b.Loop() {
		if _, _, err := data.MNIST(data.Folders(os.Getenv)...); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkMirrorCrop augments a batch of 128 images of CIFAR's shape.
func BenchmarkMirrorCrop(b *testing.B) {
	shape := []int{3, 32, 32}
	x := make([]float32, 128*3*32*32)
	for b.Loop() {
		data.MirrorCrop{Pad: 4}.Apply(rng.Key(1), shape, x)
	}
}
