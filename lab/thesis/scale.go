package thesis

import (
	"context"
	"fmt"
	"strings"

	"glassy/lab/cluster"
	"glassy/lab/run"
)

// Scale is how large a computation is made. It is an [Option] of Figure.
type Scale int

// Scales.
const (
	Quick   Scale = iota // each item within 20 s on two cores
	Desktop              // up to an hour on two cores
	Paper                // the sizes of the thesis
)

var scaleNames = [...]string{"quick", "desktop", "thesis"}

// String returns quick, desktop or thesis.
func (s Scale) String() string {
	if s < 0 || int(s) >= len(scaleNames) {
		return fmt.Sprintf("Scale(%d)", int(s))
	}
	return scaleNames[s]
}

// ParseScale reads what String writes.
func ParseScale(name string) (Scale, error) {
	for i, n := range scaleNames {
		if n == name {
			return Scale(i), nil
		}
	}
	return 0, fmt.Errorf("thesis: scale %q, expected %s", name, strings.Join(scaleNames[:], ", "))
}

// Option changes how an item is made: a [Scale], [Within], [On], or [Keep].
type Option interface{ apply(*settings) }

type settings struct {
	scale   Scale
	ctx     context.Context
	cluster *cluster.Cluster // nil: this process does it all
	folder  string           // "": nothing is kept
}

func (s Scale) apply(set *settings) {
	if s < 0 || int(s) >= len(scaleNames) {
		panic(fmt.Sprintf("thesis: scale, %d, expected Quick, Desktop or Paper", int(s)))
	}
	set.scale = s
}

type within struct{ ctx context.Context }

func (w within) apply(set *settings) { set.ctx = w.ctx }

// Within makes the computation stop when ctx is done. Without it the context is
// that of the running cell, run.Context().
func Within(ctx context.Context) Option {
	if ctx == nil {
		panic("thesis: context, nil, expected a context; leave the option out to use the running cell's")
	}
	return within{ctx}
}

type on struct{ c *cluster.Cluster }

func (o on) apply(set *settings) { set.cluster = o.c }

// On has the workers of a cluster do what is independent in an item, such as
// descents; see [Tasks]. An item that has nothing of the kind is made here.
func On(c *cluster.Cluster) Option {
	if c == nil {
		panic("thesis: cluster, nil, expected one; leave the option out to compute in this process")
	}
	return on{c}
}

type keep struct{ folder string }

func (k keep) apply(set *settings) { set.folder = k.folder }

// Keep has whole Hessians, hours of products at the scale of the thesis, and long
// trajectories kept in files of a folder, which it makes if need be: an item that is
// stopped, or dies, goes on there when it is made again, to the same numbers, and items
// of one trajectory share it. See [glassy/lab/spectrum.Assemble] and
// [glassy/lab/trajectory.Record].
func Keep(folder string) Option {
	if folder == "" {
		panic(`thesis: folder, "", expected a path; leave the option out to keep nothing`)
	}
	return keep{folder}
}

func settle(opts []Option) settings {
	set := settings{scale: Quick, ctx: run.Context()}
	for _, o := range opts {
		o.apply(&set)
	}
	return set
}
