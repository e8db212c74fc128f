package oracletest

import (
	"context"

	"glassy/lab/trajectory"
)

// timeSeries is the spectrum of the increments of one coordinate, and the correlation of
// its points with the band of white noise.
func timeSeries(in inputs) any {
	s := trajectory.Of(1, list(in["x"]))
	spectrum := orPanic(trajectory.Increments(context.Background(), s, 0))
	correlation := orPanic(trajectory.Autocorrelation(context.Background(), s, 0, in.integer("maxlag")))
	return map[string]any{
		"acf": correlation.Mean, "band99": correlation.Band(0.99),
		"fft_abs_of_increments": spectrum.Amplitude, "periodogram_of_increments": spectrum.Power,
	}
}
