package symbols

import (
	"bytes"
	"fmt"
	"go/types"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The tables and the types are those of the packages as they are now: a call by a
// table of what was declared otherwise would go wrong.
func TestFresh(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "symbols")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	gen := exec.Command("go", "run", "./gen", dir)
	if out, err := gen.CombinedOutput(); err != nil {
		t.Fatalf("gen: %v\n%s", err, out)
	}
	read := func(path string) []byte {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	const mend = "run go generate ./kernel/symbols"
	if !bytes.Equal(read("tables.go"), read(filepath.Join(dir, "tables.go"))) {
		t.Errorf("packages that cells import have other exported names: %s", mend)
	}
	now := &Set{Packages: read(filepath.Join(dir, "packages.zip"))} // other bytes, by another toolchain, may say the same
	have, want := Standard.Importer(), now.Importer()
	for path := range Names(now) {
		if h, w := api(have, path), api(want, path); h != w {
			t.Errorf("package %s has changed: %s", path, mend)
		}
	}
}

// api words all that a package exports.
func api(im types.Importer, path string) string {
	p, err := im.Import(path)
	if err != nil {
		return err.Error()
	}
	var b strings.Builder
	for _, name := range p.Scope().Names() {
		o := p.Scope().Lookup(name)
		fmt.Fprintln(&b, o)
		if n, ok := o.Type().(*types.Named); ok && o.Exported() {
			for m := range n.Methods() {
				fmt.Fprintln(&b, m)
			}
		}
	}
	return b.String()
}

// Every package of the tables has its types, and unsafe is known.
func TestTypes(t *testing.T) {
	im := Standard.Importer()
	for path, name := range Names(Standard) {
		p, err := im.Import(path)
		if err != nil {
			t.Error(err)
		} else if p.Name() != name {
			t.Errorf("package %s is called %s, the list says %s", path, p.Name(), name)
		}
	}
	if _, err := im.Import("no/such"); err == nil {
		t.Error("a package that is not there has types")
	}
}
