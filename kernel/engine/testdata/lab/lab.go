// Package lab stands for a compiled package that the cells of cells.json use:
// one of every kind of thing that a package can export.
package lab

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sort"
	"time"
)

// Vec is a point of space.
type Vec struct{ X, Y, Z float64 }

// Add is v + w.
func (v Vec) Add(w Vec) Vec { return Vec{v.X + w.X, v.Y + w.Y, v.Z + w.Z} }

// Norm is the length of v.
func (v Vec) Norm() float64 { return math.Hypot(math.Hypot(v.X, v.Y), v.Z) }

func (v Vec) String() string { return fmt.Sprintf("(%g %g %g)", v.X, v.Y, v.Z) }

// Glass is N spins with couplings of every pair.
type Glass struct {
	N     int
	Spins []int8
	J     []float64 // row-major N×N
	Meta  map[string]any
}

// Option changes a new Glass.
type Option func(*Glass)

// WithField notes v under name.
func WithField(name string, v any) Option { return func(g *Glass) { g.Meta[name] = v } }

// WithSpins starts from s.
func WithSpins(s []int8) Option { return func(g *Glass) { copy(g.Spins, s) } }

// NewGlass makes a glass of n spins, all up.
func NewGlass(n int, options ...Option) (*Glass, error) {
	if n < 1 {
		return nil, errors.New("lab: n must be positive")
	}
	g := &Glass{N: n, Spins: make([]int8, n), J: make([]float64, n*n), Meta: map[string]any{}}
	for i := range g.Spins {
		g.Spins[i] = 1
	}
	for i := range g.J {
		g.J[i] = math.Sin(float64(i))
	}
	for _, o := range options {
		o(g)
	}
	return g, nil
}

// Energy is minus the sum of the coupled pairs.
func (g *Glass) Energy() (e float64) {
	for i := range g.N {
		for j := range i {
			e -= g.J[i*g.N+j] * float64(g.Spins[i]*g.Spins[j])
		}
	}
	return e
}

// EnergyPerSite is Energy over N.
func (g *Glass) EnergyPerSite() float64 { return g.Energy() / float64(g.N) }

// Flip turns spin i over.
func (g *Glass) Flip(i int) { g.Spins[i] = -g.Spins[i] }

// MapSites collects f over the sites.
func (g *Glass) MapSites(f func(i int, s int8) float64) []float64 {
	out := make([]float64, 0, g.N)
	for i, s := range g.Spins {
		out = append(out, f(i, s))
	}
	return out
}

// Observable is measured on a Glass.
type Observable interface {
	Name() string
	Measure(*Glass) float64
}

// MeasureAll measures each observable.
func MeasureAll(g *Glass, obs ...Observable) map[string]float64 {
	m := map[string]float64{}
	for _, o := range obs {
		m[o.Name()] = o.Measure(g)
	}
	return m
}

// Integrate is the midpoint rule with n panels.
func Integrate(f func(float64) float64, a, b float64, n int) (sum float64) {
	h := (b - a) / float64(n)
	for i := range n {
		sum += f(a+h*(float64(i)+0.5)) * h
	}
	return sum
}

// Map is f of each element.
func Map[T, U any](xs []T, f func(T) U) (out []U) {
	for _, x := range xs {
		out = append(out, f(x))
	}
	return out
}

// Number can be added.
type Number interface{ ~int | ~int64 | ~float64 }

// Sum adds.
func Sum[T Number](xs ...T) (s T) {
	for _, x := range xs {
		s += x
	}
	return s
}

// Pair is two things.
type Pair[A, B any] struct {
	First  A
	Second B
}

// IntPair is a pair of integers.
type IntPair = Pair[int, int]

// Seq yields 0 to n-1.
func Seq(n int) func(func(int) bool) {
	return func(yield func(int) bool) {
		for i := 0; i < n && yield(i); i++ {
		}
	}
}

// Ticks sends 0 to n-1 until ctx is done.
func Ticks(ctx context.Context, n int) <-chan int {
	c := make(chan int)
	go func() {
		defer close(c)
		for i := range n {
			select {
			case <-ctx.Done():
				return
			case c <- i:
			}
		}
	}()
	return c
}

// Block waits and hears nothing.
func Block(d time.Duration) { time.Sleep(d) }

// Spin computes and hears nothing.
func Spin(d time.Duration) {
	for end := time.Now().Add(d); time.Now().Before(end); {
	}
}

// BlockCtx waits for d or for ctx.
func BlockCtx(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Describe shows a Stringer.
func Describe(s fmt.Stringer) string { return "<" + s.String() + ">" }

// Check shows an error.
func Check(err error) string {
	if err == nil {
		return "nil"
	}
	return err.Error()
}

// ErrCold is what ColdErr wraps.
var ErrCold = errors.New("lab: too cold")

// ColdErr is a temperature that is too low.
type ColdErr struct{ T float64 }

func (e *ColdErr) Error() string { return fmt.Sprintf("T=%g: %v", e.T, ErrCold) }

// Unwrap is ErrCold.
func (e *ColdErr) Unwrap() error { return ErrCold }

// Cool fails below 1.
func Cool(t float64) error {
	if t >= 1 {
		return nil
	}
	return &ColdErr{t}
}

// SortAny sorts.
func SortAny(x sort.Interface) { sort.Sort(x) }

// KB is Boltzmann's constant.
const KB = 1.0

// Phase is a phase of matter.
type Phase int

// The phases.
const (
	Para Phase = iota
	Ferro
	SpinGlass
)

func (p Phase) String() string { return []string{"Para", "Ferro", "SpinGlass"}[p] }

// Crash panics.
func Crash() {
	var m map[string]int
	m["x"] = 1
}

// Display is anything with a MIME bundle.
type Display interface{ MIME() map[string]string }

// Show tells what v can do.
func Show(v any) string {
	switch v := v.(type) {
	case Display:
		return fmt.Sprint("display:", v.MIME())
	case fmt.Stringer:
		return "stringer:" + v.String()
	case error:
		return "error:" + v.Error()
	default:
		return fmt.Sprintf("plain:%v", v)
	}
}

type hidden struct{ N int }

// Hidden returns a type that has no name here.
func Hidden() *hidden { return &hidden{7} }
