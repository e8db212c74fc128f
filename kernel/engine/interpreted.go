package engine

import (
	"context"
	"fmt"
	"go/types"
	"os/exec"
	"strings"

	"glassy/kernel/engine/host"
)

// Interpreter tells a session to interpret its cells, instead of compiling
// them: no toolchain is needed.
type Interpreter struct {
	Packages  map[string]string     // that cells can import: path → name
	Importer  func() types.Importer // knows their types
	Sources   string                // folder with the source of packages of this module, for their documentation; may be missing
	GoVersion string                // language of the cells, such as go1.26
	Process   func() *exec.Cmd      // the session process: it calls host.Main with an interp.World's loader
}

// interpreted is the backend that interprets cells: the session process takes
// the text that native would compile.
type interpreted struct {
	it    *Interpreter
	known map[string]archive
}

func newInterpreted(it *Interpreter) *interpreted {
	b := &interpreted{it: it, known: map[string]archive{}}
	for path, name := range it.Packages {
		b.known[path] = archive{ImportPath: path, Name: name, Export: "in this program", Standard: firstElement(path) != "glassy" && !strings.Contains(firstElement(path), ".")}
	}
	return b
}

func (b *interpreted) packages() map[string]archive { return b.known }
func (b *interpreted) importer() types.Importer     { return b.it.Importer() }
func (b *interpreted) goVersion() string            { return b.it.GoVersion }
func (b *interpreted) present() error               { return nil }
func (b *interpreted) process() *exec.Cmd           { return b.it.Process() }
func (b *interpreted) close()                       {}

func (b *interpreted) importPackage(_ context.Context, path string, _ Output) error {
	return fmt.Errorf("this cell needs the native engine: package %s is not among those of the engine without a toolchain", path)
}

func (b *interpreted) build(_ context.Context, u *unit, code string) (host.Request, error) {
	return host.Request{Op: "load", Unit: u.n, Path: unitPath(u.n), Text: code}, nil
}
