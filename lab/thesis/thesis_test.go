package thesis_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"glassy/lab/data"
	"glassy/lab/fig"
	"glassy/lab/glass"
	"glassy/lab/run"
	"glassy/lab/thesis"
)

// trained are the items that train networks on real data.
var trained = map[string]bool{
	"2.3a": true, "2.3b": true, "2.3c": true, "table-2.1": true, "2.4": true,
	"3.1": true, "3.4a": true, "3.4b": true, "3.4c": true,
	"3.5": true, "3.6": true, "3.7a": true, "3.7b": true, "table-3.1": true,
	"section-3.3.5": true, "section-3.3.6": true,
	"4.2": true, "4.3": true, "table-4.1": true,
	"5.1": true, "5.3": true, "5.4a": true, "5.6a": true, "table-5.1": true, "5.7": true, "table-5.2": true,
	"6.1a": true, "6.1b": true, "6.2a": true, "6.2b": true, "6.2c": true,
	"remark-6.37": true, "remark-6.38": true, "remark-6.39": true, "remark-6.40": true,
	"6.3a": true, "6.3b": true, "6.3c": true,
	"5.4b": true, "5.5": true, "5.6b": true, "5.6c": true, "remark-5.2": true, "section-5.4.1": true,
}

// own are the items that are made of data which only a user's own copy has.
var own = map[string]string{"5.4b": "cifar100", "5.5": "svhn", "5.6b": "cifar100", "5.6c": "svhn", "6.2b": "cifar100"}

func init() { data.SetHome(data.Folders(os.Getenv)...) }

// Every item of the registry must be made at quick scale, draw, and agree with
// what the thesis prints and with theory.
func TestEveryFigure(t *testing.T) {
	for _, info := range thesis.Figures() {
		t.Run(info.ID, func(t *testing.T) {
			if trained[info.ID] && testing.Short() {
				t.Skip("trains networks; runs without -short, as in CI")
			}
			r, err := thesis.Figure(info.ID)
			if set := own[info.ID]; set != "" && errors.Is(err, fs.ErrNotExist) {
				if !strings.Contains(err.Error(), "glassy data get "+set) {
					t.Errorf("%v, expected an error that says how to get %s", err, set)
				}
				t.Skip("needs data that only a user's own copy has:", err)
			}
			if trained[info.ID] && errors.Is(err, fs.ErrNotExist) && os.Getenv("GLASSY_REQUIRE_DATA") != "1" {
				t.Skip("needs data that is not on this machine (with GLASSY_REQUIRE_DATA=1, as in CI, that is a failure):", err)
			}
			if err != nil {
				t.Fatal(err)
			}
			if r.ID != info.ID || r.Title == "" || r.Chapter < 2 || r.Chapter > 6 || r.Scale != thesis.Quick {
				t.Errorf("result is %+v at %s", r.Info, r.Scale)
			}
			if !strings.Contains(info.Label(), " "+strconv.Itoa(info.Chapter)+".") {
				t.Errorf("%s is not numbered for chapter %d", info.Label(), info.Chapter)
			}
			if err := r.Figure.Err(); err != nil {
				t.Error(err)
			}
			if len(r.Rows) == 0 || len(r.Sources) == 0 {
				t.Errorf("%d rows and %d sources, expected some of each", len(r.Rows), len(r.Sources))
			}
			for _, row := range r.Rows {
				v := row.Verdict()
				if (v == thesis.DiffersFromThesis) != (row.Erratum != "") || v == thesis.DiffersFromTheory {
					t.Errorf("%s: thesis %q, ours %v ± %v, theory %v: %s, erratum %q", row.Quantity, row.Thesis, row.Ours, row.Error, row.Theory, v, row.Erratum)
				}
			}
			for _, key := range r.Sources {
				if run.Reference(key) == key {
					t.Errorf("source %q has no reference", key)
				}
			}
		})
	}
}

