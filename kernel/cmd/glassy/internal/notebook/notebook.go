package notebook

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
)

// fields is a JSON object whose values are kept as they were written.
type fields map[string]json.RawMessage

// Notebook is a notebook of nbformat 4. What this package has no name for stays
// in the file as it is.
type Notebook struct {
	Cells  []*Cell
	fields fields
}

// Cell is one cell of a notebook.
type Cell struct {
	// Type is code, markdown or raw.
	Type string
	// Source is its text.
	Source string
	// Tags are those of its metadata.
	Tags []string

	fields   fields
	executed bool
	count    int
	outputs  []*Output
}

// Load reads the notebook in a file. The error names the file, what is wrong
// with it, and what to do.
func Load(path string) (*Notebook, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("notebook: %w", err)
	}
	nb, err := Parse(b)
	if err != nil {
		return nil, fmt.Errorf("notebook %s: %w", path, err)
	}
	return nb, nil
}

// Parse reads a notebook.
func Parse(b []byte) (*Notebook, error) {
	b = bytes.TrimPrefix(b, []byte("\ufeff"))
	var nb Notebook
	if err := json.Unmarshal(b, &nb.fields); err != nil || nb.fields == nil {
		return nil, notJSON(b, err)
	}
	if err := nb.checkFormat(); err != nil {
		return nil, err
	}
	var cells []fields
	if err := nb.get("cells", &cells); err != nil {
		return nil, err
	}
	if cells == nil {
		return nil, errors.New(`it has no list "cells"; every notebook of nbformat 4 has one, also an empty one`)
	}
	ids := map[string]bool{}
	for i, f := range cells {
		c, err := newCell(f)
		if err != nil {
			return nil, fmt.Errorf("cell %d: %w", i+1, err)
		}
		if err := c.checkID(i, nb.minor() >= 5, ids); err != nil {
			return nil, fmt.Errorf("cell %d: %w", i+1, err)
		}
		nb.Cells = append(nb.Cells, c)
	}
	return &nb, nil
}

// notJSON explains why b is no JSON object, with the line where it breaks.
func notJSON(b []byte, err error) error {
	if len(bytes.TrimSpace(b)) == 0 {
		return errors.New("it is empty; a notebook is a JSON file that Jupyter writes")
	}
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		at := b[:min(int(syntax.Offset), len(b))]
		return fmt.Errorf("it is not JSON: line %d: %w; a notebook is a JSON file that Jupyter writes", 1+bytes.Count(at, []byte("\n")), err)
	}
	return errors.New("its JSON is not an object; a notebook is {\"cells\": [...], \"nbformat\": 4, ...}")
}

func (nb *Notebook) checkFormat() error {
	var major int
	if err := nb.get("nbformat", &major); err != nil {
		return err
	}
	switch {
	case major == 0:
		return errors.New(`it has no "nbformat": it is no notebook, or a damaged one`)
	case major != 4:
		return fmt.Errorf("nbformat %d, expected 4: convert it with 'jupyter nbconvert --to notebook --nbformat 4'", major)
	}
	var minor *int
	if err := nb.get("nbformat_minor", &minor); err != nil {
		return err
	}
	if minor == nil || *minor < 0 {
		return errors.New(`it has no "nbformat_minor": nbformat 4 needs one, for instance 5`)
	}
	var metadata fields
	if err := nb.get("metadata", &metadata); err != nil {
		return err
	}
	if metadata == nil {
		return errors.New(`it has no object "metadata": nbformat 4 needs one, also an empty one`)
	}
	return nil
}

// minor is N of nbformat 4.N.
func (nb *Notebook) minor() (n int) {
	_ = nb.get("nbformat_minor", &n) // checked by checkFormat
	return n
}

// get decodes a field of the notebook into v, and leaves v alone where there is none.
func (nb *Notebook) get(name string, v any) error { return nb.fields.get(name, v) }

func (f fields) get(name string, v any) error {
	raw, ok := f[name]
	if !ok {
		return nil
	}
	if err := json.Unmarshal(raw, v); err != nil {
		return fmt.Errorf("field %q: %w", name, err)
	}
	return nil
}

// set replaces the value of a field.
func (f fields) set(name string, v any) error {
	raw, err := encode(v)
	if err != nil {
		return fmt.Errorf("field %q: %w", name, err)
	}
	f[name] = raw
	return nil
}

// Language is the programming language that the notebook says it is in, or ""
// where it says nothing.
func (nb *Notebook) Language() string {
	var metadata struct {
		Kernelspec struct{ Language string } `json:"kernelspec"`
		Info       struct{ Name string }     `json:"language_info"`
	}
	if nb.get("metadata", &metadata) != nil {
		return ""
	}
	if metadata.Kernelspec.Language != "" {
		return strings.ToLower(metadata.Kernelspec.Language)
	}
	return strings.ToLower(metadata.Info.Name)
}

