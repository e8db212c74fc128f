package thesis

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"glassy/lab/trajectory"
)

// A training that was killed, with the last chunk of its file torn, goes on to the same
// bits.
func TestWanderingGoesOn(t *testing.T) {
	whole := settings{ctx: context.Background(), folder: t.TempDir()}
	w, err := newWandering(whole)
	if errors.Is(err, fs.ErrNotExist) && os.Getenv("GLASSY_REQUIRE_DATA") != "1" {
		t.Skip("needs data that is not on this machine (with GLASSY_REQUIRE_DATA=1, as in CI, that is a failure):", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	w.burnIn, w.seeds = 6, 1
	points := func(set settings, epochs int) []float64 {
		w.epochs = epochs
		files, err := w.train(set)
		if err != nil {
			t.Fatal(err)
		}
		defer files[0].Close()
		all := make([]float64, files[0].Dim()*files[0].Len())
		if err := files[0].Columns(0, files[0].Dim(), 0, all); err != nil {
			t.Fatal(err)
		}
		return all
	}
	want := points(whole, 24)

	parts := settings{ctx: context.Background(), folder: t.TempDir()}
	points(parts, 16)
	paths, err := filepath.Glob(filepath.Join(parts.folder, "*.trajectory"))
	if err != nil || len(paths) != 1 {
		t.Fatal(paths, err)
	}
	points(parts, 20) // a chunk of its own, of which a part is there
	info, err := os.Stat(paths[0])
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(paths[0], info.Size()-1000); err != nil {
		t.Fatal(err)
	}
	if f, err := trajectory.Open(paths[0]); err != nil || f.Len() != 16 || f.Torn == 0 {
		t.Fatal(f, err)
	}
	if got := points(parts, 24); !slices.Equal(got, want) {
		t.Error("a training that went on after it was killed has other weights than one that was not")
	}

	// Stopped, it says so; with nothing yet, that is the error.
	ctx, stop := context.WithCancel(context.Background())
	stop()
	if _, err := w.train(settings{ctx: ctx, folder: t.TempDir()}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, expected the context's", err)
	}
}
