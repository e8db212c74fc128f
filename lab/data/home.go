package data

import (
	"path/filepath"
	"sync/atomic"
)

// home is where data sets are looked for when a call names no folder.
var home atomic.Pointer[[]string]

// SetHome names the folders in which data sets are looked for, in this order,
// by calls that name none: a notebook cell says data.MNIST() and nothing more.
// A program calls it once; Glassy's session process does, with [Folders].
func SetHome(dirs ...string) { home.Store(&dirs) }

// Folders are the usual ones, out of an environment such as os.Getenv: the
// user's own, GLASSY_DATA, and where "glassy data get" puts what it fetches:
// $XDG_CACHE_HOME/glassy/data, by default ~/.cache/glassy/data.
func Folders(getenv func(string) string) []string {
	var dirs []string
	if dir := getenv("GLASSY_DATA"); dir != "" {
		dirs = append(dirs, dir)
	}
	if dir := getenv("XDG_CACHE_HOME"); filepath.IsAbs(dir) {
		dirs = append(dirs, filepath.Join(dir, "glassy", "data"))
	} else if dir := getenv("HOME"); dir != "" {
		dirs = append(dirs, filepath.Join(dir, ".cache", "glassy", "data"))
	}
	return dirs
}

// folders are the given ones, else those of SetHome.
func folders(dirs []string) []string {
	if h := home.Load(); len(dirs) == 0 && h != nil {
		return *h
	}
	return dirs
}