func newCell(f fields) (*Cell, error) {
	if f == nil {
		return nil, errors.New("it is null, expected an object")
	}
	c := &Cell{fields: f}
	if err := f.get("cell_type", &c.Type); err != nil {
		return nil, err
	}
	switch c.Type {
	case "code", "markdown", "raw":
	default:
		return nil, fmt.Errorf("cell_type %q, expected code, markdown or raw", c.Type)
	}
	var err error
	if c.Source, err = multiline(f["source"]); err != nil {
		return nil, fmt.Errorf("source: %w", err)
	}
	var metadata struct{ Tags []string }
	if err := f.get("metadata", &metadata); err != nil {
		return nil, err
	}
	c.Tags = metadata.Tags
	if f["metadata"] == nil {
		f["metadata"] = json.RawMessage("{}")
	}
	if c.Type == "code" {
		if f["outputs"] == nil {
			f["outputs"] = json.RawMessage("[]")
		}
		if f["execution_count"] == nil {
			f["execution_count"] = json.RawMessage("null")
		}
	}
	return c, nil
}

// multiline is a text that the file holds as a string or as a list of them.
func multiline(raw json.RawMessage) (string, error) {
	if raw == nil {
		return "", errors.New("missing")
	}
	var s string
	if err := json.Unmarshal(raw, &s); err == nil {
		return s, nil
	}
	var lines []string
	if err := json.Unmarshal(raw, &lines); err != nil {
		return "", errors.New("expected a string or a list of strings")
	}
	return strings.Join(lines, ""), nil
}

// checkID gives a cell an id where nbformat 4.5 asks for one and there is none,
// and refuses ids that are not unique.
func (c *Cell) checkID(i int, wanted bool, ids map[string]bool) error {
	var id string
	if err := c.fields.get("id", &id); err != nil {
		return err
	}
	if id == "" {
		if !wanted {
			return nil
		}
		sum := sha256.Sum256(fmt.Appendf(nil, "%d %s", i, c.Source))
		id = hex.EncodeToString(sum[:4])
		for n := 0; ids[id]; n++ {
			id = fmt.Sprintf("%x-%d", sum[:4], n)
		}
		if err := c.fields.set("id", id); err != nil {
			return err
		}
	}
	if ids[id] {
		return fmt.Errorf("its id %q is that of an earlier cell; ids must differ", id)
	}
	ids[id] = true
	return nil
}

// ID is the cell's id, or "" before nbformat 4.5.
func (c *Cell) ID() (id string) {
	_ = c.fields.get("id", &id) // checked by Parse
	return id
}

// SetMetadata sets one entry of the cell's metadata.
func (c *Cell) SetMetadata(name string, v any) error {
	metadata := fields{}
	if err := c.fields.get("metadata", &metadata); err != nil {
		return err
	}
	if metadata == nil {
		metadata = fields{}
	}
	if err := metadata.set(name, v); err != nil {
		return err
	}
	return c.fields.set("metadata", metadata)
}

// Tagged tells whether the cell has a tag.
func (c *Cell) Tagged(tag string) bool {
	for _, t := range c.Tags {
		if t == tag {
			return true
		}
	}
	return false
}

// Bytes is the file: as Jupyter writes it, keys in order, indented by one
// space, with a line end.
func (nb *Notebook) Bytes() ([]byte, error) {
	cells := make([]fields, len(nb.Cells))
	for i, c := range nb.Cells {
		f, err := c.file()
		if err != nil {
			return nil, fmt.Errorf("notebook: cell %d: %w", i+1, err)
		}
		cells[i] = f
	}
	whole := make(fields, len(nb.fields))
	for k, v := range nb.fields {
		whole[k] = v
	}
	if err := whole.set("cells", cells); err != nil {
		return nil, fmt.Errorf("notebook: %w", err)
	}
	raw, err := encode(whole)
	if err != nil {
		return nil, fmt.Errorf("notebook: %w", err)
	}
	var out bytes.Buffer
	if err := json.Indent(&out, raw, "", " "); err != nil {
		return nil, fmt.Errorf("notebook: %w", err)
	}
	out.WriteByte('\n')
	return out.Bytes(), nil
}

// file is the cell as the file holds it.
func (c *Cell) file() (fields, error) {
	if !c.executed {
		return c.fields, nil
	}
	f := make(fields, len(c.fields))
	for k, v := range c.fields {
		f[k] = v
	}
	var count *int
	if c.count > 0 {
		count = &c.count
	}
	if err := f.set("execution_count", count); err != nil {
		return nil, err
	}
	outputs := make([]fields, len(c.outputs))
	for i, o := range c.outputs {
		of, err := o.file()
		if err != nil {
			return nil, fmt.Errorf("output %d: %w", i+1, err)
		}
		outputs[i] = of
	}
	return f, f.set("outputs", outputs)
}

// encode is v as JSON without the escapes that only HTML needs.
func encode(v any) (json.RawMessage, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}
