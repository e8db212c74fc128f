package perceptron

import (
	"fmt"
	"math"

	"glassy/lab/run"
)

// LocalPoint is a point of a curve of local entropy.
type LocalPoint struct {
	Field    float64 // γ that holds the weights near the reference
	Distance float64 // mean Hamming distance from the reference over D
	Entropy  float64 // log of the number of solutions at that distance, per weight
	Status   Status  // Solved where the messages rest: else the numbers are no more than a hint
}

// LocalEntropyCurve is the discrete local entropy (3.5) about weights x, len D,
// that need not be a solution, by belief propagation: solutions y are weighed by
// e^(γx·y), and γ sets how far they are. fields are the γ, from strong to weak, so
// that each begins where the one before it ended. Negative entropies, or messages
// that do not rest, say that there are no solutions so near. A curve that is
// stopped is as long as it was by then.
func LocalEntropyCurve(p *Perceptron, x []int8, fields []float64, opts ...BPOptions) []LocalPoint {
	p.checkWeights("LocalEntropyCurve", x)
	var o BPOptions
	if len(opts) > 0 {
		o = opts[0]
	}
	if o.Field != nil {
		panic(fmt.Sprintf("perceptron: LocalEntropyCurve: %d fields in BPOptions, expected none: they are those towards x", len(o.Field)))
	}
	if o.Context == nil {
		o.Context = run.Context()
	}
	run.Cite("baldassi2015")
	loop := run.Start(o.Context, "local entropy", len(fields))
	o.Context = run.Quiet(o.Context)
	field := make([]float64, p.Weights())
	messages := newMessages(p, o.Exact, o.Seed)
	copy(messages.magnetisation(), tanhOf(x, fields))
	var curve []LocalPoint
	for i := range loop.Steps() {
		for j, v := range x {
			field[j] = fields[i] * float64(v)
		}
		b := iterate(p, "belief propagation", messages, field, o)
		if b.Status == Stopped {
			break
		}
		overlap := 0.0
		for j, m := range b.Magnetisation {
			overlap += m * float64(x[j])
		}
		curve = append(curve, LocalPoint{fields[i], (1 - overlap/float64(p.Weights())) / 2, b.Entropy, b.Status})
	}
	return curve
}

// tanhOf are the magnetisations of x in the first of the fields alone.
func tanhOf(x []int8, fields []float64) []float64 {
	m := make([]float64, len(x))
	if len(fields) > 0 {
		for j, v := range x {
			m[j] = math.Tanh(fields[0]) * float64(v)
		}
	}
	return m
}
