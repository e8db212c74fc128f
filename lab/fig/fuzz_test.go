package fig_test

import (
	"encoding/binary"
	"io"
	"math"
	"slices"
	"testing"

	"glassy/lab/fig"
)

// A figure of any numbers is drawn or refused: it neither panics nor hangs.
func FuzzFigure(f *testing.F) {
	f.Add(uint32(0), []byte("any numbers, one after the other"))
	f.Add(uint32(0xffffffff), []byte{})
	f.Add(uint32(0x12345678), binary.LittleEndian.AppendUint64(nil, math.Float64bits(1e300)))
	for kind := range uint32(11) {
		f.Add(kind|kind<<8, []byte("0123456789abcdef0123456789abcdef"))
	}
	f.Fuzz(func(t *testing.T, form uint32, data []byte) {
		rng := source(uint64(form))
		numbers := func(n int) []float64 {
			out := make([]float64, n)
			for i := range out {
				out[i] = rng.NormFloat64()
				if len(data) >= 8 {
					out[i] = math.Float64frombits(binary.LittleEndian.Uint64(data))
					data = data[8:]
				}
			}
			return out
		}
		g := fig.New("t")
		g.Width, g.Height = 20+float64(form>>20&63), 20+float64(form>>26)
		g.X.Scale, g.Y.Scale, g.Z.Scale = fig.Scale(form>>8&3), fig.Scale(form>>10&3), fig.Scale(form>>12&3)
		g.Legend = fig.Place(form >> 16 & 7)
		if form>>14&1 == 1 {
			ends := numbers(2)
			g.X.Min, g.X.Max = ends[0], ends[1]
		}
		x, y := numbers(4), numbers(4)
		nodes := slices.Compact(slices.Sorted(slices.Values(numbers(3))))
		lattice := len(nodes) > 1 && !slices.ContainsFunc(nodes, math.IsNaN)
		switch form % 11 {
		case 0:
			g.Line("l", x, y).YError(numbers(4))
		case 1:
			g.Points("p", x, y).XError(numbers(4)).By(numbers(4))
		case 2:
			g.Fill("f", x, y, numbers(4))
		case 3:
			g.Runs("r", x, [][]float64{y, numbers(4)}, fig.MeanStd)
		case 4:
			g.Hist("h", x, nil)
		case 5:
			g.Counts("c", x, fig.LogBins(x)).Hollow()
		case 6:
			g.Arrows("a", x, y, numbers(4), numbers(4))
		case 7:
			if lattice {
				g.Heat("h", nodes, nodes, numbers(len(nodes)*len(nodes)))
			}
		case 8:
			if lattice {
				g.Shade("s", nodes, nodes, numbers(len(nodes)*len(nodes)))
			}
		case 9:
			if lattice {
				g.Contours("c", nodes, nodes, numbers(len(nodes)*len(nodes)))
			}
		case 10:
			g.Line("l", x, y)
			g.Mark(x[0], "m")
			g.Note(x[1], y[1], "n").Arrow(y[2], y[3])
			in := fig.New("")
			in.Width, in.Height = 30, 20
			in.Line("i", y, x)
			g.Inset(in, fig.Auto)
		}
		refused := g.Err() != nil
		if _, err := g.SVG(); (err != nil) != refused {
			t.Errorf("drawing says %v", err)
		}
		if err := g.WriteCSV(io.Discard); err != nil {
			t.Error(err)
		}
		_ = g.String()
	})
}
