package checkpoint

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"time"
)

// A file is
//
//	magic
//	the length of the header, 8 bytes, little-endian; the header, JSON
//	the values
//	the SHA-256 of all that
const (
	magic    = "glassy checkpoint 1\n"
	maxWords = 64 << 20 // bytes of a header
)

// Header is what a file tells of itself.
type Header struct {
	Glassy  string    `json:"glassy"` // version of the program that wrote it
	Go      string    `json:"go"`
	Arch    string    `json:"arch"`
	Written time.Time `json:"written"`

	Imports      map[string]string `json:"imports,omitempty"` // name → path, of the source below
	Dots         []string          `json:"dots,omitempty"`    // paths of dot imports
	Declarations []Declaration     `json:"declarations,omitempty"`
	Variables    []Variable        `json:"variables"`
	Dynamic      []string          `json:"dynamic,omitempty"` // types in interfaces, with full paths
}

// Declaration is a type, function or constant in source.
type Declaration struct {
	Name   string `json:"name"`
	Text   string `json:"text"`
	Needed bool   `json:"needed,omitempty"` // by the type of a variable
}

// Variable is one variable. With a reason, its value is not in the file.
type Variable struct {
	Name   string `json:"name"`
	Type   string `json:"type"` // in source
	Reason string `json:"reason,omitempty"`
	Shared bool   `json:"shared,omitempty"` // something points into it
}

// Saved are the names of the variables that the file has the values of.
func (h *Header) Saved() (names []string) {
	for _, v := range h.Variables {
		if v.Reason == "" {
			names = append(names, v.Name)
		}
	}
	return names
}

// ReadHeader reads a file's header, after it has checked that the file is whole.
func ReadHeader(path string) (*Header, error) {
	h, _, err := open(path)
	return h, err
}

// open reads a file and checks that it is whole.
func open(path string) (*Header, []byte, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, nil, fmt.Errorf("checkpoint: %w", err)
	}
	h, values, err := parse(data)
	if err != nil {
		return nil, nil, fmt.Errorf("checkpoint %s: %w", path, err)
	}
	return h, values, nil
}

// parse takes a file apart.
func parse(data []byte) (*Header, []byte, error) {
	rest, ok := bytes.CutPrefix(data, []byte(magic))
	if !ok {
		if bytes.HasPrefix(data, []byte("glassy checkpoint ")) {
			line, _, _ := bytes.Cut(data[:min(len(data), 80)], []byte("\n"))
			return nil, nil, fmt.Errorf("its format is %q, expected %q: another version of Glassy wrote it", line, magic[:len(magic)-1])
		}
		return nil, nil, errors.New("it is no checkpoint of Glassy: its first line is another")
	}
	if len(rest) < 8+sha256.Size {
		return nil, nil, fmt.Errorf("it is cut off after %d bytes", len(data))
	}
	end := len(data) - sha256.Size
	if sum := sha256.Sum256(data[:end]); !bytes.Equal(sum[:], data[end:]) {
		return nil, nil, errors.New("its checksum is wrong: it was cut off or changed after it was written")
	}
	n := binary.LittleEndian.Uint64(rest)
	rest = rest[8 : len(rest)-sha256.Size]
	if n > uint64(len(rest)) {
		return nil, nil, fmt.Errorf("its header has %d bytes, expected at most %d", n, len(rest))
	}
	h := new(Header)
	if err := json.Unmarshal(rest[:n], h); err != nil {
		return nil, nil, fmt.Errorf("its header: %w", err)
	}
	return h, rest[n:], nil
}

// write writes a file whole or not at all.
func write(path string, h *Header, values func(w *bufio.Writer)) (size int64, err error) {
	h.Go, h.Arch, h.Written = runtime.Version(), runtime.GOARCH, time.Now().UTC().Truncate(time.Second)
	words, err := json.Marshal(h)
	if err != nil {
		return 0, fmt.Errorf("checkpoint %s: its header: %w", path, err)
	}
	if len(words) > maxWords {
		return 0, fmt.Errorf("checkpoint %s: its header has %d bytes, expected at most %d", path, len(words), maxWords)
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return 0, fmt.Errorf("checkpoint %s: %w", path, err)
	}
	defer os.Remove(f.Name()) // fails when it has been renamed
	defer f.Close()
	sum := sha256.New()
	w := bufio.NewWriterSize(io.MultiWriter(f, sum), 1<<20)
	head := slices.Concat([]byte(magic), binary.LittleEndian.AppendUint64(nil, uint64(len(words))), words)
	if _, err = w.Write(head); err == nil {
		values(w)
		err = w.Flush()
	}
	if err == nil {
		_, err = f.Write(sum.Sum(nil))
	}
	if err == nil {
		err = f.Chmod(0o644)
	}
	if err == nil {
		err = f.Sync()
	}
	if err == nil {
		size, err = f.Seek(0, io.SeekCurrent)
	}
	if err == nil {
		err = f.Close()
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return 0, fmt.Errorf("checkpoint %s: %w", path, err)
	}
	return size, nil
}
