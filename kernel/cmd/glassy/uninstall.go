package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"glassy/kernel/cmd/glassy/internal/files"
)

var uninstallCommand = command{
	name: "uninstall", args: "[--prefix DIR | --sys-prefix]", short: "remove all that install made",
	long: `
Removes the kernelspecs, the copy of the program and of the source, the history of
inputs, and the cache, and says what it removed. Notebooks are not touched. It may
be repeated.

  --prefix DIR, --sys-prefix   look for a kernelspec there too, besides the places
                               that install has noted
`,
	run: (*app).uninstall,
}

func (a *app) uninstall(_ context.Context, args []string) error {
	fs := flag.NewFlagSet("uninstall", flag.ContinueOnError)
	where := placeFlags(fs)
	if err := where.parse(fs, args); err != nil {
		return err
	}
	f, err := a.folders()
	if err != nil {
		return err
	}
	m, err := readManifest(f.home)
	if err != nil {
		fmt.Fprintf(a.err, "glassy uninstall: %v; going on without it\n", err)
	}
	specs := m.Kernelspecs
	for _, p := range []place{{user: true}, *where} {
		kernels, err := a.kernels(p)
		if err != nil {
			return err
		}
		for _, name := range []string{kernelName, yaegiKernelName} {
			if spec := filepath.Join(kernels, name); !slices.Contains(specs, spec) {
				specs = append(specs, spec)
			}
		}
	}
	var failed []error
	removed := 0
	remove := func(dir string) {
		if _, err := os.Lstat(dir); errors.Is(err, os.ErrNotExist) {
			return
		}
		if err := files.Remove(dir); err != nil {
			failed = append(failed, err)
			return
		}
		removed++
		fmt.Fprintf(a.out, "removed %s\n", dir)
	}
	for _, spec := range specs {
		if _, err := os.Lstat(spec); err != nil {
			removeEmpty(filepath.Dir(spec))
			continue
		}
		if _, ours := readKernelspec(spec); !ours {
			fmt.Fprintf(a.out, "left %s, which is not Glassy's\n", spec)
			continue
		}
		remove(spec)
		removeEmpty(filepath.Dir(spec))
	}
	remove(f.cache)
	removeEmpty(filepath.Dir(f.cache))
	if len(failed) == 0 { // the manifest is needed for another attempt
		remove(f.home)
		removeEmpty(filepath.Dir(f.home))
	}
	if len(failed) > 0 {
		return errors.Join(failed...)
	}
	if removed == 0 {
		fmt.Fprintln(a.out, "nothing is installed")
	}
	return nil
}

// removeEmpty removes dir and the folders above it as long as they are empty and
// have the names of those that install makes on a fresh machine.
func removeEmpty(dir string) {
	for slices.Contains([]string{"kernels", "jupyter", "share", ".local", ".cache"}, filepath.Base(dir)) {
		if os.Remove(dir) != nil { // it is not empty, or not ours
			return
		}
		dir = filepath.Dir(dir)
	}
}
