package optim

import (
	"math"
	"testing"
)

func at(update int) Clock { return Clock{Step: 10 * update, Update: update, Batches: 4} }

func TestSchedules(t *testing.T) {
	for _, c := range []struct {
		name   string
		s      Schedule
		update int
		want   float64
	}{
		{"Constant", Constant(3), 7, 3},
		{"Exponential", Exponential(2, 0.5), 3, 0.25},
		{"Linear", Linear(2, 0.125), 4, 1},
		{"Linear at its end", Linear(2, 0.125), 9, 0},
		{"Quadratic", Quadratic(2, 0.125), 4, 0.5},
		{"Quadratic beyond", Quadratic(2, 0.125), 12, 0},
		{"Bounded", Bounded(9, 0.5, 1), 3, 2},
		{"Bounded beyond", Bounded(9, 0.5, 1), 2000, 1},
		{"Scoping", Scoping(64, 1), 2, 49},
		{"Scoping, clipped", Scoping(64, 1), 1000, 1},
		{"Power", Power(6, 0.5), 8, 6.0 / 9},
		{"Drops before", Drops(5, 2, 4), 7, 1},
		{"Drops at", Drops(5, 2, 4), 8, 0.2},
		{"Drops after both", Drops(5, 2, 4), 16, 0.04},
		{"DropsEvery", DropsEvery(10, 3), 11, 1},
		{"DropsEvery after", DropsEvery(10, 3), 25, 0.01},
		{"AtLeast", Exponential(2, 0.5).AtLeast(0.5), 9, 0.5},
		{"AtMost", Exponential(2, 0.5).AtMost(1.5), 0, 1.5},
		{"Times", Constant(3).Times(Exponential(2, 0.5)), 1, 3},
		{"Over", Constant(3).Over(Exponential(2, 0.5)), 1, 3},
		{"Sqrt", Constant(9).Sqrt(), 1, 3},
		{"AnnealedField", AnnealedField(2, 40), 0, 2 * math.Sqrt2},
	} {
		if got := c.s(at(c.update)); math.Abs(got-c.want) > 1e-15*math.Abs(c.want) {
			t.Errorf("%s at update %d: %v, expected %v", c.name, c.update, got, c.want)
		}
	}
	if got := Schedule(nil).inverse(at(0)); got != 0 {
		t.Errorf("1 over an absent scope is %v, expected 0", got)
	}
	if got := Constant(math.Inf(1)).inverse(at(0)); got != 0 {
		t.Errorf("1/∞ is %v, expected 0", got)
	}
}

// Scopes fall, and not below their clip.
func TestSchedulesAreMonotone(t *testing.T) {
	for name, s := range map[string]Schedule{
		"Exponential": Exponential(100, 1e-2), "Linear": Linear(100, 1e-3).AtLeast(1), "Quadratic": Quadratic(100, 1e-3).AtLeast(1),
		"Bounded": Bounded(100, 1e-2, 1), "Scoping": Scoping(100, 1), "Power": Power(100, 0.55),
		"Drops": Drops(5, 1, 2, 3), "as code": ParleAsCode(0.1, 3).Scope, "field": AnnealedField(1, 100),
	} {
		last := math.Inf(1)
		for u := range 2000 {
			v := s(at(u))
			if !(v <= last && v > 0) {
				t.Fatalf("%s: %v at update %d after %v, expected a fall and more than 0", name, v, u, last)
			}
			last = v
		}
	}
}

// The field falls from √2 ν_c and is critical at i = τ₀ ln 2, where τ = 0.
func TestAnnealing(t *testing.T) {
	const τ0 = 500
	τ, m := Annealing(100, τ0, 0)
	if τ != 50 || m != math.Sqrt2 {
		t.Errorf("at step 0 τ is %v and the multiplier %v, expected N/2 and √2", τ, m)
	}
	i := int(math.Round(τ0 * math.Ln2))
	if τ, m := Annealing(100, τ0, i); math.Abs(τ) > 100.0/τ0 || math.Abs(m-1) > 1.0/τ0 { // half a step off
		t.Errorf("at τ₀ ln 2, τ is %v and the multiplier %v, expected 0 and 1", τ, m)
	}
	for _, i := range []int{0, 1, 100, 5000} {
		τ, m := Annealing(77, τ0, i)
		if want := math.Sqrt(1 + 2*τ/77); math.Abs(m-want) > 1e-12 { // 1+2τ/N cancels near 0
			t.Errorf("step %d: multiplier %v, expected √(1+2τ/N) = %v", i, m, want)
		}
	}
	if got := CriticalField(2, 3); math.Abs(got-2*math.Sqrt(3)) > 1e-15 {
		t.Errorf("ν_c of p = 3, J = 2 is %v, expected 2√3", got)
	}
	if got := SpinsOf(1_667_166, 9); got != 430 {
		t.Errorf("allcnn is %d spins, expected 430", got)
	}
}
