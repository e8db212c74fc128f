package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"

	"glassy/kernel/display"
	"glassy/kernel/engine/compare"
)

// Again is a cell that was run and is to be run again, to see whether it gives
// the same.
type Again struct {
	Cell
	Name   string // for people: In[3]
	Kept   *compare.Outputs
	Inputs []string // lines that it was given
	Why    string   // it cannot be compared; it is run for what comes after it
}

// Runner runs cells; a [Session] is one.
type Runner interface {
	Execute(ctx context.Context, c Cell, out Output) Result
	Close() error
}

// DefaultTolerance is by how much of its size a number may differ.
const DefaultTolerance = 1e-9

// Verify runs the cells in a fresh session and compares what they give with what
// is kept. When something differs it does so once more: what differs between two
// fresh sessions is random, or measures time, and proves nothing.
func Verify(ctx context.Context, fresh func(context.Context) (Runner, error), cells []Again, tolerance float64) ([]compare.Verdict, error) {
	first, err := replay(ctx, fresh, cells)
	if err != nil {
		return nil, err
	}
	verdicts := make([]compare.Verdict, len(cells))
	differs := false
	for i, c := range cells {
		verdicts[i] = compare.Verdict{Name: c.Name, Why: c.Why}
		if c.Why == "" {
			verdicts[i].How = compare.Differ(c.Kept, first[i], tolerance)
		}
		differs = differs || verdicts[i].Differs()
	}
	if !differs {
		return verdicts, nil
	}
	second, err := replay(ctx, fresh, cells)
	if err != nil {
		return nil, err
	}
	for i := range cells {
		if how := compare.Differ(first[i], second[i], tolerance); verdicts[i].Differs() && how != "" {
			verdicts[i].Why = compare.Unsteady(how)
		}
	}
	return verdicts, nil
}

// replay runs cells in a fresh session.
func replay(ctx context.Context, fresh func(context.Context) (Runner, error), cells []Again) ([]*compare.Outputs, error) {
	s, err := fresh(ctx)
	if err != nil {
		return nil, fmt.Errorf("starting a fresh session: %w", err)
	}
	defer s.Close()
	given := make([]*compare.Outputs, len(cells))
	for i, c := range cells {
		k := &outputKeeper{inputs: c.Inputs}
		k.ended(s.Execute(ctx, c.Cell, k))
		if ctx.Err() != nil {
			return nil, fmt.Errorf("it was stopped in %s", c.Name)
		}
		given[i] = k.taken()
	}
	return given, nil
}

// outputKeeper keeps what a cell emits, and hands it on. With nobody to hand it to it
// answers questions from inputs.
type outputKeeper struct {
	to     Output
	mu     sync.Mutex
	kept   compare.Outputs
	inputs []string
	asked  int
}

func (k *outputKeeper) Stream(name, text string) {
	k.mu.Lock()
	k.kept.Stream(name, text)
	k.mu.Unlock()
	if k.to != nil {
		k.to.Stream(name, text)
	}
}

func (k *outputKeeper) Display(b display.Bundle, id string, update bool) {
	k.mu.Lock()
	k.kept.Display(b.Data, id, update)
	k.mu.Unlock()
	if k.to != nil {
		k.to.Display(b, id, update)
	}
}

func (k *outputKeeper) Clear(wait bool) {
	k.mu.Lock()
	k.kept.Clear(wait)
	k.mu.Unlock()
	if k.to != nil {
		k.to.Clear(wait)
	}
}

func (k *outputKeeper) Input(ctx context.Context, prompt string, password bool) (string, error) {
	if k.to == nil {
		k.mu.Lock()
		defer k.mu.Unlock()
		if k.asked == len(k.inputs) {
			return "", io.EOF
		}
		k.asked++
		return k.inputs[k.asked-1], nil
	}
	line, err := k.to.Input(ctx, prompt, password)
	k.mu.Lock()
	defer k.mu.Unlock()
	if err == nil && !password {
		k.inputs = append(k.inputs, line)
	}
	return line, err
}

