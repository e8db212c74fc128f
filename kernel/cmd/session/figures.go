package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"glassy/kernel/cmd/internal/figures"
	"glassy/kernel/cmd/internal/process"
	"glassy/lab/data"
	"glassy/lab/thesis"
)

// makeFigures is glassy figures, here: a scale, a folder or "", and IDs.
func makeFigures(args []string) (exit int) {
	if len(args) < 3 {
		fmt.Fprintf(os.Stderr, "session: figures: %d arguments, expected a scale, a folder and IDs\n", len(args))
		return 2
	}
	process.ChooseDevice()
	data.SetHome(data.Folders(os.Getenv)...)
	scale, err := thesis.ParseScale(args[0])
	if err == nil {
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
		context.AfterFunc(ctx, stop) // a second signal ends the process
		err = figures.Make(ctx, args[2:], scale, args[1], os.Stdout, os.Stderr)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "glassy figures:", err)
		return 1
	}
	return 0
}
