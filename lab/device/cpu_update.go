package device

import (
	"fmt"
	"math"

	"glassy/lab/rng"
)

// An update takes a chunk of all vectors at a time through several short loops:
// the chunk stays in the second cache, so that they are one pass over memory.

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
	before, after := terms[T]{T(s.Decay), T(s.Pull), T(s.Field)}, terms[T]{}
	if s.PullAfterMomentum {
		before.pull, after.pull = 0, T(s.Pull)
	}
	η, μ := T(s.Rate), T(s.Momentum)
	d.chunks(len(w), func(i, j int) {
		w, anchor, field, η := w[i:j], part(anchor, i, j), part(field, i, j), η
		work, done := scratch[T](2 * len(w))
		defer done()
		buf, ξ := work[:len(w)], work[len(w):]
		if s.Noise != 0 {
			noise(rng.Key(s.Key), s.Offset+uint64(i), T(s.Noise), ξ)
		}
		u := before.add(d.blas, buf, grad[i:j], w, anchor, field)
		if s.Noise != 0 && s.NoiseBeforeMomentum {
			u = plus(d.blas, buf, u, -1/η, ξ)
		}
		if len(v) > 0 {
			v := v[i:j]
			axpby(d.blas, 1, u, μ, v)
			switch {
			case !s.Nesterov:
				u = v
			case after.pull != 0:
				u = plus(d.blas, buf, u, μ, v)
			default: // w -= η (u + μ v), one loop less
				axpy(d.blas, -η, u, w)
				u, η = v, η*μ
			}
		}
		u = after.add(d.blas, buf, u, w, anchor, field)
		axpy(d.blas, -η, u, w)
		if s.Noise != 0 && !s.NoiseBeforeMomentum {
			axpy(d.blas, 1, ξ, w)
		}
	})
}

// noise is dst = sd ξ, ξ the normal numbers from offset on.
func noise[T float](key rng.Key, offset uint64, sd T, dst []T) {
	var normal [512]float64
	for i := 0; i < len(dst); i += len(normal) {
		dst := dst[i:min(i+len(normal), len(dst))]
		key.Normals(offset+uint64(i), normal[:len(dst)])
		for i := range dst {
			dst[i] = sd * T(normal[i])
		}
	}
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
	force := terms[T]{T(a.Decay), T(a.Pull), T(a.Field)}
	d.chunks(len(w), func(i, j int) {
		w, m, s := w[i:j], m[i:j], s[i:j]
		work, done := scratch[T](len(w))
		defer done()
		g := force.add(d.blas, work, grad[i:j], w, part(anchor, i, j), part(field, i, j))
		m, s = m[:len(g)], s[:len(g)]
		for i, g := range g {
			m[i] = β1*m[i] + c1*g
			s[i] = β2*s[i] + c2*(g*g)
			w[i] -= rate * m[i] / (T(math.Sqrt(float64(s[i]*unbias))) + ε)
		}
	})
}

// terms are the strengths of what joins the gradient; a term of strength 0 is
// left out.
type terms[T float] struct{ decay, pull, field T }

// add is g + decay*w + field*h + pull*(w-anchor): in buf, or g itself where
// nothing joins it.
func (t terms[T]) add(lib *library, buf, g, w, anchor, h []T) []T {
	if t.decay != 0 {
		g = plus(lib, buf, g, t.decay, w)
	}
	if t.field != 0 {
		g = plus(lib, buf, g, t.field, h)
	}
	if t.pull != 0 {
		g, w, anchor := g[:len(buf)], w[:len(buf)], anchor[:len(buf)]
		for i := range buf {
			buf[i] = g[i] + t.pull*(w[i]-anchor[i])
		}
		return buf
	}
	return g
}

// plus is x + a*y in buf, which x may be.
func plus[T float](lib *library, buf, x []T, a T, y []T) []T {
	copy(buf, x)
	axpy(lib, a, y, buf)
	return buf
}

// part is x[i:j], or nothing of an empty vector.
func part[T float](x []T, i, j int) []T {
	if len(x) == 0 {
		return nil
	}
	return x[i:j]
}
