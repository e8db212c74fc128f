package engine

import (
	"cmp"
	"errors"
	"fmt"
	"go/token"
	"go/types"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"

	"glassy/kernel/display"
	"glassy/kernel/engine/host"
)

// query asks the session process something that it answers at once, also while a cell runs.
func (s *Session) query(q host.Request) (host.Message, error) {
	s.revive()
	if err := s.proc.send(q); err != nil {
		return host.Message{}, fmt.Errorf("the session process does not listen: %w", err)
	}
	m, ok := <-s.proc.messages
	if !ok {
		return m, errors.New("the session process died: " + s.proc.death())
	}
	if m.Err != "" {
		return m, errors.New(m.Err)
	}
	return m, nil
}

// place is where the session process finds a variable.
func (e *entity) place() host.Variable { return host.Variable{Name: e.name, Unit: e.unit} }

// ofKind are the session's names of a kind, in order.
func (s *Session) ofKind(kinds ...token.Token) []*entity {
	var es []*entity
	for _, name := range slices.Sorted(maps.Keys(s.scope.live)) {
		if e := s.scope.live[name]; slices.Contains(kinds, e.kind) {
			es = append(es, e)
		}
	}
	return es
}

// A looked is a variable and what it holds.
type looked struct {
	*entity
	host.Look
}

// look looks at all variables of the session.
func (s *Session) look() ([]looked, error) {
	vars := s.ofKind(token.VAR)
	q := host.Request{Op: "look"}
	for _, e := range vars {
		q.Vars = append(q.Vars, e.place())
	}
	m, err := s.query(q)
	if err != nil {
		return nil, err
	}
	all := make([]looked, len(vars))
	for i, e := range vars {
		all[i] = looked{e, m.Looks[i]}
	}
	return all, nil
}

// size is the size of what a variable holds.
func (l looked) size() string {
	if l.More {
		return "≥ " + inBytes(l.Bytes)
	}
	return inBytes(l.Bytes)
}

// inBytes writes a number of bytes.
func inBytes(n int64) string {
	switch {
	case n < 1e3:
		return fmt.Sprintf("%d B", n)
	case n < 1e6:
		return fmt.Sprintf("%.3g kB", float64(n)/1e3)
	case n < 1e9:
		return fmt.Sprintf("%.3g MB", float64(n)/1e6)
	}
	return fmt.Sprintf("%.3g GB", float64(n)/1e9)
}

// whoMagic is %who: the variables with what they hold, then the rest.
func (s *Session) whoMagic(c *magicCall) (Result, error) {
	vars, err := s.look()
	if err != nil {
		return Result{}, err
	}
	t := table{head: []string{"name", "what", "value", "size", "declared in"}}
	l := &lookup{newUnit(0, &source{}, s.scope), s}
	for _, v := range vars {
		t.add(v.name, strings.TrimPrefix(l.signature(v.obj), "var "+v.name+" "), v.Value, v.size(), s.cellName(v.home))
	}
	for _, e := range s.ofKind(token.CONST, token.TYPE, token.FUNC) {
		t.add(e.name, l.signature(e.obj), "", "", s.cellName(e.home))
	}
	if len(t.rows) == 0 {
		return said("nothing is declared yet"), nil
	}
	return Result{Value: t.bundle()}, nil
}

// said is the result of a magic that has a line to say.
func said(format string, a ...any) Result {
	b := display.Text(fmt.Sprintf(format, a...))
	return Result{Value: &b}
}

// maxLargest is how many variables %mem lists.
const maxLargest = 10

// memMagic is %mem.
func (s *Session) memMagic(c *magicCall) (Result, error) {
	vars, err := s.look()
	if err != nil {
		return Result{}, err
	}
	m, err := s.query(host.Request{Op: "memory"})
	if err != nil {
		return Result{}, err
	}
	resident, code, err := residentOf(s.proc.cmd.Process.Pid)
	if err != nil {
		return Result{}, err
	}
	t := table{head: []string{"memory", ""}}
	t.add("heap in use", inBytes(m.Memory.Heap))
	t.add("heap from the system", inBytes(m.Memory.HeapFromSystem))
	t.add(fmt.Sprintf("code and variables of %d compiled cells", len(s.units)), inBytes(code))
	t.add("session process, resident", inBytes(resident))
	t.add("goroutines", fmt.Sprint(m.Memory.Goroutines))
	slices.SortStableFunc(vars, func(a, b looked) int { return cmp.Compare(b.Bytes, a.Bytes) })
	for _, v := range vars[:min(maxLargest, len(vars))] {
		t.add(v.name, v.size())
	}
	return Result{Value: t.bundle()}, nil
}

