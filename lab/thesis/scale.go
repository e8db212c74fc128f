package thesis

import (
	"context"
	"fmt"
	"strings"

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

// Option changes how an item is made: a [Scale], or [Within].
type Option interface{ apply(*settings) }

type settings struct {
	scale Scale
	ctx   context.Context
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

func settle(opts []Option) settings {
	set := settings{scale: Quick, ctx: run.Context()}
	for _, o := range opts {
		o.apply(&set)
	}
	return set
}
