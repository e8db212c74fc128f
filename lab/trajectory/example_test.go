package trajectory_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"glassy/lab/device"
	"glassy/lab/rng"
	"glassy/lab/trajectory"
)

// A walk in 32 dimensions, recorded and analysed: its spectrum is flat.
func Example() {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "walk.trajectory")

	x, step := make([]float64, 32), make([]float64, 32)
	rec, err := trajectory.Record(path, "a walk", device.Of(x))
	if err != nil {
		log.Fatal(err)
	}
	for k := range 1001 {
		rec.Append(device.Of(x))
		rng.Key(k).Normals(0, step)
		for i, z := range step {
			x[i] += z
		}
	}
	if err := rec.Close(); err != nil {
		log.Fatal(err)
	}

	file, err := trajectory.Open(path)
	if err != nil {
		log.Fatal(err)
	}
	defer file.Close()
	s, err := trajectory.Increments(context.Background(), file, 0)
	if err != nil {
		log.Fatal(err)
	}
	low := s.Amplitude[1:51]
	mean := 0.0
	for _, a := range low {
		mean += a / float64(len(low))
	}
	fmt.Println(s)
	fmt.Printf("the lowest 50 frequencies: %.2f, white noise: %.2f ± %.2f\n", mean, s.White(), s.Band(0.99, len(low)))
	// Output:
	// spectrum of 1000 increments, mean of 32 coordinates, white level 27.89
	// the lowest 50 frequencies: 27.84, white noise: 27.89 ± 0.94
}
