package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"glassy/kernel/cmd/glassy/internal/files"
	"glassy/kernel/cmd/internal/figures"
	"glassy/lab/data"
	"glassy/lab/thesis"
)

var figuresCommand = command{
	name: "figures", args: "[ID...] [--scale quick|desktop|thesis] [-o DIR]",
	short: "make the thesis's figures and tables, by number",
	long: `
Makes figures and tables of the thesis and prints the numbers of each: the
thesis's, ours, the exact theory, and the verdict. Without an ID it lists all there
are; a chapter's number stands for all of the chapter, a figure's for all its panels.

  --scale S   quick (seconds, the default), desktop (up to an hour on two cores),
              thesis (the paper's sizes; a GPU)
  -o DIR      write each as SVG, PNG and PDF, its data as CSV and its table as JSON;
              at scale thesis whole Hessians too, gigabytes, so that a command that
              was stopped goes on where it was

  glassy figures
  glassy figures 2.1 -o out
  glassy figures table-2.1
  glassy figures 2 --scale desktop
`,
	run: (*app).figures,
}

func (a *app) figures(ctx context.Context, args []string) error {
	fs := flag.NewFlagSet("figures", flag.ContinueOnError)
	scaleName := fs.String("scale", thesis.Quick.String(), "")
	dir := fs.String("o", "", "")
	ids, err := parse(fs, args)
	if err != nil {
		return err
	}
	scale, err := thesis.ParseScale(*scaleName)
	if err != nil {
		return usagef("%v", err)
	}
	chosen, err := thesis.Select(ids...)
	if err != nil {
		return usagef("%v", err)
	}
	if len(ids) == 0 {
		if *dir != "" {
			return usagef("-o without an ID; glassy figures lists the IDs")
		}
		for _, f := range chosen {
			fmt.Fprintf(a.out, "%-12s %s\n", f.ID, f.Title)
		}
		return nil
	}
	if *dir != "" { // an hour's figures must not end in the news that they cannot be kept
		if err := os.MkdirAll(*dir, 0o755); err != nil {
			return fmt.Errorf("-o: %w", err)
		}
		if err := files.Writable(filepath.Join(*dir, "figure")); err != nil {
			return fmt.Errorf("-o: %w", err)
		}
	}
	ctx, stop := a.untilSignal(ctx)
	defer stop()
	program, release, err := a.sessionProgram(ctx)
	if err != nil {
		fmt.Fprintf(a.err, "glassy: no session process (%v); going on without fast libraries and GPU\n", err)
		data.SetHome(data.Folders(a.getenv)...)
		return figures.Make(ctx, ids, scale, *dir, a.out, a.err)
	}
	defer release()
	return a.inSession(ctx, program, append([]string{"figures", scale.String(), *dir}, ids...)...)
}

// inSession has the session process do it, with its output on ours.
func (a *app) inSession(ctx context.Context, program string, args ...string) error {
	c := exec.CommandContext(ctx, program, args...)
	c.Stdout, c.Stderr = a.out, a.err
	// It is in a group of its own: a terminal's Ctrl-C, which goes to all of ours, comes
	// to it once, from here. It keeps what it has and says so.
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	c.Cancel = func() error { return c.Process.Signal(os.Interrupt) }
	c.WaitDelay = 10 * time.Second
	if err := c.Run(); err != nil {
		if _, ok := errors.AsType[*exec.ExitError](err); ok {
			return errTold
		}
		return fmt.Errorf("%s %s: %w", program, args[0], err)
	}
	return nil
}

// sessionProgram is the program of the session process, built if need be.
func (a *app) sessionProgram(ctx context.Context) (program string, release func(), err error) {
	cfg, err := a.config(".", slog.LevelWarn)
	if err != nil {
		return "", nil, err
	}
	return a.prepare(ctx, cfg, a.err)
}
