package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"glassy/lab/thesis"
)

func TestFiguresListed(t *testing.T) {
	l := newLab(t, "")
	l.run(t, exitOK, "figures")
	for _, f := range thesis.Figures() {
		says(t, l.out.String(), f.ID, f.Title)
	}
}

func TestFigureMade(t *testing.T) {
	l := newLab(t, "")
	dir := filepath.Join(l.home, "figs")
	l.run(t, exitOK, "figures", "2.1", "--scale", "desktop", "-o", dir)
	says(t, l.out.String(), "Figure 2.1", "(scale desktop)", "−1.632993162", "−1.656998364", "agrees", "wrote "+dir)
	for _, ext := range []string{"svg", "png", "pdf", "csv", "json"} {
		if info, err := os.Stat(filepath.Join(dir, "figure-2.1."+ext)); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v", ext, err)
		}
	}
}

func TestChapter(t *testing.T) {
	chosen, err := thesis.Select("2")
	if err != nil {
		t.Fatal(err)
	}
	l := newLab(t, "")
	l.run(t, exitOK, "figures", "2")
	if n := strings.Count("\n"+l.out.String(), "\nFigure "); n != len(chosen) {
		t.Errorf("%d figures of chapter 2, want %d:\n%s", n, len(chosen), l.out)
	}
}

func TestFiguresIntoAFile(t *testing.T) {
	l := newLab(t, "")
	file := write(t, filepath.Join(l.home, "f"), "")
	l.run(t, exitFailed, "figures", "2.1", "-o", file)
	says(t, l.err.String(), file)
}
