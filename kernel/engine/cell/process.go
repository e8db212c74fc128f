package cell

import (
	"errors"
	"io"
)

// Process is what the session process does for cells. This package is compiled
// into every cell, so it holds no more than it must, and the rest is reached
// through here.
type Process struct {
	// Drain waits until the kernel has read all of a stream, 1 or 2.
	Drain func(fd int)
	// Input asks the user for a line.
	Input func(prompt string, password bool) (string, error)
	// Shell runs a command line.
	Shell func(line string)
	// Magic does what a line %name argument of the session's own asks for, and
	// returns what to print.
	Magic func(name, argument string) string
	// Register takes a compiled cell: define points the names that callers go
	// through at its functions, run executes its statements.
	Register func(unit int, define func(), run func() []any)
}

var process = Process{
	Drain:    func(int) {},
	Input:    func(string, bool) (string, error) { return "", io.EOF },
	Shell:    func(string) { panic(errors.New("no session to run a command in")) },
	Magic:    func(string, string) string { panic(errors.New("no session")) },
	Register: func(int, func(), func() []any) {},
}

// Connect is called once, by the session process, before any cell is loaded.
func Connect(p Process) { process = p }

// Register names the functions of a compiled cell. Its init calls it.
func Register(unit int, define func(), run func() []any) { process.Register(unit, define, run) }

// Input asks the user for one line; password hides what is typed.
func Input(prompt string, password bool) (string, error) { return process.Input(prompt, password) }

// Shell runs the command line of a !cmd; a command that fails ends the cell.
func Shell(line string) { process.Shell(line) }

// Magic does what a line %name argument asks for.
func Magic(name, argument string) { Println(process.Magic(name, argument)) }
