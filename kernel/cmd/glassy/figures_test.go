package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"glassy/lab/thesis"
)

func TestFiguresListed(t *testing.T) {
	l := newLab(t, "")
	l.run(t, exitOK, "figures")
	for _, f := range thesis.Figures() {
		says(t, l.out.String(), f.ID, f.Title)
	}
}

// Without a session process the program makes figures itself, and says so.
func TestFigureMade(t *testing.T) {
	l := newLab(t, "")
	l.started = errors.New("no Go here")
	dir := filepath.Join(l.home, "figs")
	l.run(t, exitOK, "figures", "2.1", "--scale", "desktop", "-o", dir)
	says(t, l.out.String(), "Figure 2.1", "(scale desktop)", "−1.632993162", "−1.656998364", "agrees", "wrote "+dir)
	says(t, l.err.String(), "no session process (no Go here)")
	for _, ext := range []string{"svg", "png", "pdf", "csv", "json"} {
		if info, err := os.Stat(filepath.Join(dir, "figure-2.1."+ext)); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v", ext, err)
		}
	}
}

// The session process gets the scale, the folder and the IDs; its exit status is
// the command's.
func TestFiguresBySession(t *testing.T) {
	l := newLab(t, "")
	l.program = filepath.Join(l.home, "session")
	script := "#!/bin/sh\nfor a in \"$@\"; do echo \"<$a>\"; done\n[ \"$4\" = 2.1 ] || { echo bad >&2; exit 1; }\n"
	if err := os.WriteFile(l.program, []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	l.run(t, exitOK, "figures", "2.1", "--scale", "desktop")
	says(t, l.out.String(), "<figures>\n<desktop>\n<>\n<2.1>\n")
	l.run(t, exitFailed, "figures", "2")
	if got := l.err.String(); got != "preparing\nbad\n" {
		t.Errorf("the error is told as %q", got)
	}
}

// Ctrl-C comes to the session process once, also where a terminal sends it to all.
func TestFiguresInterrupted(t *testing.T) {
	l := newLab(t, "")
	l.program = filepath.Join(l.home, "session")
	script := `#!/bin/sh
trap 'echo asked to stop' INT
[ "$(ps -o pgid= -p $$ | tr -d ' ')" = $$ ] && echo in its own group
echo ready
sleep 20 >/dev/null 2>&1 & wait $!
sleep 0.3 >/dev/null 2>&1 & wait $!
exit 1
`
	if err := os.WriteFile(l.program, []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	go func() {
		for !strings.Contains(l.out.String(), "ready") {
			time.Sleep(10 * time.Millisecond)
		}
		l.signal <- os.Interrupt
	}()
	l.run(t, exitFailed, "figures", "2.1")
	if got := l.out.String(); got != "in its own group\nready\nasked to stop\n" {
		t.Errorf("the session process says %q", got)
	}
}

func TestFiguresIntoAFile(t *testing.T) {
	l := newLab(t, "")
	file := write(t, filepath.Join(l.home, "f"), "")
	l.run(t, exitFailed, "figures", "2.1", "-o", file)
	says(t, l.err.String(), file)
}
