package symbols

import (
	"archive/zip"
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"go/token"
	"go/types"
	"io"
	"maps"
	"reflect"
	"strings"
	"sync"

	"github.com/traefik/yaegi/stdlib"
	"golang.org/x/tools/go/gcexportdata"
)

//go:generate go run ./gen .
//go:generate go run ./gen ../engine/testdata/testlab glassy/kernel/engine/testdata/lab

//go:embed packages.zip
var packages []byte

// A Set is some packages: what gen writes.
type Set struct {
	Packages []byte                              // packages.zip
	Tables   map[string]map[string]reflect.Value // of tables.go

	once  sync.Once
	files map[string]*zip.File
}

// Standard is the standard library, the lab, gonum and gonum/plot.
var Standard = &Set{Packages: packages, Tables: tables}

func (s *Set) archive() map[string]*zip.File {
	s.once.Do(func() {
		z, err := zip.NewReader(bytes.NewReader(s.Packages), int64(len(s.Packages)))
		if err != nil {
			panic(fmt.Errorf("symbols: the archive in this program: %w", err))
		}
		s.files = map[string]*zip.File{}
		for _, f := range z.File {
			s.files[f.Name] = f
		}
	})
	return s.files
}

func (s *Set) read(name string) []byte {
	f, ok := s.archive()[name]
	if !ok {
		return nil
	}
	r, err := f.Open()
	if err == nil {
		defer r.Close()
		var b []byte
		if b, err = io.ReadAll(r); err == nil {
			return b
		}
	}
	panic(fmt.Errorf("symbols: %s in the archive of this program: %w", name, err))
}

// Names are the packages of some sets: path → name.
func Names(sets ...*Set) map[string]string {
	all := map[string]string{"unsafe": "unsafe"}
	for _, s := range sets {
		var names map[string]string
		if err := json.Unmarshal(s.read("names.json"), &names); err != nil {
			panic(fmt.Errorf("symbols: the list of packages in this program: %w", err))
		}
		maps.Copy(all, names)
	}
	return all
}

// Tables are the exported things of the packages, as yaegi's extract has them.
func Tables(sets ...*Set) map[string]map[string]reflect.Value {
	all := map[string]map[string]reflect.Value{}
	names := Names(sets...)
	add := func(tables map[string]map[string]reflect.Value) {
		for key, table := range tables {
			if _, ok := names[key[:max(strings.LastIndexByte(key, '/'), 0)]]; !ok {
				continue
			}
			if all[key] == nil {
				all[key] = map[string]reflect.Value{}
			}
			maps.Copy(all[key], table)
		}
	}
	add(stdlib.Symbols)
	for _, s := range sets {
		add(s.Tables)
	}
	return all
}

// Source is the text of the files of a package that declare what is generic.
func Source(sets ...*Set) func(path string) map[string]string {
	return func(path string) map[string]string {
		texts := map[string]string{}
		for _, s := range sets {
			for name := range s.archive() {
				if rest, ok := strings.CutPrefix(name, "src/"+path+"/"); ok && !strings.Contains(rest, "/") {
					texts[rest] = string(s.read(name))
				}
			}
		}
		return texts
	}
}

// Importer knows the types of the set's packages.
func (s *Set) Importer() types.Importer { return Importer(s) }

// Importer knows the types of the packages of some sets.
func Importer(sets ...*Set) types.Importer {
	return &typesOf{sets: sets, imports: map[string]*types.Package{}}
}

type typesOf struct {
	sets    []*Set
	mu      sync.Mutex
	imports map[string]*types.Package
}

// Import implements types.Importer.
func (t *typesOf) Import(path string) (*types.Package, error) {
	if path == "unsafe" {
		return types.Unsafe, nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if p := t.imports[path]; p != nil && p.Complete() {
		return p, nil
	}
	for _, s := range t.sets {
		if b := s.read("types/" + path); b != nil {
			p, err := gcexportdata.Read(bytes.NewReader(b), token.NewFileSet(), t.imports, path)
			if err != nil {
				return nil, fmt.Errorf("the types of package %s in this program: %w", path, err)
			}
			return p, nil
		}
	}
	return nil, fmt.Errorf("package %s is not among those of this engine", path)
}
