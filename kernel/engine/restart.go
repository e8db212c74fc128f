package engine

import (
	"context"
	"fmt"
	"go/token"
	"maps"
	"slices"
	"strings"

	"glassy/kernel/engine/host"
)

// revive starts the session process again when it has died since the last cell,
// and tells so.
func (s *Session) revive() {
	select {
	case <-s.proc.gone:
	default:
		return
	}
	reason := s.proc.death()
	s.tellRestart("the session process died: "+reason, s.restart())
}

// tellRestart prints what a restart means for the session.
func (s *Session) tellRestart(why string, lost []string) {
	if out := s.output(); out != nil {
		out.Stream("stderr", strings.Join(s.restartLines(why, lost), "\n")+"\n")
	}
}

// restartLines words a restart.
func (s *Session) restartLines(why string, lost []string) []string {
	lines := []string{why, "The kernel is up. Imports, types and functions are kept."}
	if len(lost) > 0 {
		lines = append(lines, "These variables are lost; run the cells that set them again: "+strings.Join(lost, ", "))
	}
	return append(lines, s.lastCheckpoint(lost)...)
}

// died tells of the end of the session process in the middle of a cell, and
// starts another one.
func (s *Session) died(p *process) Result {
	msg := "the session process died: " + p.death()
	if s.proc == p { // else a cell that ran beside this one has restarted it
		s.restart()
	}
	lines := s.restartLines(red(msg), slices.Sorted(maps.Keys(s.scope.lost)))
	lines = slices.Insert(lines, 1, s.frameLines(p.last.frames())...)
	return Result{Error: &Error{Name: "SessionDied", Value: msg, Traceback: lines}}
}

// restart starts a session process with all definitions, and returns the names
// of the variables that are lost.
func (s *Session) restart() (lost []string) {
	s.proc.kill()
	s.overlay = nil
	s.debug.died()
	s.closeComms()
	for name, e := range s.scope.live {
		if e.kind == token.VAR {
			delete(s.scope.live, name)
			s.scope.lost[name] = e
			lost = append(lost, name)
		}
	}
	slices.Sort(lost)
	s.mu.Lock()
	s.zombies = 0
	closed := s.closed
	s.mu.Unlock()
	if closed {
		return lost
	}
	p, err := s.startProcess()
	if err != nil {
		s.cfg.Log.Error("restarting the session process", "error", err)
		return lost
	}
	s.mu.Lock()
	s.proc = p
	s.mu.Unlock()
	byAge := slices.Clone(s.units)
	slices.SortFunc(byAge, func(a, b *compiled) int { return a.n - b.n })
	for _, u := range byAge {
		if err := s.load(context.Background(), u.load); err != nil {
			s.cfg.Log.Error("loading a cell again", "unit", u.n, "error", err)
		}
	}
	s.define()
	return lost
}

// define points the names that callers go through at the functions of the units,
// in the order of their last run.
func (s *Session) define() {
	for _, u := range s.units {
		_ = s.proc.send(host.Request{Op: "define", Unit: u.n})
	}
}

// closeComms tells the front end that the other ends of its comms are gone.
func (s *Session) closeComms() {
	s.mu.Lock()
	open := s.comms
	s.comms = map[string]string{}
	s.mu.Unlock()
	out := s.output()
	for id, target := range open {
		if out != nil {
			out.Comm(CommMessage{Type: "comm_close", ID: id, Target: target, Data: []byte("{}")})
		}
	}
}

// noteComm follows which comms are open.
func (s *Session) noteComm(m CommMessage) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch m.Type {
	case "comm_open":
		s.comms[m.ID] = m.Target
	case "comm_close":
		delete(s.comms, m.ID)
	}
}

// refusesLost refuses a cell that works on a variable that died with a session
// process, also through the functions it calls: it would read zero.
func (s *Session) refusesLost(u *compiled, count int) *Error {
	if len(s.scope.lost) == 0 {
		return nil
	}
	seen := map[*entity]bool{}
	var find func(e *entity) (via, lost string)
	find = func(e *entity) (string, string) {
		if seen[e] {
			return "", ""
		}
		seen[e] = true
		for name, used := range e.uses {
			if l := s.scope.lost[name]; l != nil && sameStorage(l, used) && u.defs[name] == nil {
				return e.name, name
			}
			if via, lost := find(used); lost != "" {
				return via, lost
			}
		}
		return "", ""
	}
	for _, name := range slices.Sorted(maps.Keys(u.uses)) {
		e := u.uses[name]
		if l := s.scope.lost[name]; l != nil && sameStorage(l, e) && u.defs[name] == nil {
			return s.compileError(diagnostics{{unit: u.n, msg: name + " was lost when the session process died: run the cell that sets it again"}})
		}
		if via, lost := find(e); lost != "" {
			return s.compileError(diagnostics{{unit: u.n, msg: fmt.Sprintf("%s uses %s, which was lost when the session process died: run the cell that sets it again", via, lost)}})
		}
	}
	return nil
}

// Interrupt stops the running cell; one that runs beside it ends with its
// context. When no cell runs, but one was left behind
// in a call that did not stop, it restarts the session process.
func (s *Session) Interrupt() {
	s.mu.Lock()
	cancel, zombies, asides := s.cancel, s.zombies, len(s.asides)
	s.mu.Unlock()
	if cancel != nil {
		cancel()
		return
	}
	if zombies == 0 || asides > 0 || !s.running.TryLock() {
		return
	}
	defer s.running.Unlock()
	s.front.Lock()
	defer s.front.Unlock()
	s.tellRestart("the session process was restarted, and what did not stop is gone", s.restart())
}
