package main

import (
	"context"
	"flag"
	"fmt"
	"runtime"
	"runtime/debug"
)

var versionCommand = command{
	name: "version", short: "print the version",
	long: "Prints the version of this program, the commit it was built from, and its Go.",
	run: func(a *app, _ context.Context, args []string) error {
		rest, err := parse(flag.NewFlagSet("version", flag.ContinueOnError), args)
		if err != nil {
			return err
		}
		if err := noArguments(rest); err != nil {
			return err
		}
		fmt.Fprintf(a.out, "glassy %s %s %s/%s\n", programVersion(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
		return nil
	},
}

// programVersion names the module's version, or the commit that the program was built
// from, as far as the build recorded it.
func programVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "(unknown)"
	}
	v, commit, dirty := info.Main.Version, "", ""
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			commit = s.Value[:min(12, len(s.Value))]
		case "vcs.modified":
			if s.Value == "true" {
				dirty = "+changes"
			}
		}
	}
	switch {
	case commit != "":
		return commit + dirty
	case v != "":
		return v
	}
	return "(devel)"
}
