package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"runtime/debug"

	"glassy/kernel/cmd/internal/process"
	"glassy/kernel/engine"
	"glassy/kernel/engine/host"
	"glassy/kernel/engine/interp"
	"glassy/kernel/symbols"
)

// Engines run cells.
const (
	nativeEngine = "native" // compiles them, with the Go toolchain
	yaegiEngine  = "yaegi"  // interprets them, over yaegi's tables of symbols
)

// sessionCommand is how this program starts itself as the session process that
// interprets cells; it is no command of the user's.
const sessionCommand = "interpreter-session"

// goVersion is the language of interpreted cells.
const goVersion = "go1.26"

func engineFlag(fs *flag.FlagSet) *string { return fs.String("engine", nativeEngine, "") }

// useEngine makes a configuration that of an engine.
func useEngine(cfg *engine.Config, name string) error {
	switch name {
	case nativeEngine:
	case yaegiEngine:
		exe, err := os.Executable()
		if err != nil {
			return fmt.Errorf("this program's own file: %w", err)
		}
		cfg.Interpreter = &engine.Interpreter{
			Packages: symbols.Names(symbols.Standard), Importer: symbols.Standard.Importer, GoVersion: goVersion,
			Process: func() *exec.Cmd { return exec.Command(exe, sessionCommand) },
		}
	default:
		return usagef("--engine %q, expected %s or %s", name, nativeEngine, yaegiEngine)
	}
	return nil
}

// interpreterSession is the session process.
func interpreterSession() {
	w := interp.New(interp.Host{
		Importer: symbols.Standard.Importer(), Symbols: symbols.Tables(symbols.Standard),
		Source: symbols.Source(symbols.Standard), GoVersion: goVersion,
	})
	process.Main(func(q host.Request) error {
		debug.SetMaxStack(interp.MaxStack)
		return w.Load(q.Path, q.Text)
	})
}
