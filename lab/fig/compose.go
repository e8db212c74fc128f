package fig

import (
	"fmt"
	"image/color"
	"math"
	"reflect"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Grid returns a figure of several panels in so many columns, row by row, with
// letters a, b, c. Its size is that of the panels side by side; a Width or
// Height set afterwards stretches them. Frames are aligned, and as large to each
// other as the panels are. Panels in a row with the same axis Z, its range set,
// share one colour bar. Panels stay the caller's: they can still be changed.
// Panics without panels or columns, and for a panel that is a grid itself.
func Grid(title string, columns int, panels ...*Figure) *Figure {
	if columns < 1 || len(panels) == 0 {
		panic(fmt.Sprintf("fig: grid %q, %d panels in %d columns, expected at least 1 of each", title, len(panels), columns))
	}
	f := &Figure{Title: title, panels: panels, columns: min(columns, len(panels))}
	for i, p := range panels {
		if len(p.panels) > 0 {
			panic(fmt.Sprintf("fig: grid %q, panel %s is a grid, expected one pair of axes", title, letter(i)))
		}
	}
	widths, heights := f.cellSizes()
	for _, w := range widths {
		f.Width += float64(w / vg.Millimeter)
	}
	for _, h := range heights {
		f.Height += float64(h / vg.Millimeter)
	}
	if title != "" {
		f.Height += float64(titleRoom() / vg.Millimeter)
	}
	return f
}

func titleRoom() vg.Length { return vg.Points(titleSize*1.35) + gap }

// Panels returns the figures of a grid, row by row; none of any other figure.
func (f *Figure) Panels() []*Figure { return append([]*Figure(nil), f.panels...) }

func letter(i int) string {
	if i < 26 {
		return string(rune('a' + i))
	}
	return letter(i/26-1) + letter(i%26)
}

// cellSizes returns the widths of the columns and the heights of the rows: of
// the widest and the highest panel in each.
func (f *Figure) cellSizes() (widths, heights []vg.Length) {
	widths = make([]vg.Length, f.columns)
	heights = make([]vg.Length, (len(f.panels)+f.columns-1)/f.columns)
	for i, p := range f.panels {
		w, h := p.size()
		widths[i%f.columns] = max(widths[i%f.columns], w)
		heights[i/f.columns] = max(heights[i/f.columns], h)
	}
	return widths, heights
}

// drawGrid draws the panels on all of c, their frames aligned.
func (f *Figure) drawGrid(c draw.Canvas) {
	if f.Title != "" {
		font := bold(titleSize)
		width, _, _ := letters().Box(f.Title, font)
		setText(c, f.Title, font, color.Black, vg.Point{X: c.Center().X - width/2, Y: c.Max.Y - margin - font.Size*0.8})
		c.Max.Y -= titleRoom()
	}
	widths, heights := f.cellSizes()
	noRoom := make([]edges, max(len(widths), len(heights)))
	share(widths, c.Size().X, noRoom)
	share(heights, c.Size().Y, noRoom)
	// The labels of the first layout say how much the frames can share, those
	// of the second where the frames are.
	_, columns, rows := f.layout(c, widths, heights)
	share(widths, c.Size().X, columns)
	share(heights, c.Size().Y, rows)
	cells, columns, rows := f.layout(c, widths, heights)
	for i, p := range f.panels {
		as := f.panel(i)
		row, col, own := rows[i/f.columns], columns[i%f.columns], cells[i].labels
		as.extra = edges{col.left - own.left, col.right - own.right, row.bottom - own.bottom, row.top - own.top}
		p.arrange(cells[i].Canvas, as).draw()
		font := bold(titleSize)
		setText(c, as.letter, font, color.Black, vg.Point{X: cells[i].Min.X, Y: cells[i].Max.Y - font.Size*0.8})
	}
}

// share stretches the lengths of cells to a sum such that what their labels
// leave keeps its proportions.
func share(lengths []vg.Length, to vg.Length, labels []edges) {
	var sum, taken vg.Length
	for i, l := range lengths {
		sum += l
		taken += labels[i].left + labels[i].right + labels[i].bottom + labels[i].top
	}
	if taken >= to {
		return // cells too small to draw anything
	}
	for i, l := range lengths {
		lengths[i] = l/sum*(to-taken) + labels[i].left + labels[i].right + labels[i].bottom + labels[i].top
	}
}

// A cell is the place of a panel, with what its labels take of it.
type cell struct {
	draw.Canvas
	labels edges
}

// layout arranges the panels in cells of the given sizes and returns the most
// that labels take at the left and right of each column and at the bottom and
// top of each row.
func (f *Figure) layout(c draw.Canvas, widths, heights []vg.Length) (cells []cell, columns, rows []edges) {
	columns, rows = make([]edges, len(widths)), make([]edges, len(heights))
	at := vg.Point{X: c.Min.X, Y: c.Max.Y}
	for i, p := range f.panels {
		row, col := i/f.columns, i%f.columns
		if col == 0 && row > 0 {
			at = vg.Point{X: c.Min.X, Y: at.Y - heights[row-1]}
		}
		in := draw.Canvas{Canvas: c.Canvas, Rectangle: vg.Rectangle{
			Min: vg.Point{X: at.X + margin, Y: at.Y - heights[row] + margin},
			Max: vg.Point{X: at.X + widths[col] - margin, Y: at.Y - margin},
		}}
		at.X += widths[col]
		frame := p.arrange(in, f.panel(i)).frame
		own := edges{
			left: frame.Min.X - in.Min.X, right: in.Max.X - frame.Max.X,
			bottom: frame.Min.Y - in.Min.Y, top: in.Max.Y - frame.Max.Y,
		}
		cells = append(cells, cell{in, own})
		columns[col].left, columns[col].right = max(columns[col].left, own.left), max(columns[col].right, own.right)
		rows[row].bottom, rows[row].top = max(rows[row].bottom, own.bottom), max(rows[row].top, own.top)
	}
	return cells, columns, rows
}

// panel returns the letter of a panel, and whether the next one in its row has a
// colour bar that says the same.
func (f *Figure) panel(i int) panel {
	as := panel{letter: letter(i)}
	if next := i + 1; next < len(f.panels) && next%f.columns > 0 {
		a, b := f.panels[i], f.panels[next]
		as.barless = b.colored() && a.Z.Min < a.Z.Max && reflect.DeepEqual(a.Z, b.Z)
	}
	return as
}

// An inset is a figure inside the frame of another.
type inset struct {
	figure *Figure
	place  Place
}

// Inset puts a figure of its own Width and Height inside the frame, in one of
// its corners; Auto takes the corner that hides the least. An inset of the usual
// size would hide the frame: set its size, e.g. to 40 × 28 mm, before or after.
// Panics for a place outside the frame.
func (f *Figure) Inset(in *Figure, place Place) {
	if place < Auto || place > BottomRight {
		panic(fmt.Sprintf("fig: inset at place %d, expected Auto or a corner", place))
	}
	f.insets = append(f.insets, inset{in, place})
}

// rectangles returns where the insets go and adds them to the ink.
func (f *Figure) insetRectangles(frame vg.Rectangle, taken *ink) []vg.Rectangle {
	var out []vg.Rectangle
	for _, in := range f.insets {
		w, h := in.figure.size()
		size := vg.Point{X: min(w, frame.Size().X-2*gap), Y: min(h, frame.Size().Y-2*gap)}
		var best vg.Rectangle
		least := math.MaxInt
		for _, place := range corners {
			if in.place != Auto && in.place != place {
				continue
			}
			if r := cornerOf(frame, place, size, gap); taken.under(r) < least {
				best, least = r, taken.under(r)
			}
		}
		taken.fill(best)
		out = append(out, best)
	}
	return out
}
