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
	dir := s.shop.dir
	if s.module != "" {
		dir = s.module
	}
	as, err := s.shop.tool.list(ctx, dir, im.path)
	if err != nil {
		if !strings.Contains(firstElement(im.path), ".") {
			return "", fmt.Errorf("no package %s: it is neither in the standard library nor in Glassy", im.path)
		}
		if as, err = s.fetch(ctx, im.path, out); err != nil {
			return "", err
		}
	}
	if err := s.addArchives(as); err != nil {
		return "", err
	}
	a, ok := s.packages[im.path]
	if !ok {
		return "", fmt.Errorf("package %s was compiled but go list does not report it", im.path)
	}
	if a.Name == "main" {
		return "", fmt.Errorf("%s is a program, not a package that can be imported", im.path)
	}
	return a.Name, nil
}

func firstElement(path string) string {
	first, _, _ := strings.Cut(path, "/")
	return first
}

func (s *Session) addArchives(as []archive) error {
	more := map[string]archive{}
	dir := filepath.Join(s.dir, "pkg")
	if err := keepArchives(more, as, dir, dir); err != nil {
		return err
	}
	for path, a := range more {
		if s.packages[path].Export == "" { // what is loaded stays
			s.packages[path] = a
		}
	}
	s.nameCommon()
	return nil
}

// fetch gets the module of a package into the session's own module.
func (s *Session) fetch(ctx context.Context, path string, out Output) ([]archive, error) {
	say := func(format string, a ...any) {
		if out != nil {
			out.Stream("stderr", fmt.Sprintf(format, a...))
		}
	}
	if s.module == "" {
		dir := filepath.Join(s.dir, "module")
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return nil, err
		}
		if err := writeModule(dir, s.cfg.source()); err != nil {
			return nil, err
		}
		s.module = dir
	}
	mod := filepath.Join(s.module, "go.mod")
	sum := filepath.Join(s.module, "go.sum")
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
	t := s.shop.tool
	c := t.command(ctx, s.module, t.goCmd, "get", path)
	if text, err := c.CombinedOutput(); err != nil {
		back()
		return nil, fmt.Errorf("fetching %s: %w\n%s", path, err, strings.TrimSpace(string(text)))
	}
	as, err := t.list(ctx, s.module, path)
	if err != nil {
		back()
		return nil, err
	}
	for _, a := range as {
		loaded, ok := s.packages[a.ImportPath]
		if ok && loaded.Module != nil && a.Module != nil && loaded.Module.Version != a.Module.Version {
			back()
			return nil, fmt.Errorf("%s needs %s %s, but this session has %s loaded: import it in a fresh session, before anything that uses %s",
				path, a.Module.Path, a.Module.Version, loaded.Module.Version, a.Module.Path)
		}
	}
	say("compiled %s\n", path)
	return as, nil
}
