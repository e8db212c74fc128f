package host

import (
	"glassy/kernel/display"
	"glassy/kernel/engine/cell"
)

// Request is what the kernel process asks of the session process.
type Request struct {
	Op      string `json:"op"`                // load, define, run, magic, look, keys, zero, memory, interrupt, input, ack, comm, beside, debug
	Path    string `json:"path,omitempty"`    // load: the plugin, or the package of Text
	Gonb    bool   `json:"gonb,omitempty"`    // load: the plugin, or an earlier one, has the package gonbui
	Unit    int    `json:"unit,omitempty"`    // define, run: the compiled cell
	Cell    string `json:"cell,omitempty"`    // run: what the front end calls the cell, through all edits
	Time    bool   `json:"time,omitempty"`    // run: report the time it took
	Profile bool   `json:"profile,omitempty"` // run: and where it went
	Run     int    `json:"run,omitempty"`     // run, magic, comm, interrupt, input: which one
	Beside  bool   `json:"beside,omitempty"`  // run, magic: speak apart from the process's own output
	Name    string `json:"name,omitempty"`    // magic: which one

	Text string     `json:"text,omitempty"` // load: the code; input: the line; magic: its argument; keys: fields, as in a.b
	Vars []Variable `json:"vars,omitempty"` // look, keys, zero
	Err  string     `json:"err,omitempty"`  // input: why there is none

	Comm *display.CommMessage `json:"comm,omitempty"`

	Debug *DebugRequest `json:"debug,omitempty"`
}

// Stopped is the Err of an input that an interrupt ended.
const Stopped = "stopped"

// Message is what the session process says.
type Message struct {
	Op  string `json:"op"`            // ready, loaded, answer, result, left, display, clear, stream, input, comm, failures, debug
	Run int    `json:"run,omitempty"` // result, left, display, clear, stream, input, comm: of which run

	Err     string          `json:"err,omitempty"` // loaded, or the answer to look, keys, zero and memory
	Value   *display.Bundle `json:"value,omitempty"`
	Fail    *Failure        `json:"fail,omitempty"`
	Timing  *Timing         `json:"timing,omitempty"`
	Cost    *Cost           `json:"cost,omitempty"`    // result
	Profile []byte          `json:"profile,omitempty"` // as runtime/pprof writes it
	Looks   []Look          `json:"looks,omitempty"`   // of a look, one for each variable
	Keys    []string        `json:"keys,omitempty"`
	Memory  *Memory         `json:"memory,omitempty"`

	Name string `json:"name,omitempty"` // stream: stdout or stderr
	Text string `json:"text,omitempty"` // of a run that speaks apart

	Bundle *display.Bundle `json:"bundle,omitempty"` // display
	ID     string          `json:"id,omitempty"`
	Update bool            `json:"update,omitempty"`
	Wait   bool            `json:"wait,omitempty"` // clear

	Prompt   string `json:"prompt,omitempty"` // input
	Password bool   `json:"password,omitempty"`

	Comm *display.CommMessage `json:"comm,omitempty"`

	Debug *DebugMessage `json:"debug,omitempty"`
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
