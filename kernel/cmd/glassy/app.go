package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"glassy/kernel/cmd/glassy/internal/fetch"
	"glassy/kernel/engine"
)

// session is what the commands need of engine.Session.
type session interface {
	Execute(ctx context.Context, c engine.Cell, out engine.Output) engine.Result
	Interrupt()
	Close() error
}

// app is the program's surroundings.
type app struct {
	in       io.Reader
	out, err io.Writer
	getenv   func(string) string

	start   func(ctx context.Context, cfg engine.Config) (session, error)
	prepare func(ctx context.Context, cfg engine.Config, progress io.Writer) (program string, release func(), err error)
	signals func(chan<- os.Signal) (stop func()) // Ctrl-C and the request to end
	ways    func(set string) []fetch.Way         // to a data set
}

func newApp() *app {
	return &app{
		in: os.Stdin, out: os.Stdout, err: os.Stderr,
		getenv: os.Getenv,
		start: func(ctx context.Context, cfg engine.Config) (session, error) {
			s, err := engine.New(ctx, cfg)
			if err != nil {
				return nil, err // not s: a nil pointer in an interface is not nil
			}
			return s, nil
		},
		prepare: engine.Prepare,
		signals: func(c chan<- os.Signal) func() {
			signal.Notify(c, os.Interrupt, syscall.SIGTERM)
			return func() { signal.Stop(c) }
		},
		ways: fetch.Ways,
	}
}

// folders are where Glassy keeps what it installs.
type folders struct {
	home  string // data: the source, the program, the history
	cache string // what can be made again: archives, the session process, compiled cells
	data  string // XDG's data folder, above home
}

// folders follows the XDG base directory specification: XDG_DATA_HOME and
// XDG_CACHE_HOME where they are absolute paths, else the places below HOME.
func (a *app) folders() (folders, error) {
	data, err := a.xdg("XDG_DATA_HOME", ".local", "share")
	if err != nil {
		return folders{}, err
	}
	cache, err := a.xdg("XDG_CACHE_HOME", ".cache")
	if err != nil {
		return folders{}, err
	}
	return folders{home: filepath.Join(data, "glassy"), cache: filepath.Join(cache, "glassy"), data: data}, nil
}

func (a *app) xdg(name string, below ...string) (string, error) {
	if dir := a.getenv(name); filepath.IsAbs(dir) {
		return filepath.Clean(dir), nil
	}
	home := a.getenv("HOME")
	if home == "" {
		return "", fmt.Errorf("neither %s nor HOME is set to a folder; set one of them", name)
	}
	return filepath.Join(append([]string{home}, below...)...), nil
}

// useOwnGo puts the Go that install.sh has installed first on the PATH: it is
// there only where the machine has none, or one that is too old, and a kernel
// that Jupyter starts has not install.sh's PATH.
func useOwnGo(home string) error {
	dir := filepath.Join(home, "toolchain", "go", "bin")
	if _, err := os.Stat(filepath.Join(dir, "go")); err != nil {
		return nil
	}
	return os.Setenv("PATH", dir+string(filepath.ListSeparator)+os.Getenv("PATH"))
}

// config is the engine's, for cells that work in dir.
func (a *app) config(dir string, level slog.Level) (engine.Config, error) {
	f, err := a.folders()
	if err != nil {
		return engine.Config{}, err
	}
	if err := useOwnGo(f.home); err != nil {
		return engine.Config{}, err
	}
	return engine.Config{
		Home: f.home, Cache: f.cache, Dir: dir, Version: programVersion(),
		Log: slog.New(slog.NewTextHandler(a.err, &slog.HandlerOptions{Level: level})),
	}, nil
}

// open starts a session whose cells work in dir.
func (a *app) open(ctx context.Context, dir, engine string) (session, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	cfg, err := a.config(dir, slog.LevelWarn)
	if err != nil {
		return nil, err
	}
	if err := useEngine(&cfg, engine); err != nil {
		return nil, err
	}
	s, err := a.start(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("start the session: %w\n(glassy doctor tells what is missing)", err)
	}
	return s, nil
}

// untilSignal is a context that Ctrl-C, or a request to end, ends.
func (a *app) untilSignal(ctx context.Context) (_ context.Context, stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	c := make(chan os.Signal, 1)
	silence := a.signals(c)
	go func() {
		select {
		case <-c:
			cancel()
		case <-ctx.Done():
		}
	}()
	return ctx, func() {
		silence()
		cancel()
	}
}

// errStopped is the cause of a context that the user has ended.
var errStopped = errors.New("stopped")

// interruptible runs f; Ctrl-C interrupts the running cell, and a second one,
// or a request to end, ends the context that f is given.
func (a *app) interruptible(ctx context.Context, s session, f func(ctx context.Context)) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	c := make(chan os.Signal, 4)
	stop := a.signals(c)
	defer stop()
	done := make(chan struct{})
	defer close(done)
	go func() {
		for again := false; ; {
			select {
			case sig := <-c:
				s.Interrupt()
				if again || sig != os.Interrupt {
					cancel(errStopped)
				} else {
					fmt.Fprintln(a.err, "glassy: interrupt; again to stop at once")
				}
				again = true
			case <-done:
				return
			}
		}
	}()
	f(ctx)
}
