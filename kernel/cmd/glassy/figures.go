package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"glassy/kernel/cmd/glassy/internal/files"
	"glassy/lab/thesis"
)

var figuresCommand = command{
	name: "figures", args: "[ID...] [--scale quick|desktop|thesis] [-o DIR]",
	short: "make the thesis's figures and tables, by number",
	long: `
Makes figures and tables of the thesis and prints the numbers of each: the
thesis's, ours, the exact theory, and the verdict. Without an ID it lists all there
are; a chapter's number stands for all of the chapter.

  --scale S   quick (seconds, the default), desktop (up to an hour on two cores),
              thesis (the paper's sizes; a GPU)
  -o DIR      write each as SVG, PNG and PDF, its data as CSV and its table as JSON

  glassy figures
  glassy figures 2.1 -o out
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
			fmt.Fprintf(a.out, "%-6s %s\n", f.ID, f.Title)
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
	for i, f := range chosen {
		r, err := thesis.Figure(f.ID, scale, thesis.Within(ctx))
		if errors.Is(err, context.Canceled) {
			return fmt.Errorf("stopped at figure %s, after %d of %d: %w", f.ID, i, len(chosen), err)
		}
		if err != nil {
			return err
		}
		if i > 0 {
			fmt.Fprintln(a.out)
		}
		fmt.Fprintln(a.out, r)
		if *dir == "" {
			continue
		}
		paths, err := r.Save(*dir)
		for _, p := range paths {
			fmt.Fprintln(a.out, "wrote", p)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
