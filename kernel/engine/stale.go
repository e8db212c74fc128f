package engine

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// An output is stale when its cell used what another cell made, and that cell was
// edited and run again since. What is tracked is what texts tell: names that a cell
// uses, also through the functions and types it uses; names that it declares, and
// variables that it assigns, by = and ++, through fields and elements, by taking
// their address or calling a pointer's method, also through functions. What is not:
// other names for the same memory, files, random numbers, time.
//
// A cell that is run again as it was changes nothing, unless it was stale itself.
// Cells are known by the ids that front ends give them; one without an id is not
// tracked, for an edit of it cannot be told from another cell.

// cellRecord is the last run of a cell.
type cellRecord struct {
	id       string
	count    int
	digests  map[string]digest
	versions map[string]int            // by name: counts up when what it makes has changed
	reads    map[string]map[string]int // name → cells that made it → their versions of it
}

// tracker follows what cells used.
type tracker struct {
	cells map[string]*cellRecord
	told  map[string]bool // cells that were told to be stale
	now   flow            // of the cell that runs
	ran   bool            // some of it
}

// begin forgets what the cell before did.
func (t *tracker) begin(gone []string) {
	t.now, t.ran = flow{map[string]*entity{}, map[string]digest{}}, false
	for _, id := range gone {
		delete(t.cells, id)
	}
}

// add takes note of a part of the cell that is about to run.
func (t *tracker) add(f flow, sc *scope) {
	t.ran = true
	eachUsed(f.reads, func(name string) *entity { return sc.live[name] }, func(e *entity) {
		if _, own := t.now.digests[e.name]; !own || f.reads[e.name] != nil {
			t.now.reads[e.name] = e
		}
	})
	for name := range f.digests {
		if f.reads[name] == nil {
			delete(t.now.reads, name)
		}
	}
	maps.Copy(t.now.digests, f.digests)
}

// end takes note of the cell's run, and returns what it has made stale.
func (t *tracker) end(c Cell) (note string) {
	if !t.ran || c.ID == "" || c.Silent {
		return ""
	}
	if t.cells == nil {
		t.cells, t.told = map[string]*cellRecord{}, map[string]bool{}
	}
	old := t.cells[c.ID]
	r := &cellRecord{id: c.ID, count: c.Count, digests: t.now.digests, versions: map[string]int{}, reads: map[string]map[string]int{}}
	if old != nil {
		was := t.reason(old, nil) != ""
		maps.Copy(r.versions, old.versions)
		for name, d := range old.digests {
			now, still := r.digests[name]
			if !still || now != d || was && d.variable {
				r.versions[name]++
			}
		}
	}
	for name := range t.now.reads {
		for id, w := range t.cells {
			if _, makes := w.digests[name]; makes && id != c.ID {
				if r.reads[name] == nil {
					r.reads[name] = map[string]int{}
				}
				r.reads[name][id] = w.versions[name]
			}
		}
	}
	t.cells[c.ID] = r
	return t.news()
}

// reason tells why a cell is stale, in words that follow its name; "" when it is
// not. path are the cells that lead to it, the last to be asked.
func (t *tracker) reason(r *cellRecord, path []*cellRecord) string {
	var changed []string
	for _, name := range slices.Sorted(maps.Keys(r.reads)) {
		for id, v := range r.reads[name] {
			if w := t.cells[id]; w != nil && w.versions[name] != v {
				changed = append(changed, name)
				break
			}
		}
	}
	if len(changed) > 0 {
		verb := "has"
		if len(changed) > 1 {
			verb = "have"
		}
		return fmt.Sprintf("%s, which %s changed", strings.Join(changed, " and "), verb)
	}
	path = append(path, r)
	for _, name := range slices.Sorted(maps.Keys(r.reads)) {
		for _, id := range slices.Sorted(maps.Keys(r.reads[name])) {
			w := t.cells[id]
			if w != nil && w.digests[name].variable && !slices.Contains(path, w) && t.reason(w, path) != "" {
				return fmt.Sprintf("%s of In[%d], which is stale", name, w.count)
			}
		}
	}
	return ""
}

// stale lists the stale cells in the order of their runs, with the reasons.
func (t *tracker) stale() (cells []*cellRecord, reasons []string) {
	for _, r := range slices.SortedFunc(maps.Values(t.cells), func(a, b *cellRecord) int { return a.count - b.count }) {
		if why := t.reason(r, nil); why != "" {
			cells, reasons = append(cells, r), append(reasons, why)
		}
	}
	return cells, reasons
}

// news tells of the cells that are stale and were not told to be.
func (t *tracker) news() string {
	cells, reasons := t.stale()
	told := t.told
	t.told = map[string]bool{}
	var fresh []*cellRecord
	var why []string
	for i, r := range cells {
		t.told[r.id] = true
		if !told[r.id] {
			fresh, why = append(fresh, r), append(why, reasons[i])
		}
	}
	if len(fresh) == 0 {
		return ""
	}
	return "stale: " + strings.Join(staleLines(fresh, why), "; ")
}

// staleLines says each reason once: In[4], In[6] use f, which has changed.
func staleLines(cells []*cellRecord, reasons []string) (lines []string) {
	for i, why := range reasons {
		if slices.Contains(reasons[:i], why) {
			continue
		}
		var names []string
		for j := i; j < len(cells); j++ {
			if reasons[j] == why {
				names = append(names, fmt.Sprintf("In[%d]", cells[j].count))
			}
		}
		verb := "uses"
		if len(names) > 1 {
			verb = "use"
		}
		lines = append(lines, fmt.Sprintf("%s %s %s", strings.Join(names, ", "), verb, why))
	}
	return lines
}

// staleMagic is %stale.
func (s *Session) staleMagic(c *magicCall) (Result, error) {
	s.history.apart = "it tells of the session"
	if c.arg != "" {
		return Result{}, fmt.Errorf("%q: it takes nothing", c.arg)
	}
	cells, reasons := s.tracker.stale()
	switch {
	case len(cells) > 0:
		return shown(strings.Join(staleLines(cells, reasons), "\n")), nil
	case len(s.tracker.cells) == 0:
		return shown("no cell was run yet that the front end gave an id, and others cannot be followed"), nil
	}
	return shown("no output is stale"), nil
}
