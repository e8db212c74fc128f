package engine

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// importFor makes sure that a cell's import is compiled, and returns the name
// of the package.
func (s *Session) importFor(ctx context.Context, im importSpec, out Output) (string, error) {
	if im.path == "unsafe" {
		return "unsafe", nil
	}
	if a, ok := s.packages[im.path]; ok && a.Export != "" {
		return a.Name, nil
	}
	if err := s.back.importPackage(ctx, im.path, out); err != nil {
		return "", err
	}
	s.nameCommon()
	return s.packages[im.path].Name, nil
}

// importPackage compiles a package, which it fetches where it is not there.
func (b *native) importPackage(ctx context.Context, path string, out Output) error {
	dir := b.shop.dir
	if b.module != "" {
		dir = b.module
	}
	as, err := b.shop.tool.list(ctx, dir, path)
	if err != nil {
		if !strings.Contains(firstElement(path), ".") {
			return fmt.Errorf("no package %s: it is neither in the standard library nor in Glassy", path)
		}
		if as, err = b.fetch(ctx, path, out); err != nil {
			return err
		}
	}
	if err := b.addArchives(as); err != nil {
		return err
	}
	a, ok := b.known[path]
	if !ok {
		return fmt.Errorf("package %s was compiled but go list does not report it", path)
	}
	if a.Name == "main" {
		return fmt.Errorf("%s is a program, not a package that can be imported", path)
	}
	return nil
}

func firstElement(path string) string {
	first, _, _ := strings.Cut(path, "/")
	return first
}

func (b *native) addArchives(as []archive) error {
	more := map[string]archive{}
	dir := filepath.Join(b.dir, "pkg")
	if err := keepArchives(more, as, dir, dir); err != nil {
		return err
	}
	for path, a := range more {
		if b.known[path].Export == "" { // what is loaded stays
			b.known[path] = a
		}
	}
	return nil
}

// fetch gets the module of a package into the session's own module.
func (b *native) fetch(ctx context.Context, path string, out Output) ([]archive, error) {
	say := func(format string, a ...any) {
		if out != nil {
			out.Stream("stderr", fmt.Sprintf(format, a...))
		}
	}
	if b.module == "" {
		dir := filepath.Join(b.dir, "module")
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return nil, err
		}
		if err := writeModule(dir, b.src); err != nil {
			return nil, err
		}
		b.module = dir
	}
	mod := filepath.Join(b.module, "go.mod")
	sum := filepath.Join(b.module, "go.sum")
	before, err := os.ReadFile(mod)
	if err != nil {
		return nil, err
	}
	sumBefore, err := os.ReadFile(sum)
	if err != nil {
		return nil, err
	}
	back := func() {
		_ = os.WriteFile(mod, before, 0o644)
		_ = os.WriteFile(sum, sumBefore, 0o644)
	}
	say("fetching %s …\n", path)
	t := b.shop.tool
	c := t.command(ctx, b.module, t.goCmd, "get", path)
	if text, err := c.CombinedOutput(); err != nil {
		back()
		return nil, fmt.Errorf("fetching %s: %w\n%s", path, err, strings.TrimSpace(string(text)))
	}
	as, err := t.list(ctx, b.module, path)
	if err != nil {
		back()
		return nil, err
	}
	for _, a := range as {
		loaded, ok := b.known[a.ImportPath]
		if ok && loaded.Module != nil && a.Module != nil && loaded.Module.Version != a.Module.Version {
			back()
			return nil, fmt.Errorf("%s needs %s %s, but this session has %s loaded: import it in a fresh session, before anything that uses %s",
				path, a.Module.Path, a.Module.Version, loaded.Module.Version, a.Module.Path)
		}
	}
	say("compiled %s\n", path)
	return as, nil
}
