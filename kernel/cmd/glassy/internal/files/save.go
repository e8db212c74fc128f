package files

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// Save writes a file whole or not at all: into a new file beside it, which then
// takes its place. What path held before is lost only once b is on the disk; a
// link stays a link, and the file's permissions stay.
func Save(path string, b []byte) error {
	target, perm := path, fs.FileMode(0o666)
	if real, err := filepath.EvalSymlinks(path); err == nil {
		target = real
	}
	info, err := os.Stat(target)
	exists := err == nil
	if exists {
		if !info.Mode().IsRegular() {
			return fmt.Errorf("write %s: it is no regular file", path)
		}
		perm = info.Mode().Perm()
		if perm&0o200 == 0 {
			return fmt.Errorf("write %s: it is read-only; make it writable (chmod u+w) or choose another file", path)
		}
	}
	f, err := createBeside(target, perm)
	if err != nil {
		return fmt.Errorf("write %s: %w", path, Hint(err))
	}
	defer os.Remove(f.Name()) // gone already when all went well
	_, err = f.Write(b)
	if err == nil && exists {
		err = f.Chmod(perm)
	}
	if err == nil {
		err = f.Sync()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(f.Name(), target)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", path, Hint(err))
	}
	return nil
}

// Writable tells, before the work is done, why Save could not write path.
func Writable(path string) error {
	if info, err := os.Stat(path); err == nil && (!info.Mode().IsRegular() || info.Mode().Perm()&0o200 == 0) {
		return fmt.Errorf("write %s: it is read-only, or no regular file", path)
	}
	target := path
	if real, err := filepath.EvalSymlinks(path); err == nil {
		target = real
	}
	f, err := createBeside(target, 0o600)
	if err != nil {
		return fmt.Errorf("write %s: %w", path, Hint(err))
	}
	f.Close()
	return os.Remove(f.Name())
}

// createBeside makes a new file in the folder of path, under the user's umask.
func createBeside(path string, perm fs.FileMode) (*os.File, error) {
	for n := 0; ; n++ {
		name := filepath.Join(filepath.Dir(path), fmt.Sprintf(".%s.%d-%d.tmp", filepath.Base(path), os.Getpid(), n))
		f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, perm)
		if errors.Is(err, fs.ErrExist) && n < 1000 {
			continue
		}
		return f, err
	}
}

// Hint adds to an error of the file system what to do about it.
func Hint(err error) error {
	switch {
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%w; choose a folder that you may write to", err)
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%w; make the folder first", err)
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return fmt.Errorf("%w; free some space, or choose another disk", err)
	}
	return err
}
