package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"glassy/kernel/cmd/internal/join"
	"glassy/kernel/cmd/internal/process"
	"glassy/lab/data"
)

// work is glassy worker, here: the program's version and the flags of the way.
func work(args []string) (exit int) {
	fs := flag.NewFlagSet("worker", flag.ContinueOnError)
	version := fs.String("version", "", "")
	way := join.Flags(fs)
	if err := fs.Parse(args); err != nil {
		return 2
	}
	process.ChooseDevice()
	data.SetHome(data.Folders(os.Getenv)...)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := join.Work(ctx, way, *version, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "glassy worker:", err)
		return 1
	}
	return 0
}
