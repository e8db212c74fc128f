package engine

import (
	"fmt"
	"path"
	"regexp"
	"strconv"
	"strings"
	"time"

	"glassy/kernel/display"
	"glassy/kernel/engine/cell"
	"glassy/kernel/engine/profile"
)

// maxCosts is how many functions and lines %prof lists.
const maxCosts = 12

// cellFile matches the file of a unit.
var cellFile = regexp.MustCompile("^(?:.*/)?" + cell.FilePrefix + `(\d+)$`)

// profile shows a CPU profile of a cell.
func (s *Session) profile(data []byte) display.Bundle {
	unitIn := func(file string) (int, bool) {
		m := cellFile.FindStringSubmatch(file)
		if m == nil {
			return 0, false
		}
		n, err := strconv.Atoi(m[1])
		return n, err == nil
	}
	type place struct{ unit, line int }
	places := map[string]place{}
	p, err := profile.Read(data, profile.Names{
		Function: func(name, file string) string {
			if strings.HasPrefix(name, "glassy/kernel/engine/host.") {
				return "" // from here on it is the session process's own
			}
			name = cell.Unmark(name)
			if n, ok := unitIn(file); ok {
				_, name, _ = strings.Cut(path.Base(name), ".")
				return strings.TrimSpace(s.cellName(n) + " " + strings.TrimPrefix(strings.TrimPrefix(name, cell.RunFunc), "."))
			}
			return path.Base(name)
		},
		Line: func(file string, line int) string {
			n, ok := unitIn(file)
			if !ok || line < 1 {
				return ""
			}
			name := fmt.Sprintf("%s:%d", s.cellName(n), line)
			places[name] = place{n, line}
			return name
		},
	})
	if err != nil {
		return display.Text(err.Error())
	}
	if p.Samples == 0 {
		return display.Text("%prof: no samples: it looks a hundred times a second, and the cell's processors had nothing to do by then. Give it more work, or put %timeit before %prof")
	}
	share := func(d time.Duration) string {
		return fmt.Sprintf("%s  %4.1f %%", d.Round(10*time.Millisecond), 100*float64(d)/float64(max(p.Total, 1)))
	}
	functions := table{head: []string{"own time", "with what it calls", "function"}}
	for _, c := range p.Functions[:min(maxCosts, len(p.Functions))] {
		functions.add(share(c.Own), share(c.Whole), c.Name)
	}
	lines := table{head: []string{"time", "line", ""}}
	for _, c := range p.Lines[:min(maxCosts, len(p.Lines))] {
		at := places[c.Name]
		lines.add(share(c.Whole), c.Name, strings.TrimSpace(s.cellLine(at.unit, at.line)))
	}
	head := fmt.Sprintf("%v of processor time, %d samples", p.Total.Round(10*time.Millisecond), p.Samples)
	text, html := head+"\n\n"+functions.text(), "<p>"+head+"</p>"+p.Flame()+functions.html()
	if len(lines.rows) > 0 {
		text, html = text+"\n"+lines.text(), html+lines.html()
	}
	return display.Bundle{Data: map[string]any{"text/plain": text, "text/html": html}}
}
