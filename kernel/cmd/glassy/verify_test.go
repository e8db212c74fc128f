package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

func TestVerify(t *testing.T) {
	l := newLab(t, "")
	in := book(t, l.home, "print a 1.5\nwarn b\nvalue 42.5", "figure", "show x\nupdate y 3", "#skip-execution fail never", "#raises-exception fail boom", "#measured value 7")
	kept := filepath.Join(l.home, "kept.ipynb")
	l.run(t, exitOK, "run", in, "-o", kept)
	whole := read(t, kept)
	l.run(t, exitOK, "verify", kept)
	says(t, l.out.String(), "[1] print a 1.5: equal\n", "[5] value 7: not comparable: its tag measured", "4 equal, 0 differ, 1 not comparable")
	if read(t, kept) != whole || !l.session.closed {
		t.Error("the file was changed, or the session not closed")
	}

	changed := write(t, filepath.Join(l.home, "changed.ipynb"), strings.NewReplacer(`"a 1.5\n"`, `"a 1.50000001\n"`, `"42.5"`, `"43"`, `y 3"`, `y 3.0000000001"`).Replace(whole))
	l.run(t, exitFailed, "verify", changed)
	says(t, l.out.String(), "[1] print a 1.5: differs: 1.50000001 became 1.5", "[3] show x: equal", "3 equal, 1 differ")
	l.run(t, exitFailed, "verify", changed, "--tolerance", "1e-3")
	says(t, l.out.String(), "[1] print a 1.5: differs: 43 became 42.5")
	l.run(t, exitOK, "verify", changed, "--tolerance=0.1")
	l.run(t, exitFailed, "verify", in) // which has other outputs
	says(t, l.out.String(), "[1] print a 1.5: differs: ")

	fresh := write(t, filepath.Join(l.home, "fresh.ipynb"), strings.ReplaceAll(read(t, in), `"execution_count":99,"id"`, `"execution_count":null,"id"`))
	fresh = write(t, fresh, strings.ReplaceAll(read(t, fresh), `"outputs":[{"name":"stdout","output_type":"stream","text":"old"}]`, `"outputs":[]`))
	l.run(t, exitOK, "verify", fresh)
	says(t, l.out.String(), "the file keeps no run of it", "0 equal, 0 differ, 5 not comparable")
}

func TestVerifyErrors(t *testing.T) {
	l := newLab(t, "")
	l.run(t, exitUsage, "verify")
	l.run(t, exitUsage, "verify", "a", "b")
	l.run(t, exitUsage, "verify", "a", "--tolerance", "-1")
	l.run(t, exitUsage, "verify", "a", "--tolerance", "NaN")
	l.run(t, exitFailed, "verify", filepath.Join(l.home, "none.ipynb"))
	bad := write(t, filepath.Join(l.home, "bad.ipynb"), strings.Replace(read(t, book(t, l.home, "print a")), `"output_type":"stream"`, `"output_type":"dream"`, 1))
	l.run(t, exitFailed, "verify", bad)
	says(t, l.err.String(), `cell 2: output 1: output type "dream"`)
	l.started = fmt.Errorf("no Go")
	l.run(t, exitFailed, "verify", book(t, l.home, "print a"))
	says(t, l.err.String(), "no Go")
}
