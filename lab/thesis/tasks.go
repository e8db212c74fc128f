package thesis

import (
	"context"
	"fmt"

	"glassy/lab/cluster"
	"glassy/lab/glass"
	"glassy/lab/optim"
)

// Tasks are what a worker of a cluster can do for the items that are made [On]
// it.
func Tasks() []cluster.Work { return []cluster.Work{descents, training} }

// glassOf says which glass.
type glassOf struct {
	P, N  int
	Seed  uint64
	Field float64 // ν
}

// single is the glass in single precision.
func (g glassOf) single() *glass.Glass {
	return glass.New(g.P, g.N, glass.Seed(g.Seed), glass.Field(g.Field), glass.Float32())
}

// someDescents is a part of the descents of a glass.
type someDescents struct {
	Glass       glassOf
	First, Runs int
}

// share is the number of descents of a task: a tenth of a second's work, beside
// which the queue costs a thousandth, so that progress shows and workers end
// together.
const share = 25

var descents = cluster.NewTask("descents", func(ctx context.Context, d someDescents) (*optim.Descents, error) {
	if d.Glass.P < 1 || d.Glass.N < 2 || d.Runs < 0 || d.First < 0 {
		return nil, fmt.Errorf("thesis: descents %+v, expected p ≥ 1, N ≥ 2", d)
	}
	runs := optim.Descend(d.Glass.single(), d.Runs, optim.DescendOptions{First: d.First, Context: ctx})
	return runs, ctx.Err()
})

// descend makes so many descents of a glass, here or on workers. What is done when
// it is stopped is kept.
func descend(set settings, g glassOf, n int) (*optim.Descents, error) {
	if set.cluster == nil {
		return optim.Descend(g.single(), n, optim.DescendOptions{Context: set.ctx}), nil
	}
	var tasks []someDescents
	for first := 0; first < n; first += share {
		tasks = append(tasks, someDescents{g, first, min(share, n-first)})
	}
	m := cluster.Map(set.ctx, set.cluster, descents, tasks)
	var parts []*optim.Descents
	for i, err := range m.Errors {
		switch {
		case err == nil:
			parts = append(parts, m.Values[i])
		case set.ctx.Err() == nil && m.Err == nil:
			return nil, err
		}
	}
	if set.ctx.Err() == nil && m.Err != nil {
		return nil, m.Err
	}
	return optim.Join(g.single(), parts...), nil
}
