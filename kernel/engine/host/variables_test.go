package host

import (
	"strings"
	"testing"
	"time"

	"glassy/kernel/engine/cell"
)

type inner struct {
	N    int
	Next *inner
}

// What variables hold, in short and in bytes, when nothing runs and when
// something does.
func TestLook(t *testing.T) {
	loop := &inner{N: 1}
	loop.Next = loop
	vars := cell.Variables{
		"n": new(7), "s": new("aé"), "d": new(1500 * time.Millisecond),
		"xs": new([]float64{1, 2.5}), "long": new(make([]int, 1000)), "m": new(map[string]int{"a": 1}),
		"loop": &loop, "any": new(any(3)), "none": new(any), "words": new([]string{"ab", strings.Repeat("x", 90)}),
		"grid": new([][]int{{1}, {2, 3}}), "f": new(func() {}), "c": new(make(chan int, 4)),
	}
	register(-1, nil, nil, func() cell.Variables { return vars })
	cases := []struct {
		name, value, glance string
		bytes               int64
	}{
		{"n", "7", "7", 8},
		{"s", `"aé"`, "len 3", 19},
		{"d", "1.5s", "1.5s", 8},
		{"xs", "[1 2.5]", "len 2", 40},
		{"long", "len 1000 [0 0 0 0 0 0 …]", "len 1000", 8024},
		{"m", "len 1", "len 1", 33},
		{"loop", "&{N:1 Next:&…}", "…", 24},
		{"any", "int 3", "…", 24},
		{"none", "nil", "…", 16},
		{"words", `["ab" "` + strings.Repeat("x", 60) + `"… (90 bytes)]`, "len 2", 24 + 32 + 92},
		{"grid", "[[1] [2 3]]", "len 2", 24 + 48 + 24},
		{"f", "func", "…", 8},
		{"c", "len 0, cap 4", "len 0", 8 + 32},
		{"unknown", "", "", 0},
	}
	q := Request{Op: "look"}
	for _, c := range cases {
		q.Vars = append(q.Vars, Variable{Name: c.name, Unit: -1})
	}
	m := variables(q)
	r := cell.NewRun(1)
	r.Enter()
	glance := variables(q)
	r.Leave()
	for i, c := range cases {
		if got := m.Looks[i]; got.Value != c.value || got.Bytes != c.bytes {
			t.Errorf("%s: %q, %d bytes; want %q, %d", c.name, got.Value, got.Bytes, c.value, c.bytes)
		}
		if got := glance.Looks[i].Value; got != c.glance {
			t.Errorf("%s while a cell runs: %q, want %q", c.name, got, c.glance)
		}
	}
}

// The keys of maps, behind fields and pointers, as Go writes them.
func TestKeys(t *testing.T) {
	type box struct {
		M  map[string]int
		In *struct{ Ages map[int]bool }
	}
	b := &box{M: map[string]int{"b": 1, "a\"": 2}}
	vars := cell.Variables{"b": &b, "m": new(map[float64]int{1.5: 1})}
	register(-2, nil, nil, func() cell.Variables { return vars })
	for _, c := range []struct{ name, path, want string }{
		{"b", "M", `"a\"" "b"`}, {"b", "In.Ages", ""}, {"b", "Nope", ""}, {"b", "", ""}, {"m", "", "1.5"}, {"zz", "", ""},
	} {
		got := strings.Join(variables(Request{Op: "keys", Text: c.path, Vars: []Variable{{Name: c.name, Unit: -2}}}).Keys, " ")
		if got != c.want {
			t.Errorf("%s.%s: %s, want %s", c.name, c.path, got, c.want)
		}
	}
}
