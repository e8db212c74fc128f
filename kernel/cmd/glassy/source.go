package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"glassy/kernel/cmd/glassy/internal/files"
)

// modulePath is what go.mod of the source says.
const modulePath = "glassy"

// findSource is the root of this module's source: the given folder, or the
// nearest one from dir upwards that has a go.mod of this module.
func findSource(given, dir string) (string, error) {
	if given != "" {
		root, err := filepath.Abs(given)
		if err != nil {
			return "", err
		}
		if !isModule(root) {
			return "", fmt.Errorf("--source %s: it has no go.mod of the module %s; give the folder of the clone", given, modulePath)
		}
		return root, nil
	}
	for d := dir; ; d = filepath.Dir(d) {
		if isModule(d) {
			return d, nil
		}
		if d == filepath.Dir(d) {
			return "", errNoSource
		}
	}
}

var errNoSource = errors.New("the source is not here, and cells are compiled against it: run this in the clone, or give --source FOLDER")

// isModule tells whether dir is the root of this module.
func isModule(dir string) bool {
	b, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	if err != nil {
		return false
	}
	for line := range strings.Lines(string(b)) {
		if f := strings.Fields(line); len(f) >= 2 && f[0] == "module" {
			return f[1] == modulePath
		}
	}
	return false
}

// sourceFolders are those that cells are compiled against.
var sourceFolders = []string{"kernel", "lab", "cuda"}

// compiled are the extensions that the go command compiles, or gives to the linker.
var compiled = []string{".go", ".s", ".S", ".c", ".cc", ".cpp", ".h", ".hh", ".hpp", ".syso", ".a"}

// sourceFiles lists what a build of the module in root needs, relative to root:
// go.mod, go.sum, all that is compiled but no tests, and what is embedded.
func sourceFiles(root string) ([]string, error) {
	list := map[string]bool{"go.mod": true, "go.sum": true}
	for _, folder := range sourceFolders {
		err := filepath.WalkDir(filepath.Join(root, folder), func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				if errors.Is(err, fs.ErrNotExist) && path == filepath.Join(root, folder) {
					return nil
				}
				return err
			}
			name := d.Name()
			if d.IsDir() {
				if name == "testdata" || name[0] == '.' || name[0] == '_' {
					return fs.SkipDir
				}
				return nil
			}
			if !d.Type().IsRegular() || name[0] == '.' || name[0] == '_' ||
				strings.HasSuffix(name, "_test.go") || !slices.Contains(compiled, filepath.Ext(name)) {
				return nil
			}
			rel, err := filepath.Rel(root, path)
			if err != nil {
				return err
			}
			list[rel] = true
			if filepath.Ext(name) != ".go" {
				return nil
			}
			embedded, err := embeddedFiles(path)
			if err != nil {
				return err
			}
			for _, e := range embedded {
				if rel, err = filepath.Rel(root, e); err != nil {
					return err
				}
				list[rel] = true
			}
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("source: %w", err)
		}
	}
	names := make([]string, 0, len(list))
	for n := range list {
		names = append(names, n)
	}
	slices.Sort(names)
	return names, nil
}

// embeddedFiles are the files that the go:embed lines of a Go file name.
func embeddedFiles(goFile string) (paths []string, err error) {
	b, err := os.ReadFile(goFile)
	if err != nil {
		return nil, err
	}
	for lines := bufio.NewScanner(bytes.NewReader(b)); lines.Scan(); {
		text, ok := strings.CutPrefix(lines.Text(), "//go:embed ")
		if !ok {
			continue
		}
		patterns, err := embedPatterns(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %q: %w", goFile, lines.Text(), err)
		}
		for _, p := range patterns {
			matches, err := filepath.Glob(filepath.Join(filepath.Dir(goFile), filepath.FromSlash(strings.TrimPrefix(p, "all:"))))
			if err != nil {
				return nil, fmt.Errorf("%s: %q: %w", goFile, lines.Text(), err)
			}
			for _, m := range matches {
				err := filepath.WalkDir(m, func(path string, d fs.DirEntry, err error) error {
					if err == nil && d.Type().IsRegular() {
						paths = append(paths, path)
					}
					return err
				})
				if err != nil {
					return nil, err
				}
			}
		}
	}
	return paths, nil
}

// embedPatterns parts the patterns of a go:embed line; those with spaces are
// quoted as Go strings are.
func embedPatterns(s string) (patterns []string, err error) {
	for s = strings.TrimSpace(s); s != ""; s = strings.TrimSpace(s) {
		var p string
		if s[0] == '"' || s[0] == '`' {
			quoted, err := strconv.QuotedPrefix(s)
			if err != nil {
				return nil, fmt.Errorf("pattern %s: %w", s, err)
			}
			s = s[len(quoted):]
			if p, err = strconv.Unquote(quoted); err != nil {
				return nil, fmt.Errorf("pattern %s: %w", quoted, err)
			}
		} else {
			end := strings.IndexAny(s, " \t")
			if end < 0 {
				end = len(s)
			}
			p, s = s[:end], s[end:]
		}
		patterns = append(patterns, p)
	}
	return patterns, nil
}

// copySource makes dir a copy of what a build of the module in root needs.
func copySource(root, dir string) (n int, err error) {
	names, err := sourceFiles(root)
	if err != nil {
		return 0, err
	}
	return len(names), files.Replace(dir, func(d string) error {
		for _, name := range names {
			if err := files.Copy(filepath.Join(root, name), filepath.Join(d, name)); err != nil {
				return err
			}
		}
		return nil
	})
}
