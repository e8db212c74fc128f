package main

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"io"

	"glassy/kernel/engine"
)

var evalCommand = command{
	name: "eval", args: "['CODE' | -] [--engine native|yaegi]", short: "run one cell from the command line or standard input",
	long: `
Runs CODE as one cell: prints what it prints, as it comes, and then the value of
its last expression. An error goes to standard error, and the exit code is 1.
Without CODE, or with -, the cell is read from standard input; with CODE,
standard input is the cell's own.

  glassy eval '6 * 7'
  glassy eval 'glass.GroundEnergy(3)'
  glassy eval < cell.go
  glassy eval -- '-1 + 2'           code that starts with a minus
  echo 5 | glassy eval 'var n int; fmt.Scan(&n); n * n'
  glassy eval --engine yaegi '6 * 7'    interpreted: no Go toolchain is needed
`,
	run: (*app).eval,
}

func (a *app) eval(ctx context.Context, args []string) error {
	fs := flag.NewFlagSet("eval", flag.ContinueOnError)
	engineName := engineFlag(fs)
	rest, err := parse(fs, args)
	if err != nil {
		return err
	}
	if len(rest) > 1 {
		return usagef("%d arguments; put quotes around the code", len(rest))
	}
	t := &terminal{out: a.out, err: a.err}
	var code string
	if len(rest) == 0 || rest[0] == "-" {
		b, err := io.ReadAll(a.in)
		if err != nil {
			return fmt.Errorf("read the code from standard input: %w", err)
		}
		code = string(b)
	} else {
		code = rest[0]
		t.in = bufio.NewReader(a.in)
	}
	s, err := a.open(ctx, ".", *engineName)
	if err != nil {
		return err
	}
	defer s.Close()
	var r engine.Result
	a.interruptible(ctx, s, func(ctx context.Context) {
		r = s.Execute(ctx, engine.Cell{Code: code, Count: 1}, t)
	})
	t.result(r)
	if r.Error != nil {
		return errTold
	}
	return nil
}
