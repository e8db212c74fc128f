package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"glassy/kernel/cmd/glassy/internal/files"
	"glassy/kernel/cmd/glassy/internal/notebook"
	"glassy/kernel/cmd/internal/progress"
	"glassy/kernel/display"
	"glassy/kernel/engine"
	"glassy/kernel/server"
)

var runCommand = command{
	name: "run", args: "FILE.ipynb [-o OUT.ipynb] [--figures DIR] [--timeout D]",
	short: "execute a notebook, without Jupyter",
	long: `
Executes the code cells of a notebook in order, in the notebook's folder, and
reports each on standard error. It stops at the first cell that fails, with exit
code 1; a cell tagged raises-exception may fail, and one tagged skip-execution is
left out. Ctrl-C interrupts the running cell; a second one stops at once.

  -o OUT.ipynb    write the notebook with its outputs; also after a failure, and
                  after every cell, so that nothing is lost. OUT may be FILE.
                  Without -o, no notebook is written, and the outputs' texts go
                  to standard output.
  --figures DIR   write each figure as DIR/cellN-k.svg and .png: N is the number
                  in In[N], k counts the figures of the cell
  --timeout D     interrupt a cell after D, for instance 90s or 10m; 0, the
                  default, waits for ever
  --engine yaegi  interpret the cells: no Go toolchain is needed; native, the
                  default, compiles them
`,
	run: (*app).run,
}

func (a *app) run(ctx context.Context, args []string) error {
	fs := flag.NewFlagSet("run", flag.ContinueOnError)
	out := fs.String("o", "", "")
	figures := fs.String("figures", "", "")
	timeout := fs.Duration("timeout", 0, "")
	engineName := engineFlag(fs)
	rest, err := parse(fs, args)
	if err != nil {
		return err
	}
	if len(rest) != 1 {
		return usagef("%d notebooks, expected one", len(rest))
	}
	if *timeout < 0 {
		return usagef("--timeout %v, expected a length of time such as 90s", *timeout)
	}
	path := rest[0]
	nb, err := loadGo(path)
	if err != nil {
		return err
	}
	// A long run must not end in the news that its result cannot be written.
	if *out != "" {
		if err := files.Writable(*out); err != nil {
			return err
		}
	}
	if *figures != "" {
		if err := os.MkdirAll(*figures, 0o777); err != nil {
			return fmt.Errorf("figures: %w", err)
		}
		if err := files.Writable(filepath.Join(*figures, "cell1-1.svg")); err != nil {
			return err
		}
	}
	s, err := a.open(ctx, filepath.Dir(path), *engineName)
	if err != nil {
		return err
	}
	defer s.Close()
	r := &notebookRun{
		app: a, nb: nb, session: s, rec: notebook.NewRecorder(),
		path: path, out: *out, figures: *figures, timeout: *timeout,
	}
	a.interruptible(ctx, s, func(ctx context.Context) { err = r.cells(ctx) })
	return err
}

// loadGo reads a notebook of Go.
func loadGo(path string) (*notebook.Notebook, error) {
	nb, err := notebook.Load(path)
	if err != nil {
		return nil, err
	}
	if l := nb.Language(); l != "" && l != "go" {
		return nil, fmt.Errorf("notebook %s: it is written in %s; glassy runs Go: choose the kernel %q in Jupyter and save it", path, l, displayName)
	}
	return nb, nil
}

// notebookRun is one execution of a notebook.
type notebookRun struct {
	app           *app
	nb            *notebook.Notebook
	session       session
	rec           *notebook.Recorder
	path          string
	out, figures  string
	timeout       time.Duration
	figuresOnDisk int
}

// cells executes the cells in order, and saves after each.
func (r *notebookRun) cells(ctx context.Context) error {
	var todo []*notebook.Cell
	for _, c := range r.nb.Cells {
		if c.Type == "code" && !c.Tagged("skip-execution") {
			todo = append(todo, c)
		}
	}
	count, start := 0, time.Now()
	for i, c := range todo {
		if strings.TrimSpace(c.Source) == "" {
			r.rec.Begin(c, 0)
			continue
		}
		count++
		fmt.Fprintf(r.app.err, "[%d/%d] %s\n", i+1, len(todo), title(c.Source))
		failed, err := r.cell(ctx, c, count)
		if e := r.save(); e != nil {
			return errors.Join(err, e)
		}
		if err != nil {
			return err
		}
		if failed {
			fmt.Fprintf(r.app.err, "glassy run: %s: cell %d failed; the %d after it were not executed%s\n", r.path, count, len(todo)-i-1, r.saved())
			return errTold
		}
	}
	if err := r.save(); err != nil { // what came after the last cell's end, too
		return err
	}
	fmt.Fprintf(r.app.err, "%s: %d cells in %s%s\n", r.path, count, time.Since(start).Round(10*time.Millisecond), r.saved())
	return nil
}

