package engine

import (
	"context"

	"glassy/kernel/engine/host"
)

// besideKey marks the context of a cell that runs beside others.
type besideKey struct{}

func runBeside(ctx context.Context) context.Context { return context.WithValue(ctx, besideKey{}, true) }

// aside is where a cell that runs beside others speaks, and what ends it.
type aside struct {
	ctx context.Context
	out Output
}

// ask has the session process run something and waits for its end. When ctx
// ends before, the process is asked to stop. The caller holds front; it is let
// go while the process runs, so what the session declares may change meanwhile.
func (s *Session) ask(ctx context.Context, q host.Request, out Output) Result {
	s.revive()
	p := s.proc
	s.runs++
	q.Run = s.runs
	if q.Beside = ctx.Value(besideKey{}) != nil; q.Beside {
		s.mu.Lock()
		s.asides[q.Run] = aside{ctx, out}
		s.mu.Unlock()
		defer func() {
			s.mu.Lock()
			defer s.mu.Unlock()
			delete(s.asides, q.Run)
		}()
	}
	result := p.expect(q.Run)
	if err := p.send(q); err != nil {
		return s.died(p)
	}
	defer context.AfterFunc(ctx, func() { _ = p.send(host.Request{Op: "interrupt", Run: q.Run}) })()
	s.front.Unlock()
	m, ok := <-result
	s.front.Lock()
	if !ok {
		return s.died(p)
	}
	if !q.Beside {
		s.recordCost(m.Cost)
	}
	if m.Timing != nil && out != nil {
		out.Stream("stdout", timingText(m.Timing))
	}
	if m.Profile != nil && out != nil {
		out.Display(s.profile(m.Profile), "", false)
	}
	if m.Fail != nil {
		return Result{Error: s.failure(m.Fail)}
	}
	if m.Value != nil {
		b := unmarkBundle(*m.Value)
		return Result{Value: &b}
	}
	return Result{}
}

// outputOf is where a run speaks, and its context: a cell that runs beside
// others has an output of its own, all else belongs to the running cell, or the
// last one.
func (s *Session) outputOf(run int) (context.Context, Output) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a, ok := s.asides[run]; ok {
		return a.ctx, a.out
	}
	return s.ctx, s.out
}
