package fig

import (
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strconv"
)

// WriteCSV writes the data of the figure, one point of a series a line, with a
// heading: series and kind, then those of the columns x, y, left, right, low,
// high, value, dx and dy that any series has (see Series), empty where a series
// has no such column. A grid, and a figure with insets, has the column panel
// before them: the panel's letter, and inset 1, 2 and so on after it. Numbers
// have all their digits.
func (f *Figure) WriteCSV(w io.Writer) error {
	sheets := f.data("")
	heading := []string{"series", "kind"}
	if len(sheets) > 1 || sheets[0].panel != "" {
		heading = slices.Insert(heading, 0, "panel")
	}
	fixed := len(heading)
	for _, name := range []string{"x", "y", "left", "right", "low", "high", "value", "dx", "dy"} {
		if name == "x" || name == "y" || slices.ContainsFunc(sheets, func(s panelData) bool { return s.has(name) }) {
			heading = append(heading, name)
		}
	}
	rows := [][]string{heading}
	for _, sheet := range sheets {
		for _, s := range sheet.series {
			columns := s.columns()
			for i := range s.X {
				row := make([]string, len(heading))
				if heading[0] == "panel" {
					row[0] = sheet.panel
				}
				row[fixed-2], row[fixed-1] = s.Name, s.Kind()
				for _, c := range columns {
					row[slices.Index(heading[fixed:], c.name)+fixed] = strconv.FormatFloat(c.values[i], 'g', -1, 64)
				}
				rows = append(rows, row)
			}
		}
	}
	if err := csv.NewWriter(w).WriteAll(rows); err != nil {
		return fmt.Errorf("fig: data of %q: %w", Plain(f.Title), err)
	}
	return nil
}

// panelData is the data of one pair of axes.
type panelData struct {
	panel  string
	series []*Series
}

func (d panelData) has(name string) bool {
	return slices.ContainsFunc(d.series, func(s *Series) bool {
		return slices.ContainsFunc(s.columns(), func(c column) bool { return c.name == name })
	})
}

// data returns the data of a figure with that of its panels and insets.
func (f *Figure) data(panel string) []panelData {
	var out []panelData
	for i, p := range f.panels {
		out = append(out, p.data(letter(i))...)
	}
	if len(f.panels) == 0 {
		out = append(out, panelData{panel, f.series})
	}
	for i, in := range f.insets {
		name := "inset " + strconv.Itoa(i+1)
		if panel != "" {
			name = panel + " " + name
		}
		out = append(out, in.figure.data(name)...)
	}
	return out
}
