package data

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A Source is a data set as it lies in a folder: which files, and how to know
// that they are the right ones.
type Source struct {
	Name    string   // for Load, Characters, Words and "glassy data get"
	Title   string   // one line
	Terms   string   // terms of use, and whom to cite
	Folders []string // where the files lie below a data folder; the first is where they are put
	Files   []File   // none where the set comes with the program

	images            func(files []file) (train, test *Set, err error)
	characters, words func(files []file) (*Corpus, error)
}

// A File is one of a set's files. It may lie there gzipped, with ".gz" after its
// name; size and hash are of what is in it.
type File struct {
	Name   string
	Size   int64  // in bytes; 0 where copies differ
	SHA256 string // "" where none was ever published, nor could be made
}

// Check tells whether b is what the file should hold.
func (f File) Check(b []byte) error {
	if f.Size != 0 && int64(len(b)) != f.Size {
		return fmt.Errorf("has %d bytes, expected %d: it is cut off, or another file", len(b), f.Size)
	}
	if f.SHA256 == "" {
		return nil
	}
	if sum := sha256.Sum256(b); hex.EncodeToString(sum[:]) != f.SHA256 {
		return fmt.Errorf("has sha256 %x, expected %s: it is damaged, or another file", sum, f.SHA256)
	}
	return nil
}

// A Found tells of one file of a source. Err is nil when a right copy is at
// Path; it wraps fs.ErrNotExist when there is none at all.
type Found struct {
	File File
	Path string
	Err  error
}

// Find looks for all files of s below the folders, or those of [SetHome], and
// reads them to check them.
func (s Source) Find(dirs ...string) []Found {
	all := make([]Found, len(s.Files))
	for i, f := range s.Files {
		got, err := s.open(f, folders(dirs))
		all[i] = Found{File: f, Path: got.path, Err: err}
	}
	return all
}

// read returns all files of s.
func (s Source) read(dirs []string) ([]file, error) {
	dirs = folders(dirs)
	if len(dirs) == 0 && len(s.Files) > 0 {
		return nil, fmt.Errorf("data: %s: no folder to look in; name one in the call, or call SetHome first", s.Name)
	}
	files := make([]file, len(s.Files))
	for i, f := range s.Files {
		got, err := s.open(f, dirs)
		if err != nil {
			return nil, err
		}
		files[i] = got
	}
	return files, nil
}

// open returns the first right copy of f. A wrong one is passed over, and told
// of when there is no right one.
func (s Source) open(f File, dirs []string) (file, error) {
	var bad error
	var badPath string
	for _, dir := range dirs {
		for _, folder := range append(slices.Clone(s.Folders), ".") {
			for _, ext := range []string{"", ".gz"} {
				path := filepath.Join(dir, folder, f.Name+ext)
				b, err := readFile(path)
				if errors.Is(err, fs.ErrNotExist) {
					continue
				}
				if err == nil {
					if err = f.Check(b); err == nil {
						return file{path, b}, nil
					}
					if ofAnother(f, b) {
						continue
					}
					err = fmt.Errorf("data: %s: %s %w", s.Name, path, err)
				}
				if bad == nil {
					bad, badPath = fmt.Errorf("%w; put a right copy there, or run: glassy data get %s", err, s.Name), path
				}
			}
		}
	}
	if bad == nil {
		bad = fmt.Errorf("data: %s: there is no %s in %s; run: glassy data get %s, or put it into a folder %s of the one that GLASSY_DATA names: %w",
			s.Name, f.Name, strings.Join(dirs, ", "), s.Name, s.Folders[0], fs.ErrNotExist)
	}
	return file{path: badPath}, bad
}

// ofAnother reports whether b is what another set has under the name of f: the
// files of MNIST and Fashion-MNIST are called the same.
func ofAnother(f File, b []byte) bool {
	for _, s := range sources {
		for _, g := range s.Files {
			if g.Name == f.Name && g.SHA256 != "" && g.Check(b) == nil {
				return true
			}
		}
	}
	return false
}

// readFile reads a file, and what is in it when it is gzipped.
func readFile(path string) ([]byte, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("data: %w", err)
	}
	if !bytes.HasPrefix(b, []byte{0x1f, 0x8b}) {
		return b, nil
	}
	r, err := decompress(b)
	if err == nil {
		b, err = io.ReadAll(r)
	}
	if err != nil {
		return nil, fmt.Errorf("data: %s: decompress: %w: it is damaged or cut off", path, err)
	}
	return b, nil
}

func decompress(b []byte) (io.Reader, error) { return gzip.NewReader(bytes.NewReader(b)) }
