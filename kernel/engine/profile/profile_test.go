package profile

import (
	"bytes"
	"encoding/xml"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/pprof/profile"
)

// made writes a profile of two stacks: leaf under f under the host, 30 ms, and f
// itself, 10 ms.
func made(t *testing.T) []byte {
	function := func(id uint64, name, file string) *profile.Location {
		f := &profile.Function{ID: id, Name: name, Filename: file}
		return &profile.Location{ID: id, Line: []profile.Line{{Function: f, Line: int64(id)}}}
	}
	leaf, f, host := function(1, "math.leaf<T>", "math.go"), function(2, "f", "cell"), function(3, "host", "host.go")
	p := &profile.Profile{
		SampleType: []*profile.ValueType{{Type: "samples", Unit: "count"}, {Type: "cpu", Unit: "nanoseconds"}},
		Sample: []*profile.Sample{
			{Location: []*profile.Location{leaf, f, host}, Value: []int64{3, 30e6}},
			{Location: []*profile.Location{f, host}, Value: []int64{1, 10e6}},
		},
		Location: []*profile.Location{leaf, f, host},
	}
	for _, l := range p.Location {
		p.Function = append(p.Function, l.Line[0].Function)
	}
	var b bytes.Buffer
	if err := p.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestRead(t *testing.T) {
	p, err := Read(made(t), Names{
		Function: func(name, file string) string {
			if name == "host" {
				return ""
			}
			return name
		},
		Line: func(file string, line int) string {
			if file != "cell" {
				return ""
			}
			return "cell:2"
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	const ms = time.Millisecond
	if p.Total != 40*ms || p.Samples != 4 {
		t.Errorf("%v, %d samples; expected 40 ms, 4", p.Total, p.Samples)
	}
	want := []Cost{{"math.leaf<T>", 30 * ms, 30 * ms}, {"f", 10 * ms, 40 * ms}}
	if len(p.Functions) != 2 || p.Functions[0] != want[0] || p.Functions[1] != want[1] {
		t.Errorf("functions %v, expected %v", p.Functions, want)
	}
	if len(p.Lines) != 1 || p.Lines[0] != (Cost{"cell:2", 10 * ms, 40 * ms}) {
		t.Errorf("lines %v", p.Lines)
	}
	svg := p.Flame()
	for _, part := range []string{"<title>math.leaf&lt;T&gt;: 30ms, 75.0 %</title>", `width="674.5"`} {
		if !strings.Contains(svg, part) {
			t.Errorf("no %s in\n%s", part, svg)
		}
	}
	for d := xml.NewDecoder(strings.NewReader(svg)); ; {
		if _, err := d.Token(); err == io.EOF {
			break
		} else if err != nil {
			t.Fatalf("no XML: %v", err)
		}
	}
}

// FuzzRead: whatever the bytes are, there is a profile or an error.
func FuzzRead(f *testing.F) {
	f.Add([]byte("x"))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := Read(data, Names{
			Function: func(name, _ string) string { return name },
			Line:     func(string, int) string { return "" },
		})
		if err == nil {
			p.Flame()
		}
	})
}
