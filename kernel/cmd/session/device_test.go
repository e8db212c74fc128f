//go:build cuda

package main

import (
	"io"
	"os"
	"strings"
	"testing"
)

// What glassy doctor is told is one line: the device, then the libraries.
func TestDoctor(t *testing.T) {
	dev := gpu(t)
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout := os.Stdout
	os.Stdout = w
	tellCUDA()
	os.Stdout = stdout
	w.Close()
	told, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%s", told)
	if want := dev.Describe() + "; " + dev.Libraries() + "\n"; string(told) != want || strings.Count(want, "\n") != 1 {
		t.Errorf("doctor is told %q, expected %q", told, want)
	}
}
