package profile

import (
	"fmt"
	"hash/fnv"
	"html"
	"slices"
	"strings"
	"time"
)

// A node of the flame graph is a function with the calls that led to it.
type node struct {
	name  string
	whole time.Duration
	below map[string]*node // what it called
}

// add counts d for a stack, innermost first.
func (n *node) add(stack []string, d time.Duration) {
	n.whole += d
	if len(stack) == 0 {
		return
	}
	name := stack[len(stack)-1]
	next := n.below[name]
	if next == nil {
		next = &node{name: name, below: map[string]*node{}}
		n.below[name] = next
	}
	next.add(stack[:len(stack)-1], d)
}

// depth is how many calls are above each other.
func (n *node) depth() int {
	deepest := 0
	for _, b := range n.below {
		deepest = max(deepest, b.depth())
	}
	return 1 + deepest
}

const (
	flameWidth = 900.0
	row        = 17
	letter     = 6.6 // the width of one
	narrowest  = 0.4 // what is drawn
	deepest    = 60  // rows
)

// Flame is the flame graph as SVG: a function stands on its caller, as wide as
// the time it took. Its name and time show when the pointer rests on it.
func (p *Profile) Flame() string {
	rows := min(p.root.depth(), deepest)
	height := rows*row + 2
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %g %d" width="100%%" style="max-width:%gpx;font:11px monospace">`+"\n", flameWidth, height, flameWidth)
	p.draw(&b, &p.root, 0, height-row-1, rows)
	b.WriteString("</svg>")
	return b.String()
}

func (p *Profile) draw(b *strings.Builder, n *node, x float64, y, rows int) {
	width := flameWidth * float64(n.whole) / float64(max(p.root.whole, 1))
	if width < narrowest || rows == 0 {
		return
	}
	label := ""
	if fits := int((width - 6) / letter); fits >= 3 {
		name := []rune(n.name)
		if len(name) > fits {
			name = append(name[:fits-1], '…')
		}
		label = fmt.Sprintf(`<text x="%.1f" y="%d">%s</text>`, x+3, y+row-5, html.EscapeString(string(name)))
	}
	fmt.Fprintf(b, `<g><title>%s: %v, %.1f %%</title><rect x="%.1f" y="%d" width="%.1f" height="%d" rx="1" fill="%s"/>%s</g>`+"\n",
		html.EscapeString(n.name), n.whole.Round(time.Millisecond), 100*float64(n.whole)/float64(max(p.root.whole, 1)), x, y, max(width-0.5, narrowest), row-1, colour(n.name), label)
	var below []*node
	for _, c := range n.below {
		below = append(below, c)
	}
	slices.SortFunc(below, func(a, c *node) int { return strings.Compare(a.name, c.name) })
	for _, c := range below {
		p.draw(b, c, x, y-row, rows-1)
		x += flameWidth * float64(c.whole) / float64(max(p.root.whole, 1))
	}
}

// colour is a warm one, the same for the same package.
func colour(name string) string {
	pkg, _, _ := strings.Cut(name, ".")
	h := fnv.New32a()
	h.Write([]byte(pkg))
	return fmt.Sprintf("hsl(%d,75%%,70%%)", 10+h.Sum32()%45)
}
