package files

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Replace makes the folder dir anew: fill writes into an empty folder beside
// it, which takes its place when fill has succeeded. Else dir stays as it was.
func Replace(dir string, fill func(dir string) error) error {
	parent := filepath.Dir(dir)
	if err := os.MkdirAll(parent, 0o777); err != nil {
		return fmt.Errorf("make %s: %w", parent, Hint(err))
	}
	fresh, err := os.MkdirTemp(parent, "."+filepath.Base(dir)+".*.new")
	if err != nil {
		return fmt.Errorf("make a folder in %s: %w", parent, Hint(err))
	}
	defer os.RemoveAll(fresh) // gone already when all went well
	if err := os.Chmod(fresh, 0o755); err != nil {
		return fmt.Errorf("make %s: %w", fresh, err)
	}
	if err := fill(fresh); err != nil {
		return err
	}
	old := fresh + ".old"
	err = os.Rename(dir, old)
	had := err == nil
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("replace %s: %w", dir, Hint(err))
	}
	if err := os.Rename(fresh, dir); err != nil {
		if had {
			err = errors.Join(err, os.Rename(old, dir))
		}
		return fmt.Errorf("replace %s: %w", dir, Hint(err))
	}
	if had {
		if err := Remove(old); err != nil {
			return err
		}
	}
	return nil
}

// Remove removes a folder and all in it, also where its folders are read-only,
// as those of Go's module cache are. A folder that does not exist is no error.
func Remove(dir string) error {
	err := os.RemoveAll(dir)
	if errors.Is(err, fs.ErrPermission) {
		walk := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if d != nil && d.IsDir() {
				return os.Chmod(path, 0o700)
			}
			return nil
		})
		err = errors.Join(walk, os.RemoveAll(dir))
	}
	if err != nil {
		return fmt.Errorf("remove %s: %w", dir, Hint(err))
	}
	return nil
}

// Copy copies a regular file to a new path, with its permissions, and makes the
// folders above it.
func Copy(from, to string) error {
	b, err := os.ReadFile(from)
	if err != nil {
		return fmt.Errorf("copy %s: %w", from, err)
	}
	info, err := os.Stat(from)
	if err != nil {
		return fmt.Errorf("copy %s: %w", from, err)
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o777); err != nil {
		return fmt.Errorf("copy to %s: %w", to, Hint(err))
	}
	if err := Save(to, b); err != nil {
		return err
	}
	if err := os.Chmod(to, info.Mode().Perm()|0o600); err != nil {
		return fmt.Errorf("copy to %s: %w", to, err)
	}
	return nil
}
