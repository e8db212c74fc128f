package engine

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// lock waits until no other process holds name.
func lock(name string) (unlock func(), err error) {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return nil, err
	}
	return flock(name, syscall.LOCK_EX)
}

func flock(name string, how int) (unlock func(), err error) {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, err
	}
	for {
		err = syscall.Flock(int(f.Fd()), how)
		if !errors.Is(err, syscall.EINTR) {
			break
		}
	}
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("locking %s: %w", name, err)
	}
	return func() { f.Close() }, nil
}

// A folder of the cache that a kernel works with holds a file that the kernel
// keeps locked. The lock ends with the process, however that ends.
const inUse = "in-use"

// hold marks a folder that exists as in use.
func hold(dir string) (release func(), err error) {
	return flock(filepath.Join(dir, inUse), syscall.LOCK_SH)
}

// sweep removes the folders of the cache with a prefix that no kernel works
// with: what killed kernels left, and what an older version was made of.
func sweep(cache, prefix, keep string) {
	dirs, err := filepath.Glob(filepath.Join(cache, prefix+"*"))
	if err != nil {
		return
	}
	for _, dir := range dirs {
		if dir == keep || strings.Contains(filepath.Base(dir), ".new") {
			continue
		}
		unlock, err := flock(filepath.Join(dir, inUse), syscall.LOCK_EX|syscall.LOCK_NB)
		if err != nil {
			continue
		}
		os.RemoveAll(dir)
		unlock()
	}
}
