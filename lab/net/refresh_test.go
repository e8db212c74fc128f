package net

import (
	"math"
	"slices"
	"testing"

	"glassy/lab/device"
)

// What a run that diverged has left in the statistics does not outlive Refresh.
func TestRefreshForgets(t *testing.T) {
	a, err := Named("small-lenet")
	if err != nil {
		t.Fatal(err)
	}
	l, x, _ := lossOf(t, a, 8)
	l.Refresh(x)
	want := device.Read[float64](l.Statistics())
	l.m.dev.Fill(l.Statistics(), math.NaN())
	l.Refresh(x)
	if got := device.Read[float64](l.Statistics()); !slices.Equal(got, want) {
		t.Errorf("statistics after NaN are %v …, expected %v …", got[:4], want[:4])
	}
}
