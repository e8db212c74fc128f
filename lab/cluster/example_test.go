package cluster_test

import (
	"context"
	"fmt"

	"glassy/lab/cluster"
	"glassy/lab/rng"
)

// A task that workers of any process can do: how far a walk of so many steps,
// with that seed, ends from where it began. It depends on its input alone.
type walk struct {
	Seed  uint64
	Steps int
}

var farther = cluster.NewTask("walk", func(_ context.Context, w walk) (int, error) {
	s, x := rng.Key(w.Seed).Stream(), 0
	for range w.Steps {
		x += 2*s.IntN(2) - 1
	}
	return x, nil
})

func ExampleMap() {
	ctx := context.Background()
	c, err := cluster.Local(ctx, 2, cluster.Options{}, farther) // or Connect(ctx, "nats://host:4222", …)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer c.Close()
	walks := make([]walk, 400)
	for i := range walks {
		walks[i] = walk{Seed: uint64(i), Steps: 1000}
	}
	m := cluster.Map(ctx, c, farther, walks)
	sum := 0.0
	for _, x := range m.Values {
		sum += float64(x * x)
	}
	fmt.Println(m)
	fmt.Printf("mean square %.0f, expected 1000 ± 71\n", sum/400)
	// Output:
	// 400 of 400 done
	// mean square 1023, expected 1000 ± 71
}
