package device

import (
	"fmt"
	"math"

	"glassy/lab/rng"
)

// block is how many numbers an update takes at a time: what it computes of them
// stays in the first cache, so that many short loops are one pass over memory.
const block = 512

func (d *cpu) Update(step Step, w, v, grad, anchor, field Vector) {
	expectFloat("Update", "w", w, w.n)
	expect("Update", "grad", grad, w.dtype, w.n)
	needState("Update", "v", v, w, step.Momentum != 0)
	needState("Update", "anchor", anchor, w, step.Pull != 0)
	needState("Update", "field", field, w, step.Field != 0)
	if w.dtype == Float32 {
		update(d, step, Host[float32](w), Host[float32](v), Host[float32](grad), Host[float32](anchor), Host[float32](field))
	} else {
		update(d, step, Host[float64](w), Host[float64](v), Host[float64](grad), Host[float64](anchor), Host[float64](field))
	}
}

// needState is expect for what may be empty when it is not used.
func needState(op, what string, v, w Vector, used bool) {
	if used || v.n > 0 {
		expect(op, what, v, w.dtype, w.n)
	}
}

func update[T float](d *cpu, s Step, w, v, grad, anchor, field []T) {
	d.chunks(len(w), func(i, j int) {
		var gradient, noise [block]T
		var normal [block]float64
		for ; i < j; i += block {
			end := min(i+block, j)
			w, g := w[i:end], gradient[:end-i]
			ξ := noise[:len(w)]
			if s.Noise != 0 {
				rng.Key(s.Key).Normals(s.Offset+uint64(i), normal[:len(w)])
				for i := range ξ {
					ξ[i] = T(s.Noise) * T(normal[i])
				}
			}
			gather := terms[T]{T(s.Decay), T(s.Pull), T(s.Field)}
			if s.PullAfterMomentum {
				gather.pull = 0
			}
			gather.add(g, w, grad[i:end], part(anchor, i, end), part(field, i, end))
			if s.Noise != 0 && s.NoiseBeforeMomentum {
				add(-1/T(s.Rate), ξ, g)
			}
			if len(v) > 0 {
				μ, v := T(s.Momentum), v[i:end]
				for i := range v {
					v[i] = μ*v[i] + g[i]
				}
				if s.Nesterov {
					add(μ, v, g)
				} else {
					copy(g, v)
				}
			}
			if s.PullAfterMomentum && s.Pull != 0 {
				p, anchor := T(s.Pull), anchor[i:end]
				for i := range g {
					g[i] += p * (w[i] - anchor[i])
				}
			}
			add(-T(s.Rate), g, w)
			if s.Noise != 0 && !s.NoiseBeforeMomentum {
				add(1, ξ, w)
			}
		}
	})
}

func (d *cpu) Adam(step AdamStep, w, m, s, grad, anchor, field Vector) {
	if step.K < 1 {
		panic(fmt.Sprintf("device: Adam: K is %d, expected at least 1", step.K))
	}
	expectFloat("Adam", "w", w, w.n)
	expect("Adam", "m", m, w.dtype, w.n)
	expect("Adam", "s", s, w.dtype, w.n)
	expect("Adam", "grad", grad, w.dtype, w.n)
	needState("Adam", "anchor", anchor, w, step.Pull != 0)
	needState("Adam", "field", field, w, step.Field != 0)
	if w.dtype == Float32 {
		adam(d, step, Host[float32](w), Host[float32](m), Host[float32](s), Host[float32](grad), Host[float32](anchor), Host[float32](field))
	} else {
		adam(d, step, Host[float64](w), Host[float64](m), Host[float64](s), Host[float64](grad), Host[float64](anchor), Host[float64](field))
	}
}

func adam[T float](d *cpu, a AdamStep, w, m, s, grad, anchor, field []T) {
	β1, β2 := T(a.Beta1), T(a.Beta2)
	c1, c2 := T(1-a.Beta1), T(1-a.Beta2)
	rate := T(a.Rate / (1 - math.Pow(a.Beta1, float64(a.K))))
	unbias := T(1 / (1 - math.Pow(a.Beta2, float64(a.K))))
	ε := T(a.Epsilon)
	d.chunks(len(w), func(i, j int) {
		var gradient [block]T
		for ; i < j; i += block {
			end := min(i+block, j)
			w, m, s, g := w[i:end], m[i:end], s[i:end], gradient[:end-i]
			terms[T]{T(a.Decay), T(a.Pull), T(a.Field)}.add(g, w, grad[i:end], part(anchor, i, end), part(field, i, end))
			for i, g := range g {
				m[i] = β1*m[i] + c1*g
				s[i] = β2*s[i] + c2*(g*g)
				w[i] -= rate * m[i] / (T(math.Sqrt(float64(s[i]*unbias))) + ε)
			}
		}
	})
}

// terms are the strengths of what joins the gradient; a term of strength 0 is
// left out.
type terms[T float] struct{ decay, pull, field T }

// add writes g = grad + decay*w + field*h + pull*(w-anchor).
func (t terms[T]) add(g, w, grad, anchor, h []T) {
	copy(g, grad)
	if t.decay != 0 {
		add(t.decay, w, g)
	}
	if t.field != 0 {
		add(t.field, h, g)
	}
	if t.pull != 0 {
		for i := range g {
			g[i] += t.pull * (w[i] - anchor[i])
		}
	}
}

// add is y += a*x.
func add[T float](a T, x, y []T) {
	y = y[:len(x)]
	for i, x := range x {
		y[i] += a * x
	}
}

// part is x[i:j], or nothing of an empty vector.
func part[T float](x []T, i, j int) []T {
	if len(x) == 0 {
		return nil
	}
	return x[i:j]
}
