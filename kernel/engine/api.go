package engine

import (
	"context"

	"glassy/kernel/display"
)

// Cell is the text of one cell and the number it goes by.
type Cell struct {
	Code  string
	Count int // execution count; used in messages as Cell[Count]

	ID   string   // what the front end calls the cell, through all edits; may be ""
	Gone []string // cells that the front end has removed since

	// Silent cells are asked by programs, in passing: what goroutines print
	// later belongs to the cell before.
	Silent bool

	// Beside cells, those of subshells, run at once, beside the cell that runs.
	// They share its variables, as goroutines do.
	Beside bool
}

// Output takes what a cell emits while it runs, in order. Its methods may be
// called from any goroutine, and after the cell has ended: a goroutine that the
// cell started may go on printing.
type Output interface {
	// Stream is text for "stdout" or "stderr".
	Stream(name, text string)
	// Display shows b. With an id, update replaces what was shown under it.
	Display(b display.Bundle, id string, update bool)
	// Clear removes the cell's output, now or when new output comes.
	Clear(wait bool)
	// Input asks the user for a line, returned without its line end.
	Input(ctx context.Context, prompt string, password bool) (string, error)
	// Comm sends a comm message to the front end.
	Comm(CommMessage)
}

// Result is how a cell ended.
type Result struct {
	Value *display.Bundle // the last expression, nil when there is nothing to show
	Page  *display.Bundle // help to show in the pager, usually nil
	Error *Error          // nil when all went well

	Record *Record // what the result depends on; nil when the cell did not get to the engine

	NextInput string // what the cell's text is to become, usually empty
}

// Error is what the user reads when a cell fails.
type Error struct {
	Name        string   // kind: "CompileError", "Panic", "Interrupted", "SessionDied", ...
	Value       string   // one line
	Traceback   []string // lines to show, the message included; ANSI colours allowed
	Interrupted bool     // the user asked for it
}

// Error is the one-line form.
func (e *Error) Error() string { return e.Name + ": " + e.Value }

// CommMessage is one message of a comm, either way.
type CommMessage = display.CommMessage

// Completion answers a completion request. Offsets are bytes into the code.
type Completion struct {
	Start, End int
	Items      []CompletionItem
}

// CompletionItem is one candidate.
type CompletionItem struct {
	Text      string // replaces code[Start:End]
	Kind      string // function, variable, type, field, method, constant, package, keyword, magic, file, key
	Signature string
}

// Completeness answers whether a code text is a whole cell.
type Completeness string

// The answers of Jupyter's is_complete_reply.
const (
	Complete   Completeness = "complete"
	Incomplete Completeness = "incomplete"
	Invalid    Completeness = "invalid"
)
