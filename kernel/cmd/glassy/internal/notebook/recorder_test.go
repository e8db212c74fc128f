package notebook

import (
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// texts is a cell's outputs in short.
func texts(r *Recorder, c *Cell) string {
	var all []string
	for _, o := range r.Outputs(c) {
		switch o.Type {
		case "stream":
			all = append(all, o.Name+":"+o.Text)
		case "error":
			all = append(all, "error:"+o.ErrorName)
		default:
			all = append(all, fmt.Sprint(o.Type, ":", o.Data["text/plain"]))
		}
	}
	return strings.Join(all, " ")
}

func text(s string) map[string]any { return map[string]any{"text/plain": s} }

func codeCells(t *testing.T, n int) []*Cell {
	t.Helper()
	cells := strings.Repeat(`,{"cell_type":"code","source":"a"}`, n)
	return parse(t, `{"cells":[`+cells[1:]+`],"metadata":{},"nbformat":4,"nbformat_minor":5}`).Cells
}

func TestRecorder(t *testing.T) {
	for _, c := range []struct {
		name string
		do   func(c *CellRecorder)
		want string
	}{
		{"streams are joined in order", func(c *CellRecorder) {
			c.Stream("stdout", "a")
			c.Stream("stdout", "b")
			c.Stream("stderr", "c")
			c.Stream("stdout", "")
			c.Stream("stdout", "d")
		}, "stdout:ab stderr:c stdout:d"},
		{"a display parts a stream", func(c *CellRecorder) {
			c.Stream("stdout", "a")
			c.Display(text("x"), nil, "", false)
			c.Stream("stdout", "b")
			c.Result(text("y"), nil)
		}, "stdout:a display_data:x stdout:b execute_result:y"},
		{"an update replaces in place", func(c *CellRecorder) {
			c.Display(text("x"), nil, "id", false)
			c.Display(text("other"), nil, "", false)
			c.Display(text("x"), nil, "id", false)
			c.Display(text("y"), nil, "id", true)
			c.Display(text("nowhere"), nil, "unknown", true)
		}, "display_data:y display_data:other display_data:y"},
		{"the same id again replaces and adds", func(c *CellRecorder) {
			c.Display(text("x"), nil, "id", false)
			c.Display(text("y"), nil, "id", false)
		}, "display_data:y display_data:y"},
		{"clear now", func(c *CellRecorder) {
			c.Stream("stdout", "a")
			c.Clear(false)
		}, ""},
		{"clear waits", func(c *CellRecorder) {
			c.Stream("stdout", "a")
			c.Clear(true)
		}, "stdout:a"},
		{"clear with the next output", func(c *CellRecorder) {
			c.Stream("stdout", "a")
			c.Clear(true)
			c.Stream("stdout", "b")
			c.Stream("stdout", "c")
		}, "stdout:bc"},
		{"an update is no next output", func(c *CellRecorder) {
			c.Display(text("x"), nil, "id", false)
			c.Clear(true)
			c.Display(text("y"), nil, "id", true)
		}, "display_data:y"},
		{"what was cleared is not updated", func(c *CellRecorder) {
			c.Display(text("x"), nil, "id", false)
			c.Clear(false)
			c.Display(text("y"), nil, "id", true)
			c.Error("Panic", "boom", nil)
		}, "error:Panic"},
	} {
		r, cell := NewRecorder(), codeCells(t, 1)[0]
		c.do(r.Begin(cell, 1))
		if got := texts(r, cell); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestUpdateFromALaterCell(t *testing.T) {
	r, cells := NewRecorder(), codeCells(t, 2)
	first := r.Begin(cells[0], 1)
	first.Display(text("x"), nil, "id", false)
	second := r.Begin(cells[1], 2)
	second.Display(text("y"), nil, "id", true)
	first.Stream("stdout", "late")
	if got := texts(r, cells[0]); got != "display_data:y stdout:late" {
		t.Errorf("first cell: %q", got)
	}
	if got := texts(r, cells[1]); got != "" {
		t.Errorf("second cell: %q", got)
	}
}

func TestRecorderFromManyGoroutines(t *testing.T) {
	nb := parse(t, sample)
	r := NewRecorder()
	c := r.Begin(nb.Cells[1], 1)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 100 {
				c.Stream("stdout", "x")
				c.Display(text("y"), nil, "id", true)
				if _, err := r.Bytes(nb); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if got := texts(r, nb.Cells[1]); len(got) != len("stdout:")+400 {
		t.Errorf("%d bytes arrived", len(got))
	}
}

func TestSaveFigures(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "figs")
	png := base64.StdEncoding.EncodeToString([]byte("png bytes"))
	outputs := []Output{
		{Type: "stream", Name: "stdout", Text: "a"},
		{Type: "display_data", Data: map[string]any{"image/svg+xml": "<svg/>", "image/png": png[:4] + "\n" + png[4:], "text/plain": "p"}},
		{Type: "display_data", Data: text("no figure")},
		{Type: "execute_result", Data: map[string]any{"image/jpeg": png}},
	}
	paths, err := SaveFigures(dir, 3, outputs)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"cell3-1.svg": "<svg/>", "cell3-1.png": "png bytes", "cell3-2.jpg": "png bytes"}
	if len(paths) != len(want) {
		t.Errorf("paths %v", paths)
	}
	for _, p := range paths {
		b, err := os.ReadFile(p)
		if err != nil || string(b) != want[filepath.Base(p)] {
			t.Errorf("%s holds %q (%v), want %q", p, b, err, want[filepath.Base(p)])
		}
	}
	if _, err := SaveFigures(dir, 4, []Output{{Data: map[string]any{"image/png": "?"}}}); err == nil || !strings.Contains(err.Error(), "figure 1 of cell 4") {
		t.Errorf("broken base64: %v", err)
	}
	if n, err := SaveFigures(filepath.Join(dir, "none"), 5, outputs[:1]); n != nil || err != nil {
		t.Errorf("without figures: %v, %v", n, err)
	}
}
