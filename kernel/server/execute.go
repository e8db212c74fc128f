package server

import (
	"context"
	"fmt"
	"maps"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"glassy/kernel/display"
	"glassy/kernel/engine"
	"glassy/kernel/wire"
)

// abortWindow is how long a failed cell waits for cells that are under way to
// join the queue before the failure is told. So those sent without knowing of
// it are aborted, and those sent after run.
const abortWindow = 20 * time.Millisecond

// execute answers execute_request.
func (s *Server) execute(ctx context.Context, r *request) (*reply, error) {
	q := struct {
		Code         string            `json:"code"`
		Silent       bool              `json:"silent"`
		StoreHistory *bool             `json:"store_history"`
		Expressions  map[string]string `json:"user_expressions"`
		AllowStdin   *bool             `json:"allow_stdin"`
		StopOnError  *bool             `json:"stop_on_error"`
	}{}
	started := time.Now()
	if r.aborted {
		return s.executed(started, "aborted", map[string]any{}, nil), nil
	}
	if err := decode(r, &q); err != nil {
		return nil, err
	}
	yes := func(b *bool) bool { return b == nil || *b } // the protocol's default
	store := yes(q.StoreHistory) && !q.Silent
	count := int(s.count.Load())
	if store {
		count = int(s.count.Add(1))
		if strings.TrimSpace(q.Code) != "" {
			s.history.input(count, q.Code)
		}
	}
	out := s.newOutput(r)
	defer close(out.ended)
	out.silent = q.Silent
	out.allowStdin = yes(q.AllowStdin)
	if !q.Silent {
		s.out.send(r.Message, wire.Outgoing{Type: "execute_input",
			Content: map[string]any{"code": q.Code, "execution_count": count}})
	}

	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	cell := cellOf(r.Message, q.Code, count, q.Silent)
	cell.Beside = r.beside()
	result := s.run(ctx, cancel, r, cell, out)
	out.end()
	if e := result.Error; e != nil {
		if yes(q.StopOnError) || e.Interrupted {
			time.Sleep(abortWindow)
			r.queue.abort()
		}
		content := errorContent(e)
		if !q.Silent {
			s.out.send(r.Message, wire.Outgoing{Type: "error", Content: maps.Clone(content)})
		}
		return s.executed(started, "error", content, result.Record), nil
	}

	if v := result.Value; v != nil {
		out.show("execute_result", *v, map[string]any{"execution_count": count})
		if text, ok := v.Data["text/plain"].(string); ok && store {
			s.history.output(count, text)
		}
	}
	content := map[string]any{"user_expressions": s.evaluate(ctx, q.Expressions, r.beside())}
	if result.Page != nil {
		data, _ := forms(s.log, *result.Page)
		content["payload"] = []any{map[string]any{"source": "page", "data": data, "start": 0}}
	}
	if result.NextInput != "" {
		payload, _ := content["payload"].([]any)
		content["payload"] = append(payload, map[string]any{"source": "set_next_input", "text": result.NextInput, "replace": true})
	}
	return s.executed(started, "ok", content, result.Record), nil
}

// executed completes an execute_reply.
func (s *Server) executed(started time.Time, status string, content map[string]any, record *engine.Record) *reply {
	content["status"] = status
	content["execution_count"] = s.count.Load()
	if status != "aborted" {
		if content["payload"] == nil {
			content["payload"] = []any{}
		}
		if content["user_expressions"] == nil {
			content["user_expressions"] = map[string]any{}
		}
	}
	metadata := map[string]any{
		"started":          started.UTC().Format(time.RFC3339Nano),
		"status":           status,
		"engine":           s.sockets.Session(),
		"dependencies_met": true,
	}
	if record != nil {
		metadata["glassy"] = record
	}
	return &reply{content: content, metadata: metadata}
}

// run gives a cell to the engine, unless it was interrupted before it got
// there. A panic of the engine is the cell's error.
func (s *Server) run(ctx context.Context, cancel func(), r *request, c engine.Cell, out engine.Output) (result engine.Result) {
	defer func() {
		if p := recover(); p != nil {
			s.log.Error("panic in the engine", "panic", p, "stack", string(debug.Stack()))
			result = engine.Result{Error: &engine.Error{Name: "KernelPanic", Value: fmt.Sprint(p)}}
		}
	}()
	if !r.queue.enter(r, cancel) {
		return engine.Result{Error: &engine.Error{Name: "Interrupted", Value: "before the cell began", Interrupted: true}}
	}
	return s.engine.Execute(ctx, c, out)
}

// evaluate answers user_expressions, in the order of their names.
func (s *Server) evaluate(ctx context.Context, expressions map[string]string, beside bool) map[string]any {
	results := make(map[string]any, len(expressions))
	for _, name := range slices.Sorted(maps.Keys(expressions)) {
		b, e := s.evaluateOne(ctx, engine.Cell{Code: expressions[name], Beside: beside})
		if e != nil {
			content := errorContent(e)
			content["status"] = "error"
			results[name] = content
			continue
		}
		data, metadata := forms(s.log, b)
		results[name] = map[string]any{"status": "ok", "data": data, "metadata": metadata}
	}
	return results
}

func (s *Server) evaluateOne(ctx context.Context, expr engine.Cell) (b display.Bundle, e *engine.Error) {
	defer func() {
		if p := recover(); p != nil {
			s.log.Error("panic in the engine", "panic", p, "stack", string(debug.Stack()))
			e = &engine.Error{Name: "KernelPanic", Value: fmt.Sprint(p)}
		}
	}()
	return s.engine.Evaluate(ctx, expr)
}