func (k *outputKeeper) Comm(m CommMessage) {
	if k.to != nil {
		k.to.Comm(m)
	}
}

// ended adds how the cell ended.
func (k *outputKeeper) ended(r Result) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if r.Value != nil {
		k.kept.Display(r.Value.Data, "", false)
	}
	if r.Error != nil {
		k.kept.Error(r.Error.Name, r.Error.Value)
	}
}

// taken is what was kept so far.
func (k *outputKeeper) taken() *compare.Outputs {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.kept.Copy()
}

// history is the cells that a session has run, each at the place of its first run, as
// it was in its last.
type history struct {
	cells []*logged
	byID  map[string]*logged
	apart string // why the running cell is not comparable
	none  bool   // the running cell is none of them
}

type logged struct {
	Cell
	keeper *outputKeeper
	apart  string
}

// begin makes the output of a cell.
func (h *history) begin(c Cell, out Output) Output {
	h.apart, h.none = "", false
	h.forget(c.Gone)
	if out == nil || c.Silent {
		return out
	}
	return &outputKeeper{to: out}
}

// end adds a cell that has run.
func (h *history) end(c Cell, out Output, r Result) {
	k, ok := out.(*outputKeeper)
	if !ok || h.none {
		return
	}
	k.ended(r)
	entry := h.byID[c.ID]
	if entry == nil {
		entry = new(logged)
		h.cells = append(h.cells, entry)
	}
	if c.ID != "" {
		if h.byID == nil {
			h.byID = map[string]*logged{}
		}
		h.byID[c.ID] = entry
	}
	*entry = logged{c, k, h.apart}
}

// forget removes cells that the front end has deleted.
func (h *history) forget(gone []string) {
	for _, id := range gone {
		if entry := h.byID[id]; entry != nil {
			delete(h.byID, id)
			for i, c := range h.cells {
				if c == entry {
					h.cells = append(h.cells[:i:i], h.cells[i+1:]...)
					break
				}
			}
		}
	}
}

// verifyMagic is %verify.
func (s *Session) verifyMagic(c *magicCall) (Result, error) {
	s.history.none = true
	tolerance := DefaultTolerance
	if c.arg != "" {
		t, err := strconv.ParseFloat(c.arg, 64)
		if err != nil || !(t >= 0) {
			return Result{}, fmt.Errorf("%q is no tolerance; expected by how much of its size a number may differ, such as 1e-9", c.arg)
		}
		tolerance = t
	}
	if s.cfg.again {
		return Result{}, nil
	}
	var cells []Again
	for _, e := range s.history.cells {
		cells = append(cells, Again{Cell: e.Cell, Name: fmt.Sprintf("In[%d]", e.Count), Kept: e.keeper.taken(), Inputs: e.keeper.inputs, Why: e.apart})
	}
	if len(cells) == 0 {
		return Result{}, errors.New("no cell was run yet")
	}
	s.front.Unlock() // questions are answered meanwhile
	defer s.front.Lock()
	verdicts, err := Verify(c.ctx, func(ctx context.Context) (Runner, error) {
		cfg := s.cfg
		cfg.again = true
		fresh, err := New(ctx, cfg)
		if err != nil {
			return nil, err
		}
		return fresh, nil
	}, cells, tolerance)
	if c.ctx.Err() != nil {
		return Result{Error: interruptedError("the cells were not all run again")}, nil
	}
	if err != nil {
		return Result{}, err
	}
	return shown(verdictText(verdicts)), nil
}

// verdictText tells of each cell that is not equal, and counts.
func verdictText(vs []compare.Verdict) string {
	var b strings.Builder
	for _, v := range vs {
		if v.How != "" || v.Why != "" {
			b.WriteString(v.String() + "\n")
		}
	}
	return b.String() + compare.Summary(vs)
}
