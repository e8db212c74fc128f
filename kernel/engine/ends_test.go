package engine

import (
	"slices"
	"testing"
)

// What is to be done at the end of a cell is done before its end is told, however
// the cell ends.
func TestAtEnd(t *testing.T) {
	b := newBench(t)
	const wish = `run.AtEnd(func() { run.Show("x", "the end", false) })
`
	for code, want := range map[string][]string{
		wish + `run.Show("x", "begun", false)`:                        {"display: begun", "display: the end"},
		wish + `panic("x")`:                                           {"display: the end"},
		wish + `run.AtEnd(func() { panic("too early") })`:             {"stderr: panic at the end of the cell: too early\n", "display: the end"},
		`run.Show("y", 1, false); run.Show("y", 2, true)`:             {"display: 1", "display: 2"},
		`go func() { time.Sleep(time.Hour); run.AtEnd(func() {}) }()`: nil,
	} {
		if r, _ := b.do(code); !slices.Equal(r.log, want) {
			t.Errorf("%s\nshowed %q, expected %q", code, r.log, want)
		}
	}
	b.ok("ends := 0")
	for _, cell := range []string{
		`run.AtEnd(func() { ends++ }); fmt.Println("go"); for {}`,
		`run.AtEnd(func() { ends++ }); fmt.Println("go"); syscall.Nanosleep(&syscall.Timespec{Sec: 3}, nil)`, // left behind
	} {
		b.interruptAfter(cell)
	}
	b.want("ends", "2")
}