func (r *notebookRun) saved() (s string) {
	if r.out != "" {
		s += "; wrote " + r.out
	}
	if r.figures != "" {
		s += fmt.Sprintf("; %d figure files in %s", r.figuresOnDisk, r.figures)
	}
	return s
}

// grace is how long a cell may take to stop after an interrupt.
const grace = 5 * time.Second

// cell executes one cell. It has failed if the run must stop there.
func (r *notebookRun) cell(ctx context.Context, c *notebook.Cell, count int) (failed bool, err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	late := make(chan struct{})
	if r.timeout > 0 {
		interrupt := time.AfterFunc(r.timeout, func() { close(late); r.session.Interrupt() })
		kill := time.AfterFunc(r.timeout+grace, func() { cancel(errStopped) })
		defer interrupt.Stop()
		defer kill.Stop()
	}
	o := &notebookOutput{CellRecorder: r.rec.Begin(c, count)}
	if r.out == "" {
		o.echo = &terminal{out: r.app.out, err: r.app.err}
	}
	res := r.session.Execute(ctx, engine.Cell{Code: c.Source, Count: count, ID: c.ID()}, o)
	o.result(res)
	if res.Record != nil {
		if err := c.SetMetadata("glassy", res.Record); err != nil {
			return true, err
		}
	}
	if r.figures != "" {
		paths, err := notebook.SaveFigures(r.figures, count, r.rec.Outputs(c))
		r.figuresOnDisk += len(paths)
		if err != nil {
			return true, err
		}
	}
	if res.Error == nil {
		return false, nil
	}
	if c.Tagged("raises-exception") && !res.Error.Interrupted && ctx.Err() == nil {
		fmt.Fprintf(r.app.err, "      failed, as its tag raises-exception allows: %v\n", res.Error)
		return false, nil
	}
	if o.echo == nil {
		fmt.Fprintln(r.app.err, errorText(res.Error, progress.IsTerminal(r.app.err)))
	}
	select {
	case <-late:
		fmt.Fprintf(r.app.err, "glassy run: cell %d ran longer than --timeout %v\n", count, r.timeout)
	default:
	}
	return true, nil
}

// save writes the notebook where -o says. If that fails now, the outputs go to
// the folder for temporary files rather than be lost.
func (r *notebookRun) save() error {
	if r.out == "" {
		return nil
	}
	b, err := r.rec.Bytes(r.nb)
	if err != nil {
		return err
	}
	err = files.Save(r.out, b)
	if err == nil {
		return nil
	}
	f, e := os.CreateTemp("", "glassy-*.ipynb")
	if e != nil {
		return err
	}
	defer f.Close()
	if _, e := f.Write(b); e != nil {
		os.Remove(f.Name())
		return err
	}
	return fmt.Errorf("%w\nthe notebook with its outputs is in %s instead", err, f.Name())
}

// title is the first line of a cell that says something.
func title(source string) string {
	for line := range strings.Lines(source) {
		if line = strings.TrimSpace(line); line != "" {
			if r := []rune(line); len(r) > 70 {
				return string(r[:69]) + "…"
			}
			return line
		}
	}
	return ""
}

// notebookOutput takes what a cell emits into the notebook, and onto the
// terminal where there is an echo.
type notebookOutput struct {
	*notebook.CellRecorder
	allowance server.Allowance
	echo      *terminal
}

func (o *notebookOutput) Stream(name, text string) {
	o.record(o.allowance.Take(name, text))
	if o.echo != nil {
		o.echo.Stream(name, text)
	}
}

func (o *notebookOutput) record(pieces []server.Piece) {
	for _, p := range pieces {
		o.CellRecorder.Stream(p.Name, p.Text)
	}
}

func (o *notebookOutput) Clear(wait bool) {
	o.allowance.Clear()
	o.CellRecorder.Clear(wait)
}

func (o *notebookOutput) Display(b display.Bundle, id string, update bool) {
	o.CellRecorder.Display(b.Data, b.Metadata, id, update)
	if o.echo != nil {
		o.echo.Display(b, id, update)
	}
}

func (o *notebookOutput) Input(context.Context, string, bool) (string, error) {
	return "", errors.New("a notebook that glassy run executes has no input")
}

func (o *notebookOutput) Comm(engine.CommMessage) {} // there is no front end to talk to

func (o *notebookOutput) result(r engine.Result) {
	o.record(o.allowance.End())
	if r.Value != nil {
		o.Result(r.Value.Data, r.Value.Metadata)
	}
	if e := r.Error; e != nil {
		o.Error(e.Name, e.Value, e.Traceback)
	}
	if o.echo != nil {
		o.echo.result(r)
	}
}

var _ engine.Output = (*notebookOutput)(nil)
var _ engine.Output = (*terminal)(nil)
