package notebook

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// As Jupyter writes it, with fields that nobody knows.
const sample = `{
 "cells": [
  {
   "cell_type": "markdown",
   "id": "aaaa",
   "metadata": {
    "custom": [
     1.0,
     1e400,
     12345678901234567890
    ]
   },
   "source": [
    "# <Title> & Größe\n",
    "$E_\\infty$"
   ]
  },
  {
   "cell_type": "code",
   "execution_count": 7,
   "id": "bbbb",
   "metadata": {
    "tags": [
     "raises-exception",
     "x"
    ]
   },
   "outputs": [
    {
     "name": "stdout",
     "output_type": "stream",
     "text": [
      "old\n"
     ]
    }
   ],
   "source": "x := 1"
  }
 ],
 "metadata": {
  "kernelspec": {
   "display_name": "Go (Glassy)",
   "language": "go",
   "name": "glassy"
  },
  "zzz": null
 },
 "nbformat": 4,
 "nbformat_minor": 5,
 "unknown": {
  "b": 1,
  "a": 2
 }
}
`

func parse(t *testing.T, s string) *Notebook {
	t.Helper()
	nb, err := Parse([]byte(s))
	if err != nil {
		t.Fatal(err)
	}
	return nb
}

func bytesOf(t *testing.T, nb *Notebook) string {
	t.Helper()
	b, err := nb.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestUntouchedNotebookIsTheSameBytes(t *testing.T) {
	nb := parse(t, sample)
	if got := bytesOf(t, nb); got != sample {
		t.Errorf("got\n%s", got)
	}
	if nb.Language() != "go" {
		t.Errorf("language %q", nb.Language())
	}
	c := nb.Cells[1]
	if c.Source != "x := 1" || c.ID() != "bbbb" || !c.Tagged("raises-exception") || c.Tagged("raises") {
		t.Errorf("cell %+v", c)
	}
	if nb.Cells[0].Source != "# <Title> & Größe\n$E_\\infty$" {
		t.Errorf("source %q", nb.Cells[0].Source)
	}
}

func TestOnlyTheExecutedCellChanges(t *testing.T) {
	nb := parse(t, sample)
	c := NewRecorder().Begin(nb.Cells[1], 1)
	c.Stream("stdout", "a<b\n")
	c.Stream("stdout", "c")
	c.Result(map[string]any{"text/plain": "1\n2", "application/json": json.RawMessage(`{"k":[1]}`), "image/png": "aGk="}, nil)
	want := strings.Replace(sample, `"execution_count": 7`, `"execution_count": 1`, 1)
	a, b := strings.Index(want, `"outputs": [`), strings.Index(want, `   "source": "x := 1"`)
	want = want[:a] + `"outputs": [
    {
     "name": "stdout",
     "output_type": "stream",
     "text": [
      "a<b\n",
      "c"
     ]
    },
    {
     "data": {
      "application/json": {
       "k": [
        1
       ]
      },
      "image/png": "aGk=",
      "text/plain": [
       "1\n",
       "2"
      ]
     },
     "execution_count": 1,
     "metadata": {},
     "output_type": "execute_result"
    }
   ],
` + want[b:]
	if got := bytesOf(t, nb); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestMissingFieldsAreAdded(t *testing.T) {
	nb := parse(t, `{"cells":[{"cell_type":"code","source":"a"},{"cell_type":"code","source":["a"]}],"metadata":{},"nbformat":4,"nbformat_minor":5}`)
	ids := map[string]bool{}
	for _, c := range nb.Cells {
		if len(c.ID()) != 8 || ids[c.ID()] {
			t.Errorf("id %q", c.ID())
		}
		ids[c.ID()] = true
	}
	s := bytesOf(t, nb)
	for _, want := range []string{`"metadata": {}`, `"outputs": []`, `"execution_count": null`} {
		if strings.Count(s, want) < 2 {
			t.Errorf("no %s in every cell:\n%s", want, s)
		}
	}
	old := parse(t, `{"cells":[{"cell_type":"code","source":"a","metadata":{},"outputs":[],"execution_count":null}],"metadata":{},"nbformat":4,"nbformat_minor":4}`)
	if strings.Contains(bytesOf(t, old), `"id"`) {
		t.Error("a cell of nbformat 4.4 was given an id, which 4.4 forbids")
	}
}

func TestBadNotebooks(t *testing.T) {
	cell := func(c string) string {
		return `{"cells":[` + c + `],"metadata":{},"nbformat":4,"nbformat_minor":5}`
	}
	for in, why := range map[string]string{
		"":                             "it is empty",
		"# not\n{json":                 "it is not JSON: line 1",
		"{\n\"cells\": [\n}":           "it is not JSON: line 3",
		"[]":                           "not an object",
		"null":                         "not an object",
		"{}":                           `no "nbformat"`,
		`{"nbformat":3,"metadata":{}}`: "nbformat 3, expected 4: convert it with",
		`{"nbformat":5}`:               "nbformat 5, expected 4",
		`{"nbformat":"4"}`:             `field "nbformat"`,
		`{"nbformat":4,"cells":[],"metadata":{}}`:                   `no "nbformat_minor"`,
		`{"nbformat":4,"nbformat_minor":5}`:                         `no object "metadata"`,
		`{"nbformat":4,"nbformat_minor":5,"metadata":1}`:            `field "metadata"`,
		`{"nbformat":4,"metadata":{},"nbformat_minor":5}`:           `no list "cells"`,
		`{"cells":3,"nbformat":4,"metadata":{},"nbformat_minor":5}`: `field "cells"`,
		cell(`null`):                                    "cell 1: it is null",
		cell(`{"source":""}`):                           `cell 1: cell_type "", expected code`,
		cell(`{"cell_type":"code"}`):                    "cell 1: source: missing",
		cell(`{"cell_type":"code","source":3}`):         "cell 1: source: expected a string or a list",
		cell(`{"cell_type":"code","source":"","id":3}`): `cell 1: field "id"`,
		cell(`{"cell_type":"raw","source":"","id":"a"},{"cell_type":"raw","source":"","id":"a"}`): `cell 2: its id "a" is that of an earlier cell`,
	} {
		if _, err := Parse([]byte(in)); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%s: error %v, want one that says %q", in, err, why)
		}
	}
}

func TestLoadNamesTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.ipynb")
	if _, err := Load(path); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("missing file: %v", err)
	}
	if err := os.WriteFile(path, []byte("\ufeff"+sample), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(path); err != nil {
		t.Errorf("with a byte order mark: %v", err)
	}
	if err := os.WriteFile(path, []byte("hello"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(path); err == nil || !strings.Contains(err.Error(), path+": it is not JSON") {
		t.Errorf("no JSON: %v", err)
	}
}

// Whatever the bytes, there is an error or a notebook, and a notebook is
// written as one that is read and written the same.
func FuzzParse(f *testing.F) {
	f.Add([]byte(sample))
	f.Add([]byte(`{"cells":[{"cell_type":"code","source":"a"}],"metadata":{},"nbformat":4,"nbformat_minor":5}`))
	f.Add([]byte(`{"cells":[{"cell_type":"raw","source":["a","b"],"metadata":{"tags":["t"]}}],"metadata":{"kernelspec":{"language":"R"}},"nbformat":4,"nbformat_minor":2}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		nb, err := Parse(b)
		if err != nil {
			return
		}
		r := NewRecorder()
		for i, c := range nb.Cells {
			if c.Type == "code" {
				r.Begin(c, i+1).Stream("stdout", c.Source)
			}
		}
		once, err := nb.Bytes()
		if err != nil {
			t.Fatalf("read, but not written: %v", err)
		}
		again, err := Parse(once)
		if err != nil {
			t.Fatalf("written, but not read: %v\n%s", err, once)
		}
		if len(again.Cells) != len(nb.Cells) {
			t.Fatalf("%d cells became %d", len(nb.Cells), len(again.Cells))
		}
		for i, c := range nb.Cells {
			if d := again.Cells[i]; d.Source != c.Source || d.Type != c.Type || d.ID() != c.ID() {
				t.Fatalf("cell %d: %q became %q", i, c.Source, d.Source)
			}
		}
		if twice, err := again.Bytes(); err != nil || string(twice) != string(once) {
			t.Fatalf("not the same the second time (%v):\n%s\n%s", err, once, twice)
		}
	})
}
