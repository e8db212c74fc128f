package main

import (
	"context"
	"flag"
	"fmt"

	"glassy/kernel/cmd/internal/join"
	"glassy/lab/data"
)

var workerCommand = command{
	name: "worker", args: "--nats URL [--token-file FILE | --creds FILE] [--tls-ca FILE] [--name NAME]",
	short: "work for a cluster",
	long: `
Joins a cluster and does its tasks, one at a time, until Ctrl-C: descents, trainings,
and replicas of Parle, for whoever has the same version of Glassy. What it was at
when it ends is done by another.

` + join.Usage + `
  glassy worker --nats nats://10.0.0.7:4222 --token-file token
`,
	run: (*app).worker,
}

func (a *app) worker(ctx context.Context, args []string) error {
	fs := flag.NewFlagSet("worker", flag.ContinueOnError)
	way := join.Flags(fs)
	rest, err := parse(fs, args)
	if err != nil {
		return err
	}
	if err := noArguments(rest); err != nil {
		return err
	}
	if way.URL == "" {
		return usagef("--nats is missing: the URL of the cluster's server")
	}
	ctx, stop := a.untilSignal(ctx)
	defer stop()
	program, release, err := a.sessionProgram(ctx)
	if err != nil {
		fmt.Fprintf(a.err, "glassy: no session process (%v); going on without fast libraries and GPU\n", err)
		data.SetHome(data.Folders(a.getenv)...)
		return join.Work(ctx, way, programVersion(), a.out)
	}
	defer release()
	return a.inSession(ctx, program, append([]string{"worker", "--version", programVersion()}, way.Args()...)...)
}
