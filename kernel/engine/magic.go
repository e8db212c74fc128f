package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"glassy/kernel/display"
	"glassy/kernel/engine/host"
)

// A magic is what a line %name does. Exactly one of run, session, measure and
// body is set.
type magic struct {
	name  string
	usage string // what may follow the name
	help  string // one line of Markdown

	// run does it in this process, with no cell running.
	run func(*Session, *magicCall) (Result, error)
	// session leaves it to the session process, which knows the name.
	session bool
	// measure says how the Go below, or the statement in the line, is run.
	measure measure
	// body does it with the text below the line, which is no Go: %%name only.
	body func(*Session, *magicCall, string) (Result, error)

	// arguments proposes what can stand after the name, for what is there.
	arguments func(s *Session, typed string) []CompletionItem
}

// magicCall is one line %name argument of a cell.
type magicCall struct {
	*magic
	ctx   context.Context
	arg   string
	line  int // of the cell, from 1
	count int // the execution count
	out   Output
}

// measure is how a part of a cell is run, beside once. They add up.
type measure struct{ time, repeat, profile bool }

func (m measure) any() bool { return m != measure{} }

func (m measure) and(n measure) measure {
	return measure{m.time || n.time, m.repeat || n.repeat, m.profile || n.profile}
}

// magics is the table of all magics, in the order of %help.
func magics() []magic {
	return []magic{
		{name: "help", usage: "[magic]", help: "this page, or what a magic does", run: (*Session).helpMagic, arguments: magicNames},
		{name: "time", usage: "[statement]", help: "wall time, CPU time and allocations of a statement; alone in its line, of all that follows", measure: measure{time: true}},
		{name: "timeit", usage: "[statement]", help: "how long a statement, or all that follows, takes: run as often as it needs to be sure", measure: measure{repeat: true}},
		{name: "prof", usage: "[statement]", help: "where the processor's time goes: functions, lines of cells, and a flame graph", measure: measure{profile: true}},
		{name: "mem", help: "memory: the heap, the compiled cells, the session process, the largest variables", run: (*Session).memMagic},
		{name: "who", help: "what the cells have declared: variables with their values and sizes, constants, types, functions", run: (*Session).whoMagic},
		{name: "reset", usage: "[name …]", help: "forgets names, or everything, and frees what the variables held", run: (*Session).resetMagic, arguments: liveNames},
		{name: "seed", usage: "[number]", help: "declares the constant `Seed` for all cells, or shows it. The lab takes every seed as an argument: `glass.Seed(Seed)`", run: (*Session).seedMagic},
		{name: "load", usage: "FILE", help: "puts a file's text in the place of the cell", run: (*Session).loadMagic, arguments: fileNames},
		{name: "writefile", usage: "[-a] FILE", help: "writes the text below it to a file; `-a` adds to it", body: (*Session).writefileMagic, arguments: fileNames},
		{name: "cite", help: "the works that the cells have used so far, in BibTeX", session: true},
		{name: "device", usage: "[cpu, cuda or auto]", help: "the devices of this machine; with a name, new networks live there; `auto` is where their work takes least time", session: true, arguments: oneOf("auto", "cpu", "cuda")},
		{name: "checkpoint", usage: "[names] [file]", help: "saves variables, or all of them, to a file, for `%restore`; `%checkpoint every 5m` saves between cells, `%checkpoint off` ends that", run: (*Session).checkpointMagic},
		{name: "restore", usage: "[file]", help: "brings back the variables that `%checkpoint` saved, with the types and functions that they need", run: (*Session).restoreMagic},
		{name: "stale", help: "the cells whose outputs are of before a change, and why", run: (*Session).staleMagic},
		{name: "verify", usage: "[tolerance]", help: "runs the cells again in a fresh session, with all that they do, and compares the numbers they give", run: (*Session).verifyMagic},
	}
}

// magicNamed finds a magic by its name.
func magicNamed(name string) (*magic, error) {
	table := magics()
	var names []string
	for i := range table {
		if table[i].name == name {
			return &table[i], nil
		}
		names = append(names, table[i].name)
	}
	if near := nearest(name, slices.Values(names)); near != "" {
		return nil, fmt.Errorf("unknown magic %%%s: did you mean %%%s? %%help explains them all", name, near)
	}
	return nil, fmt.Errorf("unknown magic %%%s: there are %%%s; %%help explains them", name, strings.Join(names, ", %"))
}