// Figure 2.1: the rows hold the numbers, and the drawn data is the curves.
func TestFigure21(t *testing.T) {
	r, err := thesis.Figure("2.1")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]float64{ // zeros of (2.12), to 30 digits elsewhere
		"−E_{0}": -1.6569983635274732, "−E_{1}": -1.6528731981030431, "−E_{4}": -1.6469985671550873,
		"−E_{10}": -1.6425675639297015, "−E_{∞}": -1.632993161855452, "Θ(−E_{∞})": math.Log(2)/2 - 1.0/3,
	}
	for _, row := range r.Rows {
		if w, ok := want[row.Quantity]; ok {
			if !(math.Abs(row.Ours-w) <= 1e-14) || !(math.Abs(row.Theory-w) <= 1e-12) {
				t.Errorf("%s is %.17g, by quadrature %.17g, expected %.17g", row.Quantity, row.Ours, row.Theory, w)
			}
			delete(want, row.Quantity)
		}
	}
	if len(want) > 0 {
		t.Errorf("rows missing: %v", want)
	}

	index := map[string]int{"Θ_{0}": 0, "Θ_{1}": 1, "Θ_{2}": 2, "Θ_{4}": 4, "Θ_{10}": 10}
	for _, s := range r.Figure.Series() {
		k, isLayer := index[s.Name]
		delete(index, s.Name)
		for i, u := range s.X {
			var w float64
			switch {
			case isLayer:
				w = glass.IndexComplexity(3, k, u)
			case s.Name == "Θ":
				w = glass.Complexity(3, u)
			default:
				w = 0 // the zeros
			}
			if s.Y[i] != w {
				t.Fatalf("%s at u = %v is drawn at %v, expected %v", s, u, s.Y[i], w)
			}
		}
		if isLayer && !slices.Contains(s.X, -glass.ThresholdEnergy(3)) {
			t.Errorf("%s has no point at its corner −E∞", s)
		}
		if s.Name == "Θ_{0}" && s.Color() != fig.Black {
			t.Error("Θ_0 is not black, as it is in the thesis")
		}
	}
	if len(index) > 0 {
		t.Errorf("curves missing: %v", index)
	}
}

func TestVerdict(t *testing.T) {
	for _, c := range []struct {
		row  thesis.Row
		want thesis.Verdict
	}{
		{thesis.Row{Thesis: "−1.657", Ours: -1.6569983, Theory: -1.6569983}, thesis.Agrees},
		{thesis.Row{Thesis: "−1.656", Ours: -1.6569983, Theory: -1.6569983}, thesis.DiffersFromThesis},
		{thesis.Row{Thesis: "1.657", Ours: -1.6569983, Theory: -1.6569983}, thesis.DiffersFromThesis},
		{thesis.Row{Thesis: "-1.7", Ours: -1.6569983, Theory: -1.6569983}, thesis.Agrees},
		{thesis.Row{Thesis: "2", Ours: 2.4999, Theory: 2.5, Tolerance: 1e-3}, thesis.Agrees},
		{thesis.Row{Thesis: "2", Ours: 2.51, Theory: 2.51}, thesis.DiffersFromThesis},
		{thesis.Row{Ours: 1, Theory: 1.1, Tolerance: 0.01}, thesis.DiffersFromTheory},
		{thesis.Row{Ours: 1, Theory: 1.1, Tolerance: 0.2}, thesis.Agrees},
		{thesis.Row{Ours: math.NaN(), Theory: 1, Tolerance: 1}, thesis.DiffersFromTheory},
		{thesis.Row{Ours: 1, Theory: math.NaN(), Tolerance: 1}, thesis.Measured},
		{thesis.Row{Ours: math.NaN(), Theory: math.NaN()}, thesis.DiffersFromTheory},
		{thesis.Row{Ours: 1, Error: 0.05, Theory: 1.1}, thesis.Agrees},
		{thesis.Row{Ours: 1, Error: 0.03, Theory: 1.1}, thesis.DiffersFromTheory},
		{thesis.Row{Thesis: "1.16", Ours: 1, Theory: math.NaN()}, thesis.DiffersFromThesis},
		{thesis.Row{Thesis: "1.16", Ours: 1, Error: 0.1, Theory: math.NaN()}, thesis.Agrees},
		{thesis.Row{Thesis: "7.95 ± 0.04", Ours: 8.06, Theory: math.NaN()}, thesis.Agrees},
		{thesis.Row{Thesis: "7.95 ± 0.04", Ours: 8.2, Theory: math.NaN()}, thesis.DiffersFromThesis},
		{thesis.Row{Thesis: "7.95 ± 0.04", Ours: 30, Theory: math.NaN(), Smaller: true}, thesis.SmallerScale},
		{thesis.Row{Thesis: "2", Ours: 30, Theory: 30, Smaller: true}, thesis.Agrees},
	} {
		if got := c.row.Verdict(); got != c.want {
			t.Errorf("%+v: %s, expected %s", c.row, got, c.want)
		}
	}
	defer func() {
		if r := recover(); r == nil {
			t.Error("a printed number that is none did not panic")
		}
	}()
	thesis.Row{Thesis: "1e3", Ours: 1, Theory: 1}.Verdict()
}

