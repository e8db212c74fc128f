package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
)

// command is one word after glassy.
type command struct {
	name  string
	args  string // what follows the name
	short string // one line
	long  string // for help: what it does, with examples
	run   func(a *app, ctx context.Context, args []string) error
}

// commands in the order of help.
func commands() []command {
	return []command{
		installCommand, uninstallCommand, doctorCommand,
		runCommand, verifyCommand, evalCommand, figuresCommand, dataCommand,
		workerCommand, clusterCommand,
		kernelCommand, versionCommand,
	}
}

// Exit codes.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2
)

// usageError is a mistake on the command line.
type usageError struct{ msg string }

func (e usageError) Error() string { return e.msg }

func usagef(format string, args ...any) error { return usageError{fmt.Sprintf(format, args...)} }

// errTold ends a command that has told the user already what went wrong.
var errTold = errors.New("failed")

func main() {
	if len(os.Args) == 2 && os.Args[1] == sessionCommand {
		interpreterSession() // ends the program
	}
	os.Exit(newApp().main(context.Background(), os.Args[1:]))
}

// main runs one command and returns the exit code.
func (a *app) main(ctx context.Context, args []string) int {
	if len(args) == 0 {
		a.help(a.err)
		return exitUsage
	}
	name, rest := args[0], args[1:]
	switch name {
	case "help", "-h", "-help", "--help":
		return a.helpOn(rest)
	case "--version", "-version":
		name = "version"
	}
	c, ok := find(name)
	if !ok {
		fmt.Fprintf(a.err, "glassy: there is no command %q\nglassy help lists the commands.\n", name)
		return exitUsage
	}
	err := c.run(a, ctx, rest)
	var usage usageError
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, flag.ErrHelp):
		c.help(a.out)
		return exitOK
	case errors.As(err, &usage):
		fmt.Fprintf(a.err, "glassy %s: %v\nusage: glassy %s\nglassy help %s tells more.\n", c.name, err, c.usage(), c.name)
		return exitUsage
	case errors.Is(err, errTold):
		return exitFailed
	}
	fmt.Fprintf(a.err, "glassy %s: %v\n", c.name, err)
	return exitFailed
}

func find(name string) (command, bool) {
	for _, c := range commands() {
		if c.name == name {
			return c, true
		}
	}
	return command{}, false
}

func (c command) usage() string { return strings.TrimSpace(c.name + " " + c.args) }

func (c command) help(w io.Writer) {
	fmt.Fprintf(w, "usage: glassy %s\n\n%s\n", c.usage(), strings.TrimSpace(c.long))
}

func (a *app) help(w io.Writer) {
	fmt.Fprint(w, "Glassy: a Jupyter kernel for Go, and a laboratory for energy landscapes.\n\nusage: glassy COMMAND ...\n\n")
	for _, c := range commands() {
		fmt.Fprintf(w, "  %-10s %s\n", c.name, c.short)
	}
	fmt.Fprint(w, "\nglassy help COMMAND tells more.\nExit codes: 0 all well, 1 the code, the notebook or the installation failed, 2 wrong usage.\n")
}

func (a *app) helpOn(args []string) int {
	if len(args) == 0 {
		a.help(a.out)
		return exitOK
	}
	c, ok := find(args[0])
	if !ok {
		fmt.Fprintf(a.err, "glassy help: there is no command %q\n", args[0])
		return exitUsage
	}
	c.help(a.out)
	return exitOK
}

// parse reads flags and other arguments in any order; after "--" nothing is a
// flag.
func parse(fs *flag.FlagSet, args []string) (positional []string, err error) {
	fs.SetOutput(io.Discard)
	for {
		if err := fs.Parse(args); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				return nil, err
			}
			return nil, usagef("%v", err)
		}
		rest := fs.Args()
		if len(rest) == 0 {
			return positional, nil
		}
		if used := len(args) - len(rest); used > 0 && args[used-1] == "--" {
			return append(positional, rest...), nil
		}
		positional = append(positional, rest[0])
		args = rest[1:]
	}
}

// noArguments refuses what is left over.
func noArguments(args []string) error {
	if len(args) > 0 {
		return usagef("unexpected argument %q", args[0])
	}
	return nil
}