// title is the magic as it is written.
func (m *magic) title() string {
	sign := "%"
	if m.body != nil {
		sign = "%%"
	}
	return strings.TrimSpace(sign + m.name + " " + m.usage)
}

// call does what a magic line asks for. body is the text below the line, for the
// magics that take it.
func (s *Session) call(c *magicCall, body string) Result {
	var r Result
	var err error
	switch {
	case c.session:
		return s.ask(c.ctx, host.Request{Op: "magic", Name: c.name, Text: c.arg}, c.out)
	case c.body != nil:
		r, err = c.body(s, c, body)
	default:
		r, err = c.run(s, c)
	}
	if err != nil {
		return magicError(fmt.Errorf("%%%s: %w", c.name, err))
	}
	return r
}

func magicError(err error) Result {
	return Result{Error: &Error{Name: "MagicError", Value: err.Error(), Traceback: []string{red(err.Error())}}}
}

const helpIntro = `**Glassy: Go in a notebook, and a laboratory for energy landscapes**

A cell is Go: declarations and statements in any order. Variables, functions and
types live on from cell to cell. The value of the last expression is shown; end
the line with ; to show nothing. The lab's packages and the standard library are
there without an import line.

| line | what it does |
|---|---|
`

const helpEnd = "| `!command` | runs a shell command |\n" +
	"| `?name` | what name is: signature and documentation; also `name?`; `??name` with its source |\n" + `
A magic that measures takes a statement in its line, or stands alone above what it
measures; ` + "`%%time`" + ` with two signs is of the whole cell. Several add up.

To begin with: ` + "`thesis.Figures()`, `thesis.Figure(\"2.1\")`" + `.
Interrupt stops a cell and keeps its variables. Any Go module can be imported.
`

// helpMagic is %help.
func (s *Session) helpMagic(c *magicCall) (Result, error) {
	if c.arg == "" {
		return page(helpPage()), nil
	}
	m, err := magicNamed(strings.TrimLeft(c.arg, "%"))
	if err != nil {
		return Result{}, err
	}
	return page("`" + m.title() + "`: " + m.help), nil
}

func helpPage() string {
	var b strings.Builder
	b.WriteString(helpIntro)
	for _, m := range magics() {
		fmt.Fprintf(&b, "| `%s` | %s |\n", m.title(), m.help)
	}
	return b.String() + helpEnd
}

func page(markdown string) Result {
	b := display.Markdown(markdown)
	return Result{Page: &b}
}

// explain is ?name and ??name.
func (s *Session) explain(c *magicCall) (Result, error) {
	name := strings.TrimSpace(strings.Trim(c.arg, "? "))
	if name == "" {
		return page(helpPage()), nil
	}
	if strings.HasPrefix(name, "%") {
		return s.helpMagic(&magicCall{arg: name})
	}
	b, ok := s.inspect(name, len(name), min(strings.Count(c.arg, "?"), 2)-1)
	if !ok {
		if near := nearest(name, s.names()); near != "" {
			return magicError(fmt.Errorf("nothing is known of %s: did you mean %s?", name, near)), nil
		}
		return magicError(errors.New("nothing is known of " + name)), nil
	}
	return Result{Page: &b}, nil
}

// magicNames completes the name of a magic.
func magicNames(_ *Session, typed string) []CompletionItem {
	var items []CompletionItem
	for _, m := range magics() {
		if strings.HasPrefix(m.name, typed) {
			items = append(items, CompletionItem{Text: m.name, Kind: "magic", Signature: m.title()})
		}
	}
	return items
}

// oneOf completes one of a few words.
func oneOf(all ...string) func(*Session, string) []CompletionItem {
	return func(_ *Session, typed string) []CompletionItem {
		var items []CompletionItem
		for _, w := range all {
			if strings.HasPrefix(w, typed) {
				items = append(items, CompletionItem{Text: w, Kind: "magic"})
			}
		}
		return items
	}
}
