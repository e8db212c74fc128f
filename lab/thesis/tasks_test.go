package thesis

import (
	"os"
	"slices"
	"testing"

	"glassy/lab/cluster"
	"glassy/lab/data/datatest"
	"glassy/lab/device"
)

// Descents on workers are those of this process, in the same order.
func TestDescentsOnWorkers(t *testing.T) {
	g := glassOf{3, 12, 1, 0.5}
	const n = 2*share + 50
	here, err := descend(settings{ctx: t.Context()}, g, n)
	if err != nil {
		t.Fatal(err)
	}
	var first []float64
	for workers := 1; workers <= 2; workers++ {
		c, err := cluster.Local(t.Context(), workers, cluster.Options{}, Tasks()...)
		if err != nil {
			t.Fatal(err)
		}
		there, err := descend(settings{ctx: t.Context(), cluster: c}, g, n)
		c.Close()
		if err != nil {
			t.Fatal(err)
		}
		if there.Len() != n || !slices.Equal(there.Status, here.Status) {
			t.Fatalf("%d descents, expected %d", there.Len(), n)
		}
		for i, e := range there.Energies {
			// How many are in work at once may change roundings in single precision,
			// by which an end is another point within the tolerance of the stop.
			if d := e - here.Energies[i]; d > 1e-3 || d < -1e-3 {
				t.Errorf("descent %d ends at %v, here at %v", i, e, here.Energies[i])
			}
		}
		if first == nil {
			first = there.Points
		} else if !slices.Equal(first, there.Points) {
			t.Error("two workers end elsewhere than one")
		}
	}
}

// Parle whose replicas are workers, each with its own part of the data, is Parle in
// this process; what is exchanged is at least the weights of each replica and those of
// the master, which replicas on one worker share, at each update.
func TestRaceOnWorkers(t *testing.T) {
	datatest.Load(t, os.Getenv, "mnist")
	r := &raceSplit
	was := r.smaller[Quick]
	t.Cleanup(func() { r.smaller[Quick] = was })
	r.smaller[Quick].epochs = 10
	set := settings{ctx: t.Context()}
	c, err := r.course(set)
	if err != nil {
		t.Fatal(err)
	}
	e := entrant{Race: "split", Racer: 3} // n = 3, half each
	here, err := r.run(set, c, e)
	if err != nil {
		t.Fatal(err)
	}
	if set.cluster, err = cluster.Local(t.Context(), 2, cluster.Options{}, Tasks()...); err != nil {
		t.Fatal(err)
	}
	defer set.cluster.Close()
	there, err := cluster.Train(t.Context(), set.cluster, training, e, cluster.TrainOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(device.Read[float32](here.Weights), device.Read[float32](there.Weights)) ||
		!slices.Equal(here.History.Evaluated.Error, there.History.Evaluated.Error) || len(here.History.Evaluated.Error) == 0 {
		t.Errorf("on workers: %v, here: %v", there, here)
	}
	if least := int64(4 * here.Weights.Len() * (3 + 1) * here.Updates); there.Traffic.Bytes < least || !(0 < there.Traffic.Share && there.Traffic.Share < 1) {
		t.Errorf("traffic %+v, expected at least %d bytes and a share of the time", there.Traffic, least)
	}
	if _, err := cluster.Train(t.Context(), set.cluster, training, entrant{Race: "nobody's"}, cluster.TrainOptions{}); err == nil {
		t.Error("a race that is none is trained")
	}
}
