package bench

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"glassy/lab/device"
)

// python is an interpreter that has no PyTorch but knows how it answers.
func python(t *testing.T, script string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "python")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+script), 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

// A task that PyTorch cannot do leaves its cells empty and a note; the rest of
// the table is there.
func TestTaskThatFails(t *testing.T) {
	p, err := StartPeer(python(t, `echo "PyTorch at $3"
while read task net n; do case $task in
	count) echo "[47658]";;
	norms) printf '%s\n' '"OutOfMemoryError: too much\nof it"';;
	*) echo "[3.5, 2.5]";;
esac; done`), "cuda-tf32")
	if err != nil {
		t.Fatal(err)
	}
	defer p.Stop()
	text, err := Compare(Options{Device: device.CPU(), Peer: p, Rounds: 1, Networks: []string{"small-lenet-ch3"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"peer: PyTorch at cuda-tf32\n", " | 3500.00 | ", "\nPyTorch, small-lenet-ch3, norms: OutOfMemoryError: too much\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("the table has no %q:\n%s", want, text)
		}
	}
}

func TestPeerThatEnds(t *testing.T) {
	if _, err := StartPeer(python(t, "echo a line >&2; echo no GPU >&2"), "cuda"); err == nil || !strings.HasSuffix(err.Error(), "peers/pytorch.py: no GPU") {
		t.Errorf("error %v, expected the last that it said", err)
	}
	p, err := StartPeer(python(t, "echo PyTorch; read x; echo lost the GPU >&2"), "cuda")
	if err != nil {
		t.Fatal(err)
	}
	_, err = p.seconds("step", "lenet", 1)
	var failed taskError
	if err == nil || errors.As(err, &failed) || !strings.HasSuffix(err.Error(), "lost the GPU") {
		t.Errorf("error %v, expected one of the process that it lost the GPU", err)
	}
}
