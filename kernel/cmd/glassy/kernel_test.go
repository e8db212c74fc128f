package main

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"glassy/kernel/engine"
	"glassy/kernel/server"
)

var (
	_ server.Engine = broken{}
	_ session       = (*engine.Session)(nil)
)

// Where the engine does not start, every cell tells why and what to do.
func TestBrokenEngine(t *testing.T) {
	b := broken{errors.New("no gcc")}
	r := b.Execute(context.Background(), engine.Cell{Code: "1"}, nil)
	if r.Error == nil || r.Value != nil {
		t.Fatalf("result %+v", r)
	}
	says(t, strings.Join(r.Error.Traceback, "\n"), "no gcc", "glassy doctor")
	says(t, r.Error.Error(), "NoSession", "no gcc")
	if _, err := b.Evaluate(context.Background(), engine.Cell{Code: "1"}); err == nil {
		t.Error("an expression has a value")
	}
	if c := b.Complete("abc", 2); c.Start != 2 || c.End != 2 || len(c.Items) > 0 {
		t.Errorf("completion %+v", c)
	}
}

func TestKernelWithoutConnectionFile(t *testing.T) {
	l := newLab(t, "")
	l.env["XDG_DATA_HOME"], l.env["XDG_CACHE_HOME"] = l.home, l.home
	l.run(t, exitFailed, "kernel", "--connection-file", l.home+"/none.json")
	says(t, l.err.String(), "none.json")
}

func TestWatchParent(t *testing.T) {
	l := newLab(t, "")
	ended := make(chan struct{})
	ctx, cancel := context.WithCancel(t.Context())
	l.env["JPY_PARENT_PID"] = strconv.Itoa(os.Getppid())
	go func() {
		defer close(ended)
		l.watchParent(ctx, func() { t.Error("ended though its parent lives") }, slog.New(slog.DiscardHandler))
	}()
	time.Sleep(1200 * time.Millisecond) // one look at the parent
	cancel()
	<-ended
	// Another process than the one it was started for: it is left alone.
	l.env["JPY_PARENT_PID"] = "1"
	if os.Getppid() != 1 {
		l.watchParent(t.Context(), func() { t.Error("ended") }, nil)
	}
}