func TestSelect(t *testing.T) {
	all, err := thesis.Select()
	if err != nil || len(all) != len(thesis.Figures()) {
		t.Errorf("Select() = %d items, %v", len(all), err)
	}
	for _, ids := range [][]string{{"2.1"}, {"2", "2.1", "2.1"}} {
		some, err := thesis.Select(ids...)
		if err != nil {
			t.Fatal(err)
		}
		if n := len(slices.DeleteFunc(some, func(i thesis.Info) bool { return i.ID != "2.1" })); n != 1 {
			t.Errorf("Select(%q) has 2.1 %d times, expected once", ids, n)
		}
	}
	// A number alone is the item of that number, and only without one its panels.
	for id, want := range map[string]string{"2.1": "2.1", "2.1b": "2.1b", "2.2": "2.2a 2.2b 2.2c", "table-2.1": "table-2.1"} {
		some, err := thesis.Select(id)
		var got []string
		for _, info := range some {
			got = append(got, info.ID)
		}
		if err != nil || strings.Join(got, " ") != want {
			t.Errorf("Select(%q) = %q, %v, expected %s", id, got, err, want)
		}
	}
	for _, id := range []string{"2.11", "9", "", "../x"} {
		_, err := thesis.Select("2.1", id)
		_, err2 := thesis.Figure(id)
		for _, e := range []error{err, err2} {
			if e == nil || !strings.Contains(e.Error(), strconv.Quote(id)) || !strings.Contains(e.Error(), "nearest: ") {
				t.Errorf("unknown %q: error %v, expected one that names it and the nearest", id, e)
			}
		}
	}
	if _, err := thesis.Figure("2.11"); !strings.Contains(err.Error(), "nearest: 2.1") {
		t.Errorf("nearest to 2.11: %v", err)
	}
}

func TestScales(t *testing.T) {
	for _, s := range []thesis.Scale{thesis.Quick, thesis.Desktop, thesis.Paper} {
		back, err := thesis.ParseScale(s.String())
		if err != nil || back != s {
			t.Errorf("%s parses to %v, %v", s, back, err)
		}
		r, err := thesis.Figure("2.1", s)
		if err != nil || r.Scale != s {
			t.Errorf("figure at %s: %v, %v", s, r, err)
		}
	}
	if thesis.Paper.String() != "thesis" {
		t.Errorf("the scale of the thesis is called %q", thesis.Paper)
	}
	if _, err := thesis.ParseScale("huge"); err == nil || !strings.Contains(err.Error(), "quick, desktop, thesis") {
		t.Errorf("ParseScale(huge): %v", err)
	}
}

