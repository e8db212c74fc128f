package engine

import (
	"html"
	"strings"
	"text/tabwriter"

	"glassy/kernel/display"
)

// A table is what a magic shows.
type table struct {
	head []string
	rows [][]string
}

func (t *table) add(row ...string) { t.rows = append(t.rows, row) }

func (t *table) text() string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, row := range append([][]string{t.head}, t.rows...) {
		w.Write([]byte(strings.TrimRight(strings.Join(row, "\t"), "\t") + "\n"))
	}
	w.Flush()
	lines := strings.Split(b.String(), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n")
}

func (t *table) html() string {
	var b strings.Builder
	row := func(cells []string, tag string) {
		b.WriteString("<tr>")
		for _, c := range cells {
			b.WriteString("<" + tag + ` style="text-align:left">` + html.EscapeString(c) + "</" + tag + ">")
		}
		b.WriteString("</tr>\n")
	}
	b.WriteString("<table>\n<thead>")
	row(t.head, "th")
	b.WriteString("</thead>\n<tbody>\n")
	for _, r := range t.rows {
		row(r, "td")
	}
	b.WriteString("</tbody>\n</table>\n")
	return b.String()
}

func (t *table) bundle() *display.Bundle {
	return &display.Bundle{Data: map[string]any{"text/plain": strings.TrimRight(t.text(), "\n"), "text/html": t.html()}}
}
