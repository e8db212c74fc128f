//go:build cuda

package cuda

import (
	"fmt"
	"math"

	"glassy/lab/device"
)

// needState is expect for what may be empty when it is not used.
func (d *Device) needState(op, what string, v, w device.Vector, used bool) {
	if used || v.Len() > 0 {
		d.expect(op, what, v, w.DType(), w.Len())
	}
}

// force is what joins the gradient, as arguments of a kernel: strengths and
// vectors. A term of strength 0 is not read.
func force(decay, pull, field float64, anchor, h device.Vector) []argument {
	if pull == 0 {
		anchor = device.Vector{}
	}
	if field == 0 {
		h = device.Vector{}
	}
	return []argument{f64(decay), f64(pull), f64(field), ptr(anchor), ptr(h)}
}

// Update is one step of SGD with momentum, noise and forces, in one launch.
func (d *Device) Update(step device.Step, w, v, grad, anchor, field device.Vector) {
	d.expectFloat("Update", "w", w, w.Len())
	d.expect("Update", "grad", grad, w.DType(), w.Len())
	d.needState("Update", "v", v, w, step.Momentum != 0)
	d.needState("Update", "anchor", anchor, w, step.Pull != 0)
	d.needState("Update", "field", field, w, step.Field != 0)
	n := w.Len()
	if n == 0 {
		return
	}
	args := []argument{i64(n), ptr(w), ptr(v), ptr(grad)}
	args = append(args, force(step.Decay, step.Pull, step.Field, anchor, field)...)
	args = append(args, f64(step.Rate), f64(step.Momentum), flag(step.Nesterov), flag(step.PullAfterMomentum))
	if step.Noise == 0 {
		d.launch("update", w.DType(), packs(w.DType(), n), one(threads), 0, args...)
		return
	}
	args = append(args, f64(step.Noise), flag(step.NoiseBeforeMomentum), u64(step.Key), u64(step.Offset))
	d.launch("update_noise", w.DType(), blocks(n/2+1), one(threads), 0, args...)
}

// Adam is one step of Adam, in one launch.
func (d *Device) Adam(step device.AdamStep, w, m, s, grad, anchor, field device.Vector) {
	if step.K < 1 {
		panic(fmt.Sprintf("device: Adam: K is %d, expected at least 1", step.K))
	}
	d.expectFloat("Adam", "w", w, w.Len())
	d.expect("Adam", "m", m, w.DType(), w.Len())
	d.expect("Adam", "s", s, w.DType(), w.Len())
	d.expect("Adam", "grad", grad, w.DType(), w.Len())
	d.needState("Adam", "anchor", anchor, w, step.Pull != 0)
	d.needState("Adam", "field", field, w, step.Field != 0)
	n := w.Len()
	if n == 0 {
		return
	}
	args := []argument{i64(n), ptr(w), ptr(m), ptr(s), ptr(grad)}
	args = append(args, force(step.Decay, step.Pull, step.Field, anchor, field)...)
	args = append(args,
		f64(step.Rate/(1-math.Pow(step.Beta1, float64(step.K)))), f64(1/(1-math.Pow(step.Beta2, float64(step.K)))),
		f64(step.Beta1), f64(1-step.Beta1), f64(step.Beta2), f64(1-step.Beta2), f64(step.Epsilon))
	d.launch("adam", w.DType(), packs(w.DType(), n), one(threads), 0, args...)
}