func TestStops(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if r, err := thesis.Figure("2.1", thesis.Within(ctx)); r != nil || !errors.Is(err, context.Canceled) {
		t.Errorf("stopped figure: %v, %v, expected nothing and the context's error", r, err)
	}
	// Without the option the running cell's context counts, and its host hears
	// the sources.
	t.Cleanup(func() { run.SetHost(run.Host{}) })
	var cited []string
	run.SetHost(run.Host{Context: func() context.Context { return ctx }, Cite: func(k string) { cited = append(cited, k) }})
	if _, err := thesis.Figure("2.1"); !errors.Is(err, context.Canceled) || len(cited) > 0 {
		t.Errorf("stopped cell: %v, cited %v", err, cited)
	}
	if _, err := thesis.Figure("2.1", thesis.Within(context.Background())); err != nil || !slices.Contains(cited, "auffinger2013") {
		t.Errorf("running cell: %v, cited %v", err, cited)
	}
}

// A result that is stopped on its way is made of what was there.
func TestKeepsWhatIsThere(t *testing.T) {
	t.Cleanup(func() { run.SetHost(run.Host{}) })
	for _, c := range []struct {
		id, loop string // the loop in which the stop comes
		done     int
	}{
		{"2.1b", "critical points", 64},
		{"2.2c", "descents", 1},
		{"theorem-2.7", "critical points at ν = 0", 1},
		{"theorem-2.9", "minima at ν = 1.25", 1}, // κ = −1
		{"3.2", "chains at x = 100, γ = 2·10^4", 1},
		{"3.3", "problems", 3},
		{"section-4.1.1a", "from the lower minimum, D = 0.15", 1},
		{"section-4.3.3", "2 workers, bowl x²", 1},
		{"theorem-4.5", "twin form", 1},
	} {
		ctx, cancel := context.WithCancel(context.Background())
		run.SetHost(run.Host{Progress: func(p run.Progress) {
			if p.Name == c.loop && p.Done >= c.done {
				cancel()
			}
		}})
		r, err := thesis.Figure(c.id, thesis.Within(ctx))
		if ctx.Err() == nil {
			t.Errorf("%s has no loop %q", c.id, c.loop)
		}
		cancel()
		if err != nil || !r.Stopped || len(r.Rows) < 2 || r.Figure.Err() != nil {
			t.Errorf("%s stopped in %q: %v, %v, expected a part of it", c.id, c.loop, r, err)
			continue
		}
		for _, row := range r.Rows {
			if row.Verdict() == thesis.DiffersFromTheory {
				t.Errorf("%s stopped: %+v: %s", c.id, row, row.Verdict())
			}
		}
	}
}

// An item that is stopped before its first step is the context's error, or, where
// it is closed forms that take no time, whole.
func TestEveryFigureStops(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for _, info := range thesis.Figures() {
		if trained[info.ID] {
			continue // they read their data first; all stop in one place, see TestContestStops
		}
		r, err := thesis.Figure(info.ID, thesis.Within(ctx))
		switch {
		case errors.Is(err, context.Canceled):
		case err != nil || r.Figure.Err() != nil:
			t.Errorf("%s stopped: %v, %v", info.ID, r, err)
		default:
			for _, row := range r.Rows {
				if row.Verdict() == thesis.DiffersFromTheory {
					t.Errorf("%s stopped: %+v: %s", info.ID, row, row.Verdict())
				}
			}
		}
	}
}

