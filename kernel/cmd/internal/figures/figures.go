// Package figures makes figures of the thesis for a command line: glassy figures
// has the session process do it, which has the fast libraries and the GPU, and does
// it itself where there is none.
package figures

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"glassy/kernel/cmd/internal/progress"
	"glassy/lab/run"
	"glassy/lab/thesis"
)

// Make makes the items that the IDs name and prints their numbers to out; with a
// folder, it writes their files. How far it is goes to status. An item that cannot
// be made, since its data are not there, say, is no reason not to make the others.
// At the scale of the thesis the folder has the whole Hessians too, see
// [thesis.Keep].
func Make(ctx context.Context, ids []string, scale thesis.Scale, dir string, out, status io.Writer) error {
	chosen, err := thesis.Select(ids...)
	if err != nil {
		return err
	}
	line := progress.On(status)
	defer line.End()
	run.SetHost(run.Host{
		Context: func() context.Context { return ctx },
		Progress: func(p run.Progress) {
			if !p.Ended {
				line.Report(func() string { return describe(p) })
			}
		},
	})
	defer run.SetHost(run.Host{})
	opts := []thesis.Option{scale, thesis.Within(ctx)}
	if dir != "" && scale == thesis.Paper {
		opts = append(opts, thesis.Keep(dir))
	}
	var failed []error
	for i, f := range chosen {
		r, err := thesis.Figure(f.ID, opts...)
		line.End()
		if errors.Is(err, context.Canceled) {
			return errors.Join(append(failed, fmt.Errorf("stopped at %s, after %d of %d: %w", f.Label(), i, len(chosen), err))...)
		}
		if err != nil {
			failed = append(failed, err)
			continue
		}
		if i > len(failed) {
			fmt.Fprintln(out)
		}
		fmt.Fprintln(out, r)
		if dir != "" {
			paths, err := r.Save(dir)
			for _, p := range paths {
				fmt.Fprintln(out, "wrote", p)
			}
			if err != nil {
				return err
			}
		}
		if r.Stopped {
			return errors.Join(append(failed, fmt.Errorf("stopped in the middle of %s, after %d of %d", f.Label(), i, len(chosen)))...)
		}
	}
	switch len(failed) {
	case 0:
		return nil
	case 1:
		return failed[0]
	}
	return fmt.Errorf("%d of %d could not be made:\n%w", len(failed), len(chosen), errors.Join(failed...))
}

func describe(p run.Progress) string {
	if p.Total == 0 {
		return fmt.Sprintf("%s: %d, %.0f a second", p.Name, p.Done, p.Rate())
	}
	s := fmt.Sprintf("%s: %d of %d", p.Name, p.Done, p.Total)
	if left, ok := p.Left(); ok && left >= time.Second {
		s += fmt.Sprintf(", %v left", left.Round(time.Second))
	}
	return s
}
