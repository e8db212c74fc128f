package notebook

import (
	"fmt"
	"strings"
)

// Output is one output of a code cell.
type Output struct {
	Type     string         // stream, display_data, execute_result or error
	Name     string         // of a stream: stdout or stderr
	Text     string         // of a stream
	Data     map[string]any // of display_data and execute_result, by MIME type
	Metadata map[string]any // of the same, by MIME type; may be nil

	ErrorName, ErrorValue string   // of an error
	Traceback             []string // of an error

	count int // of an execute_result
}

// file is the output as the file holds it.
func (o *Output) file() (fields, error) {
	f := fields{}
	put := func(name string, v any) error { return f.set(name, v) }
	if err := put("output_type", o.Type); err != nil {
		return nil, err
	}
	switch o.Type {
	case "stream":
		if err := put("name", o.Name); err != nil {
			return nil, err
		}
		return f, put("text", lines(o.Text))
	case "error":
		if err := put("ename", o.ErrorName); err != nil {
			return nil, err
		}
		if err := put("evalue", o.ErrorValue); err != nil {
			return nil, err
		}
		traceback := o.Traceback
		if traceback == nil {
			traceback = []string{}
		}
		return f, put("traceback", traceback)
	case "execute_result":
		if err := put("execution_count", o.count); err != nil {
			return nil, err
		}
	case "display_data":
	default:
		return nil, fmt.Errorf("output type %q, expected stream, display_data, execute_result or error", o.Type)
	}
	data := fields{}
	for k, v := range o.Data {
		if s, ok := v.(string); ok && splits(k) {
			v = lines(s)
		}
		if err := data.set(k, v); err != nil {
			return nil, err
		}
	}
	if err := put("data", data); err != nil {
		return nil, err
	}
	if o.Metadata == nil {
		return f, put("metadata", struct{}{})
	}
	return f, put("metadata", o.Metadata)
}

// Kept are the outputs that the file has of a cell, and whether it was run.
func (c *Cell) Kept() (outputs []Output, ran bool, err error) {
	var count *int
	if err := c.fields.get("execution_count", &count); err != nil {
		return nil, false, err
	}
	var all []fields
	if err := c.fields.get("outputs", &all); err != nil {
		return nil, false, err
	}
	for i, f := range all {
		o, err := newOutput(f)
		if err != nil {
			return nil, false, fmt.Errorf("output %d: %w", i+1, err)
		}
		outputs = append(outputs, o)
	}
	return outputs, count != nil, nil
}

// newOutput reads an output from the form of the file.
func newOutput(f fields) (o Output, err error) {
	get := func(name string, v any) {
		if err == nil {
			err = f.get(name, v)
		}
	}
	get("output_type", &o.Type)
	switch o.Type {
	case "stream":
		get("name", &o.Name)
		if err == nil {
			o.Text, err = multiline(f["text"])
		}
	case "error":
		get("ename", &o.ErrorName)
		get("evalue", &o.ErrorValue)
		get("traceback", &o.Traceback)
	case "display_data", "execute_result":
		var data fields
		get("data", &data)
		get("metadata", &o.Metadata)
		o.Data = map[string]any{}
		for mime, raw := range data {
			if text, e := multiline(raw); e == nil {
				o.Data[mime] = text
			} else {
				o.Data[mime] = raw
			}
		}
	default:
		if err == nil {
			err = fmt.Errorf("output type %q, expected stream, display_data, execute_result or error", o.Type)
		}
	}
	return o, err
}

// splits tells whether Jupyter writes the text of a MIME type line by line.
func splits(mimeType string) bool {
	return strings.HasPrefix(mimeType, "text/") || mimeType == "image/svg+xml" || mimeType == "application/javascript"
}

// lines are those of s, with their ends.
func lines(s string) []string {
	if s == "" {
		return []string{}
	}
	l := strings.SplitAfter(s, "\n")
	if l[len(l)-1] == "" {
		l = l[:len(l)-1]
	}
	return l
}
