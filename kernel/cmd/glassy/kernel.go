package main

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"glassy/kernel/display"
	"glassy/kernel/engine"
	"glassy/kernel/server"
)

var kernelCommand = command{
	name: "kernel", args: "--connection-file FILE [--engine native|yaegi]", short: "serve one notebook; Jupyter starts this",
	long: `
Serves one notebook: Jupyter starts it, with a connection file that tells where to
listen. SIGINT interrupts the running cell; SIGTERM ends the kernel.

The kernel writes its log to standard error, where Jupyter's server shows it.
`,
	run: (*app).kernel,
}

func (a *app) kernel(ctx context.Context, args []string) error {
	fs := flag.NewFlagSet("kernel", flag.ContinueOnError)
	file := fs.String("connection-file", "", "")
	engineName := engineFlag(fs)
	rest, err := parse(fs, args)
	if err != nil {
		return err
	}
	if err := noArguments(rest); err != nil {
		return err
	}
	if *file == "" {
		return usagef("--connection-file is missing; Jupyter gives it when it starts a kernel")
	}
	// By Jupyter's name for this kernel a page finds it: package gonb says it there.
	if id, ok := strings.CutPrefix(strings.TrimSuffix(filepath.Base(*file), ".json"), "kernel-"); ok {
		if err := os.Setenv("GONB_JUPYTER_KERNEL_ID", id); err != nil {
			return fmt.Errorf("naming the kernel: %w", err)
		}
	}
	dir, err := os.Getwd() // Jupyter starts a kernel in its notebook's folder
	if err != nil {
		return fmt.Errorf("working folder: %w", err)
	}
	cfg, err := a.config(dir, slog.LevelInfo)
	if err != nil {
		return err
	}
	if err := useEngine(&cfg, *engineName); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go a.watchParent(ctx, cancel, cfg.Log)
	interrupts := make(chan os.Signal, 1)
	signal.Notify(interrupts, os.Interrupt)
	defer signal.Stop(interrupts)

	var e server.Engine
	if s, err := engine.New(ctx, cfg); err == nil {
		defer s.Close()
		e = s
	} else {
		cfg.Log.Error("the session does not start", "err", err)
		e = broken{err}
	}
	return server.Run(ctx, server.Config{
		ConnectionFile: *file,
		Engine:         e,
		HistoryFile:    filepath.Join(cfg.Home, "history.jsonl"),
		Log:            cfg.Log,
		Version:        programVersion(),
		Interrupts:     interrupts,
	})
}

// watchParent ends the kernel when the process that started it is gone: then
// nobody is left to ask for its shutdown.
func (a *app) watchParent(ctx context.Context, end func(), log *slog.Logger) {
	parent := os.Getppid()
	if a.getenv("JPY_PARENT_PID") != strconv.Itoa(parent) {
		return // started by something else, or meant to outlive it
	}
	for tick := time.NewTicker(time.Second); ; {
		select {
		case <-ctx.Done():
			tick.Stop()
			return
		case <-tick.C:
			if os.Getppid() != parent {
				log.Warn("the process that started this kernel is gone; ending")
				end()
				return
			}
		}
	}
}

// broken stands in for an engine that does not start, so that the notebook
// tells why, instead of a kernel that dies without a word.
type broken struct{ err error }

func (b broken) failure() *engine.Error {
	return &engine.Error{
		Name:  "NoSession",
		Value: fmt.Sprintf("the session does not start: %v", b.err),
		Traceback: []string{
			fmt.Sprintf("NoSession: the session does not start: %v", b.err), "",
			"Run `glassy doctor` in a terminal: it tells what is missing and what to do. Then restart the kernel.",
		},
	}
}

func (b broken) Execute(context.Context, engine.Cell, engine.Output) engine.Result {
	return engine.Result{Error: b.failure()}
}

func (b broken) Evaluate(context.Context, engine.Cell) (display.Bundle, *engine.Error) {
	return display.Bundle{}, b.failure()
}

func (broken) Complete(_ string, cursor int) engine.Completion {
	return engine.Completion{Start: cursor, End: cursor}
}

func (broken) Inspect(string, int, int) (display.Bundle, bool) { return display.Bundle{}, false }

func (broken) Completeness(string) (engine.Completeness, string) { return engine.Complete, "" }

func (broken) Interrupt() {}

func (broken) Comm(engine.CommMessage, engine.Output) {}

func (broken) CommBeside(engine.CommMessage) {}
