package engine

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"

	"glassy/kernel/engine/cell"
)

// marked compiles a small package with marks, as cells have them, into an
// archive that is not unmarked yet.
func marked(t testing.TB) []byte {
	t.Helper()
	s := newSession(t)
	src := "package main\n" +
		"type 𐐀point struct{ 𐐁x, Y int; 𐐁s string }\n" +
		"func (𐐀point) 𐐀norm() int { return 1 }\nfunc (𐐀point) Len() int { return 2 }\n" +
		"var V interface{} = 𐐀point{}\nvar W interface{} = struct{ 𐐁a int }{1}\nfunc main() {}\n"
	dir := t.TempDir()
	cfg := filepath.Join(dir, "importcfg")
	packages := map[string]string{}
	for path, a := range s.packages {
		if a.Export != "" {
			packages[path] = a.Export
		}
	}
	if err := importcfg(cfg, packages); err != nil {
		t.Fatal(err)
	}
	file, obj := filepath.Join(dir, "m.go"), filepath.Join(dir, "m.a")
	if err := os.WriteFile(file, []byte(src), 0o644); err != nil {
		t.Fatal(err)
	}
	tool := s.back.(*native).shop.tool
	c := tool.command(t.Context(), dir, filepath.Join(tool.tools, "compile"), "-o", obj, "-p", unitPath(7), "-dynlink",
		"-installsuffix", "dynlink", "-goversion", tool.version, "-importcfg", cfg, "-pack", file)
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("compile: %v\n%s", err, out)
	}
	ar, err := os.ReadFile(obj)
	if err != nil {
		t.Fatal(err)
	}
	return ar
}

func objectOf(t testing.TB, ar []byte) *object {
	t.Helper()
	o, err := readObject(ar[bytes.Index(ar, []byte(objMagic)):])
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// TestUnmarkArchive: names lose their marks, fields are unexported, structs get
// the path main, and the marked method is not counted.
func TestUnmarkArchive(t *testing.T) {
	ar := marked(t)
	out, err := unmarkArchive(bytes.Clone(ar))
	if err != nil {
		t.Fatal(err)
	}
	before, after := objectOf(t, ar), objectOf(t, out)
	if after.n != before.n {
		t.Fatalf("%d symbols, want %d", after.n, before.n)
	}
	structs, methods := 0, 0
	for i := range after.n {
		name := after.name(i)
		if name == before.name(i) && len(after.data(i)) != len(before.data(i)) {
			t.Errorf("%s has %d bytes, had %d", name, len(after.data(i)), len(before.data(i)))
		}
		switch {
		case bytes.HasPrefix([]byte(name), []byte(nameSymbol)):
			text, _, ok := readName(after.data(i))
			if !ok || text != cell.Unmark(text) {
				t.Errorf("%s reads %q", name, text)
			}
			if (text == "x" || text == "s" || text == "a") && after.data(i)[0]&nameExported != 0 {
				t.Errorf("field %s is exported", text)
			}
		case bytes.HasPrefix([]byte(name), []byte(pathSymbol+"glassycell")):
			if text, _, ok := readName(after.data(i)); !ok || text != "main" {
				t.Errorf("%s reads %q, want main", name, text)
			}
		}
		more := len(after.relocs(i)) - len(before.relocs(i))
		if more == 0 {
			continue
		}
		rs := after.relocs(i)
		if r := rs[len(rs)-1]; more != 1 || r.off != structPkgPath || r.size != 8 || r.sym < 0 || after.name(r.sym) != pathSymbol+"glassycell/7." {
			t.Errorf("%s has %d more relocations, the last %+v", name, more, rs[len(rs)-1])
		}
		structs++
		if name == "type:glassycell/7."+cell.Mark+"point" {
			at := structSize // its abi.UncommonType follows the struct's
			if d := after.data(i); binary.LittleEndian.Uint16(d[at+4:]) != 2 || binary.LittleEndian.Uint16(d[at+6:]) != 1 {
				t.Errorf("%s has the methods % x, want 2 and 1 of them exported", name, d[at+4:at+8])
			}
			methods++
		}
	}
	if structs != 2 || methods != 1 {
		t.Errorf("%d structs with unexported fields, want 2; %d named, want 1", structs, methods)
	}
}

// FuzzUnmarkArchive: no file makes it panic, and what it accepts it can read
// again.
func FuzzUnmarkArchive(f *testing.F) {
	ar := marked(f)
	f.Add(ar)
	f.Add(ar[:len(ar)/2])
	f.Add([]byte(objMagic))
	f.Fuzz(func(t *testing.T, ar []byte) {
		out, err := unmarkArchive(ar)
		if err != nil {
			return
		}
		start := bytes.Index(out, []byte(objMagic))
		if _, err := readObject(out[start:]); err != nil {
			t.Fatalf("it is not an object file any more: %v", err)
		}
	})
}
