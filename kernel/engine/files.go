package engine

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"
)

// maxLoaded is the largest file that %load puts into a cell.
const maxLoaded = 1 << 20

// path is a file as the cells mean it: relative to where the session process is.
func (s *Session) path(name string) (string, error) {
	if rest, ok := strings.CutPrefix(name, "~/"); ok {
		home, err := os.UserHomeDir()
		return filepath.Join(home, rest), err
	}
	if filepath.IsAbs(name) {
		return name, nil
	}
	dir, err := os.Readlink(fmt.Sprintf("/proc/%d/cwd", s.proc.cmd.Process.Pid))
	if err != nil {
		dir = s.cfg.Dir
	}
	return filepath.Join(dir, name), nil
}

// unquoted is an argument without the quotes that a name with blanks may have.
func unquoted(arg string) string { return strings.Trim(arg, `"'`) }

// loadMagic is %load: the text of a file takes the cell's place.
func (s *Session) loadMagic(c *magicCall) (Result, error) {
	name := unquoted(c.arg)
	if name == "" {
		return Result{}, errors.New("no file is named: write %load FILE")
	}
	path, err := s.path(name)
	if err != nil {
		return Result{}, err
	}
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return Result{}, fmt.Errorf("%w%s", err, beside(path))
	case !info.Mode().IsRegular():
		return Result{}, fmt.Errorf("%s is not a file", path)
	case info.Size() > maxLoaded:
		return Result{}, fmt.Errorf("%s has %s, a cell takes %s", path, inBytes(info.Size()), inBytes(maxLoaded))
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return Result{}, err
	}
	if !utf8.Valid(data) {
		return Result{}, fmt.Errorf("%s is not text in UTF-8", path)
	}
	return Result{NextInput: strings.TrimRight(string(data), "\n")}, nil
}

// beside tells which file was meant when there is none at a path.
func beside(path string) string {
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		return ""
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	if near := nearest(filepath.Base(path), slices.Values(names)); near != "" {
		return ": did you mean " + near + "?"
	}
	return ""
}

// writefileMagic is %%writefile: the text below goes into a file.
func (s *Session) writefileMagic(c *magicCall, body string) (Result, error) {
	name, more := strings.CutPrefix(c.arg, "-a ")
	name = unquoted(strings.TrimSpace(name))
	if name == "" {
		return Result{}, errors.New("no file is named: write %%writefile FILE, or %%writefile -a FILE to add to it")
	}
	path, err := s.path(name)
	if err != nil {
		return Result{}, err
	}
	if !strings.HasSuffix(body, "\n") {
		body += "\n"
	}
	flags, done := os.O_CREATE|os.O_WRONLY|os.O_TRUNC, "wrote"
	if more {
		flags, done = os.O_CREATE|os.O_WRONLY|os.O_APPEND, "added"
	}
	f, err := os.OpenFile(path, flags, 0o644)
	if err != nil {
		return Result{}, err
	}
	_, err = f.WriteString(body)
	if err := errors.Join(err, f.Close()); err != nil {
		return Result{}, err
	}
	return said("%s %s to %s", done, count(strings.Count(body, "\n"), "line"), path), nil
}

// fileNames completes the name of a file.
func fileNames(s *Session, typed string) []CompletionItem {
	dir, base := filepath.Split(typed)
	path, err := s.path(dir)
	if err != nil {
		return nil
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil
	}
	var items []CompletionItem
	for _, e := range entries {
		name := e.Name()
		if !strings.HasPrefix(name, base) || strings.HasPrefix(name, ".") && !strings.HasPrefix(base, ".") {
			continue
		}
		if e.IsDir() {
			name += "/"
		}
		items = append(items, CompletionItem{Text: dir + name, Kind: "file"})
	}
	return items
}
