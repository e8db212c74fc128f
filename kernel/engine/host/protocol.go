package host

import (
	"glassy/kernel/display"
	"glassy/kernel/engine/cell"
)

// Request is what the kernel process asks of the session process.
type Request struct {
	Op   string `json:"op"`             // load, define, run, interrupt, input, ack, comm
	Path string `json:"path,omitempty"` // load: the plugin
	Unit int    `json:"unit,omitempty"` // define, run: the compiled cell
	Time bool   `json:"time,omitempty"` // run: report the time it took
	Run  int    `json:"run,omitempty"`  // run, comm, interrupt: which one

	Text string `json:"text,omitempty"` // input: the line
	Err  string `json:"err,omitempty"`  // input: why there is none

	Comm *display.CommMessage `json:"comm,omitempty"`
}

// Stopped is the Err of an input that an interrupt ended.
const Stopped = "stopped"

// Message is what the session process says.
type Message struct {
	Op string `json:"op"` // ready, loaded, result, left, display, clear, input, comm

	Err    string          `json:"err,omitempty"` // loaded
	Value  *display.Bundle `json:"value,omitempty"`
	Fail   *Failure        `json:"fail,omitempty"`
	Timing *Timing         `json:"timing,omitempty"`

	Bundle *display.Bundle `json:"bundle,omitempty"` // display
	ID     string          `json:"id,omitempty"`
	Update bool            `json:"update,omitempty"`
	Wait   bool            `json:"wait,omitempty"` // clear

	Prompt   string `json:"prompt,omitempty"` // input
	Password bool   `json:"password,omitempty"`

	Comm *display.CommMessage `json:"comm,omitempty"`
}

// Failure is how a cell ended that did not end well.
type Failure struct {
	Kind   string       `json:"kind"` // panic, interrupted, abandoned, exit
	Text   string       `json:"text"`
	Frames []cell.Frame `json:"frames,omitempty"` // innermost first
}

// Timing is what %time reports.
type Timing struct {
	Wall, CPU  float64 // seconds
	Allocs     uint64
	AllocBytes uint64
}