// residentOf reads how much memory of a process is resident, and how much of
// that belongs to compiled cells.
func residentOf(pid int) (all, cells int64, err error) {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps", pid))
	if err != nil {
		return 0, 0, fmt.Errorf("reading the memory of the session process: %w", err)
	}
	ofCell := false
	for line := range strings.Lines(string(data)) {
		name, rest, _ := strings.Cut(line, ":")
		if strings.Contains(name, " ") { // a new range: addresses, rights, file
			ofCell = strings.HasSuffix(strings.TrimSpace(line), ".so") && strings.Contains(line, "/session-")
		}
		if name != "Rss" {
			continue
		}
		var kB int64
		if _, err := fmt.Sscan(rest, &kB); err != nil {
			return 0, 0, fmt.Errorf("reading the memory of the session process: %q: %w", line, err)
		}
		all += kB << 10
		if ofCell {
			cells += kB << 10
		}
	}
	return all, cells, nil
}

// resetMagic is %reset: it forgets names, and frees what the variables held.
func (s *Session) resetMagic(c *magicCall) (Result, error) {
	names := strings.Fields(strings.ReplaceAll(c.arg, ",", " "))
	every := len(names) == 0
	if every {
		names = slices.Sorted(maps.Keys(s.scope.live))
	}
	q := host.Request{Op: "zero"}
	for _, name := range names {
		e := s.scope.live[name]
		if e == nil {
			if near := nearest(name, maps.Keys(s.scope.live)); near != "" {
				return Result{}, fmt.Errorf("nothing is called %s: did you mean %s? Nothing was forgotten", name, near)
			}
			return Result{}, fmt.Errorf("nothing is called %s; %%who lists what there is. Nothing was forgotten", name)
		}
		if e.kind == token.VAR {
			q.Vars = append(q.Vars, e.place())
		}
	}
	if _, err := s.query(q); err != nil {
		return Result{}, err
	}
	gone := map[*entity]bool{}
	for _, name := range names {
		gone[s.scope.live[name]] = true
		delete(s.scope.live, name)
	}
	if every {
		clear(s.scope.lost)
		clear(s.tracker.cells)
		clear(s.scope.imports)
		s.scope.dots = nil
		return said("forgotten: %s", count(len(names), "name")), nil
	}
	var users []string
	for _, e := range s.ofKind(token.FUNC, token.TYPE) {
		for _, used := range e.uses {
			if gone[used] && used.kind == token.VAR {
				users = append(users, e.name)
				break
			}
		}
	}
	if len(users) > 0 {
		return said("forgotten: %s. Zero from now on in %s, which names it", strings.Join(names, ", "), strings.Join(users, ", ")), nil
	}
	return said("forgotten: %s", strings.Join(names, ", ")), nil
}

// count writes a number of things.
func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// liveNames completes the last of a list of names.
func liveNames(s *Session, typed string) []CompletionItem {
	i := strings.LastIndexByte(typed, ' ') + 1
	var items []CompletionItem
	for _, e := range s.ofKind(token.VAR, token.FUNC, token.TYPE, token.CONST) {
		if strings.HasPrefix(e.name, typed[i:]) {
			items = append(items, CompletionItem{Text: typed[:i] + e.name, Kind: kindOf(e.obj)})
		}
	}
	return items
}

// seedName is the constant that %seed declares.
const seedName = "Seed"

// seedMagic is %seed. No function of the lab has a random number that its caller
// did not give it a seed for, so all that there can be is a name for the seed.
func (s *Session) seedMagic(c *magicCall) (Result, error) {
	if c.arg == "" {
		if e := s.scope.live[seedName]; e != nil && e.kind == token.CONST {
			return said("Seed = %s", e.obj.(*types.Const).Val()), nil
		}
		return said("there is no Seed: %%seed 42 declares one"), nil
	}
	n, err := strconv.ParseUint(c.arg, 10, 64)
	if err != nil {
		return Result{}, fmt.Errorf("%q is no seed: a whole number from 0 to 2⁶⁴−1 is expected", c.arg)
	}
	text := fmt.Sprintf("const %s uint64 = %d", seedName, n)
	r := s.executeGo(c.ctx, part{text: strings.Repeat("\n", c.line-1) + text}, Cell{Code: strings.Repeat("\n", c.line-1) + text, Count: c.count}, c.out)
	if r.Error != nil {
		return r, nil
	}
	return said("Seed = %d, for cells that give it to the lab: glass.Seed(Seed)", n), nil
}
