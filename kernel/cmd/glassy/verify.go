package main

import (
	"context"
	"flag"
	"fmt"
	"path/filepath"
	"strings"

	"glassy/kernel/cmd/glassy/internal/notebook"
	"glassy/kernel/engine"
	"glassy/kernel/engine/compare"
)

var verifyCommand = command{
	name: "verify", args: "FILE.ipynb [--tolerance T]",
	short: "run a notebook again and compare it with the outputs it keeps",
	long: `
Executes the code cells of a notebook in order, in the notebook's folder, as
glassy run does, and compares the outputs with those that the file keeps: words
must be equal, numbers up to a tolerance. The file is not changed. Each cell is
equal, differs, or is not comparable: what differs between two runs is random or
measures time, a cell tagged measured depends on the processor, and a cell may
have no outputs to compare with. Exit code 1 when a cell differs.

  --tolerance T   by how much of its size a number may differ; 1e-9 if not given
  --engine yaegi  interpret the cells, not compile them
`,
	run: (*app).verify,
}

func (a *app) verify(ctx context.Context, args []string) error {
	fs := flag.NewFlagSet("verify", flag.ContinueOnError)
	tolerance := fs.Float64("tolerance", engine.DefaultTolerance, "")
	engineName := engineFlag(fs)
	rest, err := parse(fs, args)
	if err != nil {
		return err
	}
	if len(rest) != 1 {
		return usagef("%d notebooks, expected one", len(rest))
	}
	if !(*tolerance >= 0) {
		return usagef("--tolerance %v, expected by how much of its size a number may differ, such as 1e-9", *tolerance)
	}
	path := rest[0]
	nb, err := loadGo(path)
	if err != nil {
		return err
	}
	cells, err := keptCells(nb)
	if err != nil {
		return fmt.Errorf("notebook %s: %w", path, err)
	}
	verdicts, err := a.verdicts(ctx, path, *engineName, cells, *tolerance)
	if err != nil {
		return err
	}
	failed := false
	for _, v := range verdicts {
		fmt.Fprintln(a.out, v)
		failed = failed || v.Differs()
	}
	fmt.Fprintf(a.out, "%s: %s\n", path, compare.Summary(verdicts))
	if failed {
		return errTold
	}
	return nil
}

// verdicts runs the cells, which Ctrl-C ends.
func (a *app) verdicts(ctx context.Context, path, engineName string, cells []engine.Again, tolerance float64) ([]compare.Verdict, error) {
	ctx, stop := a.untilSignal(ctx)
	defer stop()
	return engine.Verify(ctx, func(ctx context.Context) (engine.Runner, error) {
		s, err := a.open(ctx, filepath.Dir(path), engineName)
		if err != nil {
			return nil, err
		}
		return s, nil
	}, cells, tolerance)
}

// keptCells are the cells of a notebook with the outputs that it keeps.
func keptCells(nb *notebook.Notebook) (cells []engine.Again, err error) {
	count := 0
	for i, c := range nb.Cells {
		if c.Type != "code" || c.Tagged("skip-execution") || strings.TrimSpace(c.Source) == "" {
			continue
		}
		count++
		outputs, ran, err := c.Kept()
		if err != nil {
			return nil, fmt.Errorf("cell %d: %w", i+1, err)
		}
		a := engine.Again{
			Cell: engine.Cell{Code: c.Source, Count: count, ID: c.ID()},
			Name: fmt.Sprintf("[%d] %s:", count, title(c.Source)),
			Kept: new(compare.Outputs),
		}
		for _, o := range outputs {
			switch o.Type {
			case "stream":
				a.Kept.Stream(o.Name, o.Text)
			case "error":
				a.Kept.Error(o.ErrorName, o.ErrorValue)
			default:
				a.Kept.Display(o.Data, "", false)
			}
		}
		switch {
		case c.Tagged("measured"):
			a.Why = "its tag measured says that it depends on the processor"
		case !ran && len(outputs) == 0:
			a.Why = "the file keeps no run of it"
		}
		cells = append(cells, a)
	}
	return cells, nil
}
