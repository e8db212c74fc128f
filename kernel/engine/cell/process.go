package cell

import (
	"errors"
	"io"
	"reflect"
)

// Variables are pointers to the variables that a compiled cell holds, by name.
type Variables map[string]any

// Process is what the session process does for cells. This package is compiled
// into every cell, so it holds no more than it must, and the rest is reached
// through here.
type Process struct {
	// Drain waits until the kernel has read all of a stream, 1 or 2.
	Drain func(fd int)
	// Shown waits until all is shown that gonbui was given.
	Shown func()
	// Write writes to a stream, 1 or 2, of a run that speaks apart.
	Write func(run, fd int, p []byte) (int, error)
	// Input asks the user for a line.
	Input func(prompt string, password bool) (string, error)
	// Shell runs a command line.
	Shell func(line string)
	// Register takes a compiled cell: define points the names that callers go
	// through at its functions, run executes its statements, variables gives
	// those that it holds.
	Register func(unit int, define func(), run func() []any, variables func() Variables)
	// Save and Load write variables to a checkpoint and read them.
	Save func(path, header string, types []reflect.Type, variables []any) error
	Load func(path string, types []reflect.Type, variables []any) error
}

var process = Process{
	Drain:    func(int) {},
	Shown:    func() {},
	Write:    func(_, _ int, p []byte) (int, error) { return len(p), nil },
	Input:    func(string, bool) (string, error) { return "", io.EOF },
	Shell:    func(string) { panic(errors.New("no session to run a command in")) },
	Save:     func(string, string, []reflect.Type, []any) error { return errors.New("no session") },
	Load:     func(string, []reflect.Type, []any) error { return errors.New("no session") },
	Register: func(int, func(), func() []any, func() Variables) {},
}

// Connect is called once, by the session process, before any cell is loaded.
func Connect(p Process) { process = p }

// Register names the functions of a compiled cell. Its init calls it.
func Register(unit int, define func(), run func() []any, variables func() Variables) {
	process.Register(unit, define, run, variables)
}

// Input asks the user for one line; password hides what is typed.
func Input(prompt string, password bool) (string, error) { return process.Input(prompt, password) }

// Shell runs the command line of a !cmd; a command that fails ends the cell.
func Shell(line string) { process.Shell(line) }
