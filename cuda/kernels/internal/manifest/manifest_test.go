package manifest

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

const ptx = `.version 7.8
.target sm_80
.func (.param .b64 func_retval0) helper(
	.param .b64 helper_param_0
)
{ }
.visible .entry add_f32(
	.param .f64 add_f32_param_0,
	.param .u64 add_f32_param_1,
	.param .u32 add_f32_param_2,
	.param .align 8 .b8 add_f32_param_3[24]
)
.maxntid 256, 1, 1
{ }
.visible .entry none()
{ }
`

func TestEntries(t *testing.T) {
	want := []Entry{{"add_f32", []int{8, 8, 4, 24}}, {"none", []int{}}}
	if have := Entries([]byte(ptx)); !reflect.DeepEqual(have, want) {
		t.Errorf("Entries = %v, want %v", have, want)
	}
}

func TestReadFollowsHeaders(t *testing.T) {
	folder := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	hash := func() string {
		s, err := Read(folder, "k")
		if err != nil {
			t.Fatal(err)
		}
		return s.Hash()
	}
	write("k.cu", "#include \"a.h\"\n")
	write("a.h", "#pragma once\n  # include \"b.h\"\n#include \"twin.h\"\n")
	if _, err := Read(folder, "k"); err == nil || !strings.Contains(err.Error(), `#include "b.h"`) {
		t.Errorf("without b.h: %v, want its name", err)
	}
	write("b.h", "#include \"a.h\"\n")
	first := hash()
	if s, _ := Read(folder, "k"); !reflect.DeepEqual(s.HeaderNames(), []string{"a.h", "b.h"}) {
		t.Errorf("headers %v, want a.h and b.h", s.HeaderNames())
	}
	write("b.h", "#include \"a.h\"\n\n")
	if hash() == first {
		t.Error("a change in a header's header does not change the hash")
	}
	write("b.h", "#include \"a.h\"\n")
	if hash() != first {
		t.Error("the same text has another hash")
	}
}

// FuzzParse: what is read is written so that it is read again as it was.
func FuzzParse(f *testing.F) {
	f.Add([]byte(`[{"name":"b","ptx":{"80":"x"},"entries":[{"name":"e","params":[8,4]}]},{"name":"a"}]`))
	f.Add([]byte("[]"))
	f.Add([]byte(ptx))
	f.Fuzz(func(t *testing.T, text []byte) {
		Entries(text)
		all, err := Parse(text)
		if err != nil {
			return
		}
		once := Format(all)
		again, err := Parse(once)
		if err != nil {
			t.Fatalf("%v\n%s", err, once)
		}
		if twice := Format(again); string(twice) != string(once) {
			t.Errorf("written again:\n%s\nbefore:\n%s", twice, once)
		}
	})
}
