package wells

import (
	"slices"

	"glassy/lab/device"
)

// A slope is ∇f in the form of [device.Physics.Walkers].
type slope struct {
	walk  device.Walk
	force []float64
}

// Slope is ∇f as devices move walkers by it: of [New]'s energies of one variable or
// two that are made of polynomials, cosines and exponentials, and of quadratics.
func (w *Well) Slope() (walk device.Walk, force []float64, ok bool) {
	if w.slope == nil {
		return device.Walk{}, nil, false
	}
	return w.slope.walk, slices.Clone(w.slope.force), true
}

// slopeOf is the table of f(x) = Σ p_i(x_i); nil: there is none.
func slopeOf(p []Profile) *slope {
	if len(p) > 2 {
		return nil
	}
	terms := make([]terms, len(p))
	w := device.Walk{Dim: len(p)}
	for i := range terms {
		if !terms[i].add(p[i]) {
			return nil
		}
		w.Powers = max(w.Powers, len(terms[i].powers))
		w.Waves = max(w.Waves, len(terms[i].waves)/3)
		w.Exponentials = max(w.Exponentials, len(terms[i].exponentials)/2)
	}
	force := make([]float64, len(p)*w.Row())
	for i, t := range terms { // shorter rows end with zeros
		row := force[i*w.Row():]
		copy(row, t.powers)
		copy(row[w.Powers:], t.waves)
		copy(row[w.Powers+3*w.Waves:], t.exponentials)
	}
	return &slope{w, force}
}

// terms are those of f′.
type terms struct{ powers, waves, exponentials []float64 }

// add adds those of p; false: they have another form.
func (t *terms) add(p Profile) bool {
	switch p := p.(type) {
	case Polynomial:
		for k := 1; k < len(p); k++ {
			if len(t.powers) < k {
				t.powers = append(t.powers, 0)
			}
			t.powers[k-1] += float64(k) * p[k]
		}
	case Cosine:
		t.waves = append(t.waves, -p.Amplitude*p.Frequency, p.Frequency, p.Phase)
	case Exponential:
		t.exponentials = append(t.exponentials, p.Scale*p.Rate, p.Rate)
	case Sum:
		for _, q := range p {
			if !t.add(q) {
				return false
			}
		}
	default:
		return false
	}
	return true
}
