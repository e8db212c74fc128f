package spectrum

import (
	"fmt"
	"math"
	"slices"

	"glassy/lab/device"
)

// A DiffusionSpectrum is the eigenvalues of a diffusion matrix.
type DiffusionSpectrum struct {
	Law                // of all d, zeros included
	Values   []float64 // ascending: all d, or of N < d data the N that need not be 0
	Rounding float64   // what an eigenvalue may be off, by the type that gradients have: no less is told from 0
}

// NewDiffusionSpectrum is the spectrum of a d×d covariance matrix with those
// eigenvalues, and zeros for the rest. It is an error when one is negative by more
// than rounding, 2⁻⁵²·d times the largest, or not finite: such a matrix is no
// covariance.
func NewDiffusionSpectrum(name string, d int, values []float64) (*DiffusionSpectrum, error) {
	if d < 1 || len(values) < 1 || len(values) > d {
		panic(fmt.Sprintf("spectrum: NewDiffusionSpectrum: %d eigenvalues, d is %d, expected 1 to d of them", len(values), d))
	}
	largest := max(slices.Max(values), -slices.Min(values))
	return newDiffusionSpectrum(name, d, values, 0x1p-52*float64(d)*largest)
}

func newDiffusionSpectrum(name string, d int, values []float64, rounding float64) (*DiffusionSpectrum, error) {
	s := &DiffusionSpectrum{Values: slices.Sorted(slices.Values(values)), Rounding: rounding}
	low, high := s.Values[0], s.Largest()
	switch {
	case !finite(low) || !finite(high) || !finite(rounding):
		return nil, fmt.Errorf("spectrum: the %s has the eigenvalues %v … %v: the gradients hold a NaN, or are too large", name, low, high)
	case low < -rounding:
		return nil, fmt.Errorf("spectrum: the %s has the eigenvalue %.6g, expected none below 0 but for rounding, %.2g: it is no covariance", name, low, rounding)
	}
	rule := Rule{Exact: true}
	if zeros := d - len(values); zeros > 0 {
		rule.Nodes, rule.Weights = []float64{0}, []float64{float64(zeros) / float64(d)}
	}
	at, _ := slices.BinarySearch(s.Values, 0)
	weights := make([]float64, len(values))
	for i := range weights {
		weights[i] = 1 / float64(d)
	}
	rule.Nodes = slices.Concat(s.Values[:at], rule.Nodes, s.Values[at:])
	rule.Weights = slices.Concat(weights[:at], rule.Weights, weights[at:])
	s.Law = Law{Name: name, Dim: d, Rules: []Rule{rule}, exact: true}
	return s, nil
}

// Largest is λ_max.
func (s *DiffusionSpectrum) Largest() float64 { return s.Values[len(s.Values)-1] }

// Threshold is λ_max·d·ε, below which an eigenvalue counts as 0, with ε the spacing of
// the numbers of that type at 1: 2⁻⁵², which is NumPy's, or 2⁻²³, with which the
// thesis's spectra were made.
func (s *DiffusionSpectrum) Threshold(t device.DType) float64 {
	return s.Largest() * float64(s.Dim) * 2 * epsilon(t)
}

// Rank is the number of eigenvalues above a threshold, and above Rounding.
func (s *DiffusionSpectrum) Rank(threshold float64) int {
	threshold = max(threshold, s.Rounding)
	first, _ := slices.BinarySearchFunc(s.Values, threshold, func(λ, t float64) int {
		if λ > t {
			return 1
		}
		return -1
	})
	return len(s.Values) - first
}

// MeanDeviation is the mean of all d eigenvalues and their standard deviation, each
// that is below floor counting as floor: 0 leaves them as they are, the threshold of
// float32 gives what Figures 6.1 and 6.2 print. The mean, with floor 0, times η/2b is
// the temperature of a coordinate that (6.45) keeps.
func (s *DiffusionSpectrum) MeanDeviation(floor float64) (mean, deviation float64) {
	raise := func(λ float64) float64 {
		if floor > 0 {
			return max(λ, floor)
		}
		return λ
	}
	mean = s.Mean(raise).Value
	variance := s.Mean(func(λ float64) float64 { return (raise(λ) - mean) * (raise(λ) - mean) }).Value
	return mean, math.Sqrt(variance)
}

// Score is rank/d + the variance of the eigenvalues, which is to tell good
// architectures (Remark 6.40). It is not free of scale: gradients that are twice as
// long have four times the eigenvalues and sixteen times that variance.
func (s *DiffusionSpectrum) Score(threshold float64) float64 {
	_, deviation := s.MeanDeviation(0)
	return float64(s.Rank(threshold))/float64(s.Dim) + deviation*deviation
}

// String is one line.
func (s *DiffusionSpectrum) String() string {
	mean, deviation := s.MeanDeviation(0)
	percent := func(t device.DType) float64 { return 100 * float64(s.Rank(s.Threshold(t))) / float64(s.Dim) }
	return fmt.Sprintf("%s: λ = %.3g ± %.3g, the largest %.4g; rank %.3g %% of %d above float32's threshold, %.3g %% above float64's",
		s.Name, mean, deviation, s.Largest(), percent(device.Float32), s.Dim, percent(device.Float64))
}
