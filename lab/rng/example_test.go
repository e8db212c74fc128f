package rng_test

import (
	"fmt"
	"math/rand/v2"

	"glassy/lab/rng"
)

// Two halves of a vector, filled in any order or at once, are the vector.
func Example() {
	key := rng.Key(1)
	noise := make([]float64, 6)
	key.Normals(3, noise[3:])
	key.Normals(0, noise[:3])
	fmt.Printf("%.4f\n", noise)

	// Another purpose, another stream: no order of calls to keep.
	fmt.Println(key.Split(1).Stream().Perm(5), key.Split(2).Stream().Perm(5))

	// A stream is a source for math/rand/v2 and gonum.
	fmt.Println(rand.New(key.Stream()).IntN(1000))
	// Output:
	// [-0.5113 -2.0592 -1.1326 -1.6917 1.1235 -0.6031]
	// [2 3 0 1 4] [0 2 3 1 4]
	// 894
}
