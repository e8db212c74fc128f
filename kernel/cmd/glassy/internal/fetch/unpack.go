package fetch

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"strings"
)

// unpackFile hands on what is in a downloaded file: the members of an archive,
// or the file itself, decompressed.
func unpackFile(name string, put func(string, []byte) error) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	base := path.Base(name)
	if isArchive(base) {
		return unpackArchive(f, func(member string, r io.Reader) error { return putFrom(path.Base(member), r, put) })
	}
	return putFrom(base, f, put)
}

func isArchive(name string) bool { return strings.HasSuffix(name, ".tar.gz") }

// unpackArchive hands each regular member of a gzipped tar to use.
func unpackArchive(r io.Reader, use func(name string, r io.Reader) error) error {
	z, err := gzip.NewReader(r)
	if err != nil {
		return fmt.Errorf("is no archive: %w", err)
	}
	return unpackTar(z, use)
}

func unpackTar(r io.Reader, use func(name string, r io.Reader) error) error {
	t := tar.NewReader(r)
	for {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("archive: %w", err)
		}
		if h.Typeflag != tar.TypeReg {
			continue
		}
		if err := use(h.Name, t); err != nil {
			return err
		}
	}
}

// putFrom puts what r holds, decompressed when the name ends in ".gz".
func putFrom(name string, r io.Reader, put func(string, []byte) error) error {
	if plain, ok := strings.CutSuffix(name, ".gz"); ok {
		z, err := gzip.NewReader(r)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		name, r = plain, z
	}
	var b bytes.Buffer
	if _, err := b.ReadFrom(r); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return put(name, b.Bytes())
}
