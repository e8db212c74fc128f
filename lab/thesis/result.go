package thesis

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"glassy/lab/fig"
	"glassy/lab/run"
)

// Result is a figure or table of the thesis, made anew.
type Result struct {
	Info
	Scale   Scale
	Stopped bool        // before its end: it is made of what was there by then
	Figure  *fig.Figure // its data is Figure.Series()
	Rows    []Row       // the thesis's numbers, ours, and the exact theory
	Notes   []string    // what the reader should know, errata among it; in the notation of package fig
	Sources []string    // keys of the works it rests on, see run.Reference
}

// Name is the stem of the result's files: figure-2.1, table-2.1, theorem-2.7.
func (r *Result) Name() string {
	kind, number := r.parts()
	return kind + "-" + number
}

func (r *Result) size() string {
	if r.Stopped {
		return fmt.Sprintf("scale %s, stopped before its end", r.Scale)
	}
	return "scale " + r.Scale.String()
}

// String returns the heading and the table as plain text.
func (r *Result) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s (%s)\n", r.Label(), r.Title, r.size())
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "quantity\tthesis\tours\ttheory\tverdict\tmeaning")
	for _, row := range r.Rows {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", fig.Plain(row.Quantity), dash(row.Thesis), row.ours(),
			number(row.Theory), row.Verdict(), row.meaning())
	}
	w.Flush() // into memory: cannot fail
	for _, n := range r.Notes {
		fmt.Fprintf(&b, "%s\n", fig.Plain(n))
	}
	return strings.TrimRight(b.String(), "\n")
}

// dash stands where there is nothing.
func dash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}

// MIMEBundle shows the result in a notebook: text/html with the figure and the
// table, image/svg+xml and image/png of the figure alone, and text/plain with
// the table alone.
func (r *Result) MIMEBundle() map[string]any {
	bundle := r.Figure.MIMEBundle()
	// Inside an <img> the picture survives the cleaning that front ends do to
	// the HTML of notebooks they do not trust yet; an <svg> element would not.
	picture := fmt.Sprintf("<p>%s</p>", html.EscapeString(fmt.Sprint(bundle["text/plain"])))
	if svg, ok := bundle["image/svg+xml"].(string); ok {
		picture = fmt.Sprintf(`<img alt="%s: %s" src="data:image/svg+xml;base64,%s">`,
			html.EscapeString(r.Label()), html.EscapeString(r.Title), base64.StdEncoding.EncodeToString([]byte(svg)))
	}
	bundle["text/html"] = picture + r.table()
	bundle["text/plain"] = r.String()
	return bundle
}

// table returns the rows, notes and sources as HTML.
func (r *Result) table() string {
	var b strings.Builder
	fmt.Fprintf(&b, "\n<table>\n<caption>%s. %s (%s)</caption>\n",
		html.EscapeString(r.Label()), html.EscapeString(r.Title), r.size())
	b.WriteString("<thead><tr><th>quantity</th><th>thesis</th><th>ours</th><th>exact theory</th><th>verdict</th><th>meaning</th></tr></thead>\n<tbody>\n")
	for _, row := range r.Rows {
		fmt.Fprintf(&b, "<tr><td>%s</td><td>%s</td><td>%s</td><td>%s</td><td>%s</td><td>%s</td></tr>\n",
			fig.HTML(row.Quantity), html.EscapeString(dash(row.Thesis)), row.ours(), number(row.Theory),
			row.Verdict(), html.EscapeString(row.meaning()))
	}
	b.WriteString("</tbody>\n</table>\n")
	for _, n := range r.Notes {
		fmt.Fprintf(&b, "<p>%s</p>\n", fig.HTML(n))
	}
	for _, key := range r.Sources {
		fmt.Fprintf(&b, "<p><small>%s</small></p>\n", html.EscapeString(run.Reference(key)))
	}
	return b.String()
}

// WriteCSV writes the data of the figure, see fig.Figure.WriteCSV.
func (r *Result) WriteCSV(w io.Writer) error {
	if err := r.Figure.WriteCSV(w); err != nil {
		return fmt.Errorf("thesis: data of %s: %w", r.Label(), err)
	}
	return nil
}

// WriteJSON writes the table with its heading, notes and sources.
func (r *Result) WriteJSON(w io.Writer) error {
	sources := make([]string, len(r.Sources))
	for i, key := range r.Sources {
		sources[i] = run.Reference(key)
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	err := enc.Encode(struct {
		Info
		Scale   string   `json:"scale"`
		Stopped bool     `json:"stopped,omitempty"`
		Rows    []Row    `json:"rows"`
		Notes   []string `json:"notes"`
		Sources []string `json:"sources"`
	}{r.Info, r.Scale.String(), r.Stopped, r.Rows, r.Notes, sources})
	if err != nil {
		return fmt.Errorf("thesis: numbers of %s: %w", r.Label(), err)
	}
	return nil
}

// Save writes the result into a folder, which it makes if need be, and returns
// the paths written: the figure as SVG, PNG and PDF, its data as CSV, its table
// as JSON, all named figure-2.1.*. On an error it returns the paths written so
// far.
func (r *Result) Save(dir string) ([]string, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("thesis: folder for %s: %w", r.Label(), err)
	}
	stem := filepath.Join(dir, r.Name())
	var paths []string
	for _, ext := range []string{".svg", ".png", ".pdf"} {
		if err := r.Figure.Save(stem + ext); err != nil {
			return paths, fmt.Errorf("thesis: %s: %w", r.Label(), err)
		}
		paths = append(paths, stem+ext)
	}
	for _, file := range []struct {
		ext   string
		write func(io.Writer) error
	}{{".csv", r.WriteCSV}, {".json", r.WriteJSON}} {
		var b bytes.Buffer
		if err := file.write(&b); err != nil {
			return paths, err
		}
		if err := os.WriteFile(stem+file.ext, b.Bytes(), 0o644); err != nil {
			return paths, fmt.Errorf("thesis: %s: %w", r.Label(), err)
		}
		paths = append(paths, stem+file.ext)
	}
	return paths, nil
}
