// Package datatest is for tests that need real data: it loads a set where there
// is one, and where there is none skips the test and says so, or fails it when
// GLASSY_REQUIRE_DATA=1 demands that nothing be skipped.
//
//	train, test := datatest.Load(t, os.Getenv, "mnist")
package datatest

import (
	"errors"
	"io/fs"
	"testing"

	"glassy/lab/data"
)

// Load is data.Load in the folders of the environment.
func Load(t testing.TB, getenv func(string) string, name string) (train, test *data.Set) {
	t.Helper()
	train, test, err := data.Load(name, data.Folders(getenv)...)
	need(t, getenv, err)
	return train, test
}

// Characters is data.Characters in the folders of the environment.
func Characters(t testing.TB, getenv func(string) string, name string) *data.Corpus {
	t.Helper()
	c, err := data.Characters(name, data.Folders(getenv)...)
	need(t, getenv, err)
	return c
}

// Words is data.Words in the folders of the environment.
func Words(t testing.TB, getenv func(string) string, name string) *data.Corpus {
	t.Helper()
	c, err := data.Words(name, data.Folders(getenv)...)
	need(t, getenv, err)
	return c
}

func need(t testing.TB, getenv func(string) string, err error) {
	t.Helper()
	switch {
	case err == nil:
	case errors.Is(err, fs.ErrNotExist) && getenv("GLASSY_REQUIRE_DATA") != "1":
		// The data are not part of the source, and no test downloads.
		t.Skip("needs data that is not on this machine (with GLASSY_REQUIRE_DATA=1, as in CI, that is a failure):", err)
	default:
		t.Fatal(err)
	}
}
