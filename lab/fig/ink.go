package fig

import (
	"math"

	"gonum.org/v1/plot/vg"
)

// ink is points that cover what is drawn inside a frame, no further apart than
// inkStep; what is put over them hides something.
type ink struct{ points []vg.Point }

const inkStep = 2 // points

// lines adds curves.
func (k *ink) lines(lines ...[]vg.Point) {
	for _, line := range lines {
		for i := 1; i < len(line); i++ {
			a, b := line[i-1], line[i]
			n := int(math.Hypot(float64(b.X-a.X), float64(b.Y-a.Y))/inkStep) + 1
			for j := range n + 1 {
				t := vg.Length(j) / vg.Length(n)
				k.points = append(k.points, vg.Point{X: a.X + t*(b.X-a.X), Y: a.Y + t*(b.Y-a.Y)})
			}
		}
	}
}

// fill adds a rectangle.
func (k *ink) fill(r vg.Rectangle) {
	n := int(float64(r.Size().Y)/inkStep) + 1
	for j := range n + 1 {
		y := r.Min.Y + r.Size().Y*vg.Length(j)/vg.Length(n)
		k.lines([]vg.Point{{X: r.Min.X, Y: y}, {X: r.Max.X, Y: y}})
	}
}

// between adds the area inside the frame between two curves over the same
// abscissae.
func (k *ink) between(v view, low, high []vg.Point) {
	for i := range low {
		next := min(i+1, len(low)-1)
		a, b := low[i].X, low[next].X
		from, to := clamp(a, v.Min.X, v.Max.X), clamp(b, v.Min.X, v.Max.X)
		if from == to && a != b {
			continue
		}
		n := int(math.Abs(float64(to-from))/inkStep) + 1
		for j := range n {
			x := from + (to-from)*vg.Length(j)/vg.Length(n)
			t := vg.Length(0)
			if a != b {
				t = (x - a) / (b - a)
			}
			y0, y1 := low[i].Y+t*(low[next].Y-low[i].Y), high[i].Y+t*(high[next].Y-high[i].Y)
			k.lines([]vg.Point{{X: x, Y: clamp(y0, v.Min.Y, v.Max.Y)}, {X: x, Y: clamp(y1, v.Min.Y, v.Max.Y)}})
		}
	}
}

// under returns how many points a rectangle hides.
func (k *ink) under(r vg.Rectangle) int {
	n := 0
	for _, p := range k.points {
		if p.X >= r.Min.X && p.X <= r.Max.X && p.Y >= r.Min.Y && p.Y <= r.Max.Y {
			n++
		}
	}
	return n
}

func clamp(v, low, high vg.Length) vg.Length {
	return vg.Length(math.Max(float64(low), math.Min(float64(v), float64(high))))
}
