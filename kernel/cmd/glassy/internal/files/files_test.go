package files

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return all
}

func TestSave(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.txt")
	if err := Save(path, []byte("one")); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(dir, "link")
	if err := os.Symlink("a.txt", link); err != nil {
		t.Fatal(err)
	}
	if err := Save(link, []byte("two")); err != nil {
		t.Fatal(err)
	}
	if got := read(t, path); got != "two" {
		t.Errorf("%q through the link, want two", got)
	}
	if info, _ := os.Lstat(link); info.Mode()&os.ModeSymlink == 0 {
		t.Error("the link became a file")
	}
	if info, _ := os.Stat(path); info.Mode().Perm() != 0o640 {
		t.Errorf("permissions %v, want 0640", info.Mode().Perm())
	}
	if n := names(t, dir); len(n) != 2 {
		t.Errorf("left behind: %v", n)
	}
}

func TestSaveRefuses(t *testing.T) {
	dir := t.TempDir()
	readOnly := filepath.Join(dir, "r.txt")
	if err := os.WriteFile(readOnly, []byte("kept"), 0o444); err != nil {
		t.Fatal(err)
	}
	for path, why := range map[string]string{
		readOnly:                        "read-only",
		dir:                             "no regular file",
		filepath.Join(dir, "none", "a"): "make the folder first",
	} {
		if err := Save(path, []byte("x")); err == nil || !strings.Contains(err.Error(), why) || !strings.Contains(err.Error(), path) {
			t.Errorf("Save(%s): %v, want one that says %q", path, err, why)
		}
		if err := Writable(path); err == nil {
			t.Errorf("Writable(%s): no error", path)
		}
	}
	if got := read(t, readOnly); got != "kept" {
		t.Errorf("the read-only file holds %q", got)
	}
	if err := Writable(filepath.Join(dir, "new")); err != nil {
		t.Error(err)
	}
	if n := names(t, dir); len(n) != 1 {
		t.Errorf("left behind: %v", n)
	}
}

// /dev/full answers every write as a full disk does.
func TestFullDiskHint(t *testing.T) {
	f, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skipf("no /dev/full here to write to: %v", err)
	}
	defer f.Close()
	_, err = f.Write([]byte("x"))
	if got := Hint(err); !strings.Contains(got.Error(), "free some space") || !errors.Is(got, err) {
		t.Errorf("Hint(%v) is %v", err, got)
	}
}

func TestReplace(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "parent", "d")
	put := func(content string, fail error) error {
		return Replace(dir, func(d string) error {
			if err := os.WriteFile(filepath.Join(d, "f-"+content), []byte(content), 0o600); err != nil {
				return err
			}
			return fail
		})
	}
	if err := put("one", nil); err != nil {
		t.Fatal(err)
	}
	full := errors.New("disk full")
	if err := put("two", full); !errors.Is(err, full) {
		t.Errorf("error %v, want that of fill", err)
	}
	if got := strings.Join(names(t, dir), " "); got != "f-one" {
		t.Errorf("after a failure the folder holds %q, want what it held", got)
	}
	if err := put("three", nil); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(names(t, dir), " "); got != "f-three" {
		t.Errorf("the folder holds %q, want f-three alone", got)
	}
	if n := names(t, filepath.Dir(dir)); len(n) != 1 {
		t.Errorf("left behind: %v", n)
	}
}

func TestRemove(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "d")
	deep := filepath.Join(dir, "a", "b")
	if err := os.MkdirAll(deep, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(deep, "f"), nil, 0o444); err != nil {
		t.Fatal(err)
	}
	for _, d := range []string{deep, filepath.Dir(deep)} {
		if err := os.Chmod(d, 0o555); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 { // the second time there is nothing to remove
		if err := Remove(dir); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("still there: %v", err)
	}
}

func TestCopy(t *testing.T) {
	dir := t.TempDir()
	from, to := filepath.Join(dir, "x"), filepath.Join(dir, "a", "b", "y")
	if err := os.WriteFile(from, []byte("#!"), 0o555); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := Copy(from, to); err != nil {
			t.Fatal(err)
		}
	}
	if info, _ := os.Stat(to); info.Mode().Perm() != 0o755 || read(t, to) != "#!" {
		t.Errorf("copy has mode %v and holds %q", info.Mode(), read(t, to))
	}
}
