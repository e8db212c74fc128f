package optim

import (
	"fmt"
	"math"
)

// A Clock is where a run stands.
type Clock struct {
	Step    int // k: inner steps done, each with one gradient
	Update  int // ⌊k/L⌋: updates of the weights done
	Batches int // B: mini-batches in the whole data set; 1 where there are no data
}

// Epoch is the number of updates in units of B. An epoch of a method with L
// inner steps passes L times through the data.
func (t Clock) Epoch() float64 { return float64(t.Update) / float64(t.Batches) }

// A Schedule is a parameter that changes in time. A nil Schedule means that
// what it belongs to is absent: each field says what that is.
type Schedule func(Clock) float64

// Constant is v at all times.
func Constant(v float64) Schedule { return func(Clock) float64 { return v } }

// Exponential is v(1-r)^t at update t: the scoping of section 3.2.3.
func Exponential(v, r float64) Schedule {
	return func(t Clock) float64 { return v * math.Pow(1-r, float64(t.Update)) }
}

// Linear is v(1-rt) at update t, and 0 from t = 1/r on. The thesis names linear,
// quadratic and bounded exponential scoping (section 3.2.3) without formulas;
// these are the plain ones. A scope must not reach 0: see [Schedule.AtLeast].
func Linear(v, r float64) Schedule {
	return func(t Clock) float64 { return v * max(0, 1-r*float64(t.Update)) }
}

// Quadratic is v(1-rt)² at update t, and 0 from t = 1/r on.
func Quadratic(v, r float64) Schedule {
	return func(t Clock) float64 {
		s := max(0, 1-r*float64(t.Update))
		return v * s * s
	}
}

// Bounded is b + (v-b)(1-r)^t at update t: exponential, but towards b.
func Bounded(v, r, b float64) Schedule {
	return func(t Clock) float64 { return b + (v-b)*math.Pow(1-r, float64(t.Update)) }
}

// Scoping is v(1-1/2B)^t at update t, and low where that is less: (5.10), for
// the scope and the coupling of Parle.
func Scoping(v, low float64) Schedule {
	return func(t Clock) float64 { return max(low, v*math.Pow(1-0.5/float64(t.Batches), float64(t.Update))) }
}

// Power is v/(1+k)^b at step k: the rates of Langevin dynamics (Welling & Teh
// 2011), section 3.3.6.
func Power(v, b float64) Schedule {
	return func(t Clock) float64 { return v / math.Pow(1+float64(t.Step), b) }
}

// Drops is 1, divided by factor at each of the epochs given: for [Method.Anneal].
func Drops(factor float64, epochs ...float64) Schedule {
	return func(t Clock) float64 {
		v := 1.0
		for _, e := range epochs {
			if t.Epoch() >= e {
				v /= factor
			}
		}
		return v
	}
}

// DropsEvery is 1, divided by factor after every so many epochs.
func DropsEvery(factor, epochs float64) Schedule {
	if !(epochs > 0) {
		panic(fmt.Sprintf("optim: DropsEvery: epochs is %v, expected more than 0", epochs))
	}
	return func(t Clock) float64 { return math.Pow(factor, -math.Floor(t.Epoch()/epochs)) }
}

// AtLeast is s, and low where s is less.
func (s Schedule) AtLeast(low float64) Schedule {
	return func(t Clock) float64 { return max(low, s(t)) }
}

// AtMost is s, and high where s is more.
func (s Schedule) AtMost(high float64) Schedule {
	return func(t Clock) float64 { return min(high, s(t)) }
}

// Times is the product of two schedules.
func (s Schedule) Times(r Schedule) Schedule {
	return func(t Clock) float64 { return s(t) * r(t) }
}

// Over is the quotient of two schedules.
func (s Schedule) Over(r Schedule) Schedule {
	return func(t Clock) float64 { return s(t) / r(t) }
}

// Sqrt is the square root of a schedule.
func (s Schedule) Sqrt() Schedule {
	return func(t Clock) float64 { return math.Sqrt(s(t)) }
}

// or is s, or v at all times where s is absent.
func (s Schedule) or(v float64) Schedule {
	if s == nil {
		return Constant(v)
	}
	return s
}

// inverse is 1/s: 0 where s is absent, that is infinite.
func (s Schedule) inverse(t Clock) float64 {
	if s == nil {
		return 0
	}
	return 1 / s(t)
}
