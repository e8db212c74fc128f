package bench

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"glassy/lab/spectrum"
)

// CurvatureOptions are what is compared of the Hessian over a batch, in evaluation.
type CurvatureOptions struct {
	Options
	Steps   int // products of a probe; the peers' have 100
	Largest int // eigenvalues; the peers find 5
}

// curvatures is what is measured. A peer's task is this name with its own.
var curvatures = []struct {
	name string
	once func(o *ours, c CurvatureOptions) (float64, error)
}{
	{"product", func(o *ours, _ CurvatureOptions) (float64, error) { return o.productAgain(), nil }},
	{"probe", func(o *ours, c CurvatureOptions) (float64, error) {
		q, err := spectrum.Quadrature(context.Background(), o.hessian(), spectrum.Probes{Count: 1, Steps: c.Steps})
		if err != nil {
			return 0, err
		}
		_, high := q.Range()
		return high, nil
	}},
	{"largest", func(o *ours, c CurvatureOptions) (float64, error) {
		x, err := spectrum.Lanczos(context.Background(), o.hessian(), spectrum.Ends{High: c.Largest})
		if err != nil {
			return 0, err
		}
		return x.High[0].Value, nil
	}},
	{"trace", func(o *ours, _ CurvatureOptions) (float64, error) {
		x, err := spectrum.Trace(context.Background(), o.hessian(), spectrum.Probes{Count: 10})
		if err != nil {
			return 0, err
		}
		return x.Trace.Value, nil
	}},
}

func (o *ours) hessian() spectrum.Operator { return spectrum.Hessian(o.first, o.x) }

var curvaturePeers = []string{"pyhessian", "curvlinops"}

// CompareCurvature measures, in turn with PyHessian and curvlinops, a product with
// the Hessian at weights where there have been some, a probe of stochastic Lanczos
// quadrature, the largest eigenvalues, to 2e-4 of the first (PyHessian: until its power
// iteration moves by 1e-3), and the trace by 20 products (PyHessian: until its running
// mean moves by 1e-3). It returns a table in Markdown, with notes on what a peer did
// not do.
func CompareCurvature(c CurvatureOptions) (string, error) {
	var s strings.Builder
	fmt.Fprintf(&s, "ours: %s\n", c.Device.Describe())
	if c.Peer != nil {
		fmt.Fprintf(&s, "peer: %s\n", c.Peer.versions)
	}
	fmt.Fprintf(&s, "\n| Hessian, float32, batch %d | ours, ms | PyHessian, ms | ratio | curvlinops, ms | ratio |\n|---|---:|---:|---:|---:|---:|\n", batch)
	notes := map[string]bool{}
	for _, name := range c.Networks {
		mine, err := newOurs(name, c.Device, samples)
		if err != nil {
			return "", err
		}
		mine.prepare()
		for _, task := range curvatures {
			var own error
			once := func(o *ours) float64 {
				v, err := task.once(o, c)
				own = errors.Join(own, err)
				return v
			}
			fmt.Fprintf(&s, "| %s, %s |", name, task.name)
			for i, peer := range curvaturePeers {
				_, fastest, err := c.inTurn(mine, task.name+" of "+peer, name, once)
				var failed taskError
				if errors.As(err, &failed) {
					notes[err.Error()] = true
				} else if err = errors.Join(err, own); err != nil {
					return "", err
				}
				if i == 0 {
					fmt.Fprintf(&s, " %s |", cell(fastest[0]*1e3))
				}
				fmt.Fprintf(&s, " %s | %s |", cell(fastest[1]*1e3), cell(fastest[1]/fastest[0]))
			}
			fmt.Fprintln(&s)
		}
	}
	for note := range notes {
		fmt.Fprintf(&s, "\n%s\n", note)
	}
	return s.String(), nil
}
