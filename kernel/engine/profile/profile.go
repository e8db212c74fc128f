package profile

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/google/pprof/profile"
)

// Names says what is shown of a function or a line.
type Names struct {
	Function func(name, file string) string             // "" is left out, with its callers
	Line     func(file string, line int) (place string) // "" is no line of a cell
}

// Profile is where the time of a cell went.
type Profile struct {
	Total     time.Duration // of all samples
	Samples   int
	Functions []Cost // by their own time, the largest first
	Lines     []Cost // of cells, by their whole time

	root node
}

// Cost is the time of a function or a line: its own, and with what it called.
type Cost struct {
	Name       string
	Own, Whole time.Duration
}

// Read takes in what runtime/pprof wrote.
func Read(data []byte, names Names) (*Profile, error) {
	p, err := profile.Parse(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("reading the CPU profile: %w", err)
	}
	value := slices.IndexFunc(p.SampleType, func(t *profile.ValueType) bool { return t.Type == "cpu" })
	if value < 0 {
		return nil, fmt.Errorf("reading the CPU profile: it has no samples of the CPU's time, only %v", p.SampleType)
	}
	out := &Profile{root: node{name: "all", below: map[string]*node{}}}
	functions, lines := map[string]*Cost{}, map[string]*Cost{}
	at := func(costs map[string]*Cost, name string) *Cost {
		c := costs[name]
		if c == nil {
			c = &Cost{Name: name}
			costs[name] = c
		}
		return c
	}
	for _, s := range p.Sample {
		d := time.Duration(s.Value[value])
		out.Total += d
		out.Samples += int(s.Value[0])
		var stack []string // innermost first
		seen := map[string]bool{}
	frames:
		for _, loc := range s.Location {
			for _, l := range loc.Line {
				if l.Function == nil {
					continue
				}
				name := names.Function(l.Function.Name, l.Function.Filename)
				if name == "" {
					break frames
				}
				stack = append(stack, name)
				if place := names.Line(l.Function.Filename, int(l.Line)); place != "" && !seen[place] {
					seen[place] = true
					at(lines, place).Whole += d
					if len(stack) == 1 {
						at(lines, place).Own += d
					}
				}
			}
		}
		if len(stack) == 0 {
			continue
		}
		at(functions, stack[0]).Own += d
		once := map[string]bool{}
		for _, name := range stack {
			if !once[name] {
				once[name] = true
				at(functions, name).Whole += d
			}
		}
		out.root.add(stack, d)
	}
	out.Functions = sorted(functions, func(c Cost) (time.Duration, time.Duration) { return c.Own, c.Whole })
	out.Lines = sorted(lines, func(c Cost) (time.Duration, time.Duration) { return c.Whole, c.Own })
	return out, nil
}

func sorted(costs map[string]*Cost, by func(Cost) (first, second time.Duration)) []Cost {
	var all []Cost
	for _, c := range slices.Collect(maps.Values(costs)) {
		all = append(all, *c)
	}
	slices.SortFunc(all, func(a, b Cost) int {
		a1, a2 := by(a)
		b1, b2 := by(b)
		return cmp.Or(cmp.Compare(b1, a1), cmp.Compare(b2, a2), cmp.Compare(a.Name, b.Name))
	})
	return all
}
