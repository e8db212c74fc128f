package thesis

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"glassy/lab/run"
)

// Info says what an item of the thesis is.
type Info struct {
	ID      string  `json:"id"`      // as the thesis numbers it, e.g. "2.1"
	Title   string  `json:"title"`   // what it shows
	Chapter int     `json:"chapter"` // of the thesis
	Scales  []Scale `json:"-"`       // at which it can be made
}

type item struct {
	Info
	make func(settings) (*Result, error)
}

var everyScale = []Scale{Quick, Desktop, Paper}

// items are all figures and tables there are, in the order of the thesis.
var items = []item{
	{Info{"2.1", "Complexity of the spherical 3-spin glass", 2, everyScale}, figure21},
}

// Figures lists everything that Figure can make, in the order of the thesis.
func Figures() []Info {
	out := make([]Info, len(items))
	for i, it := range items {
		out[i] = it.Info
		out[i].Scales = slices.Clone(it.Scales)
	}
	return out
}

// Select returns the items that the given IDs name: an item's own ("2.1"), or a
// chapter ("2") for all in it. Without IDs it returns everything. Each item
// comes once, in the order of the thesis. An unknown ID is an error that names
// the nearest known ones.
func Select(ids ...string) ([]Info, error) {
	if len(ids) == 0 {
		return Figures(), nil
	}
	for _, id := range ids {
		if !slices.ContainsFunc(items, func(it item) bool { return it.matches(id) }) {
			return nil, unknown(id)
		}
	}
	return slices.DeleteFunc(Figures(), func(info Info) bool {
		return !slices.ContainsFunc(ids, info.matches)
	}), nil
}

func (i Info) matches(id string) bool { return id == i.ID || id == strconv.Itoa(i.Chapter) }

// Figure makes the figure or table of that number, Quick unless a Scale is
// given. The error of an unknown number names the nearest known ones; that of a
// stopped computation wraps the context's.
func Figure(id string, opts ...Option) (*Result, error) {
	set := settle(opts)
	for _, it := range items {
		if it.ID != id {
			continue
		}
		if !slices.Contains(it.Scales, set.scale) {
			return nil, fmt.Errorf("thesis: figure %s at scale %s, expected one of %v", id, set.scale, it.Scales)
		}
		r, err := it.make(set)
		if err != nil {
			return nil, fmt.Errorf("thesis: figure %s: %w", id, err)
		}
		r.Info, r.Scale = it.Info, set.scale
		run.Cite(r.Sources...)
		return r, nil
	}
	return nil, unknown(id)
}

// unknown is the error of an ID that is not in the registry.
func unknown(id string) error {
	known := make([]string, len(items))
	for i, it := range items {
		known[i] = it.ID
	}
	slices.SortStableFunc(known, func(a, b string) int { return distance(id, a) - distance(id, b) })
	return fmt.Errorf("thesis: no figure %q; nearest: %s; thesis.Figures() lists all %d",
		id, strings.Join(known[:min(3, len(known))], ", "), len(known))
}

// distance is Levenshtein's: how many letters to insert, delete or change.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