func TestSave(t *testing.T) {
	r, err := thesis.Figure("2.1")
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "new", "folder")
	paths, err := r.Save(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, p := range paths {
		names = append(names, filepath.Base(p))
		if info, err := os.Stat(p); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v", p, err)
		}
	}
	want := []string{"figure-2.1.svg", "figure-2.1.png", "figure-2.1.pdf", "figure-2.1.csv", "figure-2.1.json"}
	if !slices.Equal(names, want) {
		t.Errorf("wrote %v, expected %v", names, want)
	}

	// The CSV holds the drawn data to the last bit.
	data, err := os.ReadFile(filepath.Join(dir, "figure-2.1.csv"))
	if err != nil {
		t.Fatal(err)
	}
	records, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	row := 1
	for _, s := range r.Figure.Series() {
		for i := range s.X {
			x, _ := strconv.ParseFloat(records[row][2], 64)
			y, _ := strconv.ParseFloat(records[row][3], 64)
			if records[row][0] != s.Name || x != s.X[i] || y != s.Y[i] {
				t.Fatalf("line %d of the CSV is %q, expected %s at %v, %v", row+1, records[row], s, s.X[i], s.Y[i])
			}
			row++
		}
	}
	if row != len(records) {
		t.Errorf("the CSV has %d lines, expected %d", len(records), row)
	}

	// The JSON holds the table.
	data, err = os.ReadFile(filepath.Join(dir, "figure-2.1.json"))
	if err != nil {
		t.Fatal(err)
	}
	var table struct {
		ID, Title, Scale string
		Chapter          int
		Rows             []struct {
			Quantity, Verdict string
			Thesis            *string
			Ours, Theory      *float64
		}
		Sources []string
	}
	if err := json.Unmarshal(data, &table); err != nil {
		t.Fatal(err)
	}
	if table.ID != "2.1" || table.Scale != "quick" || table.Chapter != 2 || len(table.Rows) != len(r.Rows) || len(table.Sources) == 0 {
		t.Errorf("JSON is %s", data)
	}
	for i, row := range table.Rows {
		if *row.Ours != r.Rows[i].Ours || row.Verdict != "agrees" || (row.Thesis == nil) != (r.Rows[i].Thesis == "") {
			t.Errorf("row %d of the JSON is %+v, expected %+v", i, row, r.Rows[i])
		}
	}

	// A folder that cannot be made is an error that names it.
	file := filepath.Join(dir, "figure-2.1.csv")
	if _, err := r.Save(file); err == nil || !strings.Contains(err.Error(), file) {
		t.Errorf("saving into a file: %v", err)
	}
}

func TestRowOfNaN(t *testing.T) {
	data, err := json.Marshal(thesis.Row{Quantity: "q", Ours: math.NaN(), Theory: math.Inf(1)})
	if err != nil || !strings.Contains(string(data), `"ours":null,"error":null,"theory":null`) || !strings.Contains(string(data), `"thesis":null`) {
		t.Errorf("row is %s, %v, expected nulls", data, err)
	}
}

func TestShowsItself(t *testing.T) {
	r, err := thesis.Figure("2.1")
	if err != nil {
		t.Fatal(err)
	}
	bundle := r.MIMEBundle()
	page, _ := bundle["text/html"].(string)
	dec := xml.NewDecoder(strings.NewReader(page))
	dec.Strict, dec.AutoClose, dec.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	cells := 0
	for {
		token, err := dec.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatalf("HTML: %v", err)
		}
		if start, ok := token.(xml.StartElement); ok && start.Name.Local == "td" {
			cells++
		}
	}
	if cells != 6*len(r.Rows) {
		t.Errorf("%d cells in the table, expected %d", cells, 6*len(r.Rows))
	}
	for _, want := range []string{`<img alt="Figure 2.1: `, `src="data:image/svg+xml;base64,`, "−E<sub>0</sub>", "−1.657", "agrees", "Auffinger"} {
		if !strings.Contains(page, want) {
			t.Errorf("HTML lacks %q", want)
		}
	}
	text, _ := bundle["text/plain"].(string)
	if text != r.String() || !strings.Contains(text, "−1.656998364") {
		t.Errorf("text/plain is %q", text)
	}
	if bundle["image/svg+xml"] == nil || bundle["image/png"] == nil {
		t.Error("the figure itself is missing")
	}
	again, err := thesis.Figure("2.1")
	if err != nil {
		t.Fatal(err)
	}
	if again.MIMEBundle()["text/html"] != page {
		t.Error("the same figure shows differently")
	}

	r.Figure.Line("broken", []float64{0, 1}, []float64{0, math.NaN()})
	if page, _ := r.MIMEBundle()["text/html"].(string); !strings.Contains(page, "broken") || strings.Contains(page, "<img") {
		t.Error("a figure that cannot be drawn does not say so")
	}
}
