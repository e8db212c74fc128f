package net

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"strings"

	"glassy/lab/device"
)

// A file of parameters is
//
//	glassy parameters 1\n     what it is, and the version of this format
//	{"network": …}\n          a fileHeader
//	numbers                   parameters, then batch-norm's kept statistics; little-endian
//	32 bytes                  SHA-256 of all before
const (
	fileMagic   = "glassy parameters "
	fileVersion = "1"
	lineLimit   = 1 << 12 // no line of a real file is as long
)

type fileHeader struct {
	Network    string `json:"network"`    // Architecture.Name
	Layout     string `json:"layout"`     // fingerprint of the layout
	Type       string `json:"type"`       // of the numbers: float32 or float64
	Parameters int    `json:"parameters"` // how many
	Kept       int    `json:"kept"`       // statistics: 0, or a mean and a variance for each scale and shift
}

// Save writes the parameters x of a network, of length a.Dim(), and the
// statistics that its batch-norm layers keep to a file, in x's type. kept may be
// empty: the file then has none. The file is there whole or not at all: what
// was there before stays until the new one is complete. An error names the file.
func Save(path string, a Architecture, x, kept device.Vector) error {
	err := replaceFile(path, func(w io.Writer) error { return Write(w, a, x, kept) })
	if err != nil {
		return fmt.Errorf("net: saving %s: %w", path, err)
	}
	return nil
}

// Load reads what Save wrote into x and kept, converting between float32 and
// float64; an empty kept skips the statistics. A file that is truncated,
// damaged, foreign or of another network is an error that names it and says
// what to do, and then x and kept are as before.
func Load(path string, a Architecture, x, kept device.Vector) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("net: loading parameters: %w", err)
	}
	defer f.Close()
	if err := Read(f, a, x, kept); err != nil {
		return fmt.Errorf("net: loading %s: %w", path, err)
	}
	return nil
}

// Write is Save to any writer.
func Write(w io.Writer, a Architecture, x, kept device.Vector) error {
	a.needVectors("Write", x, kept)
	header, err := json.Marshal(fileHeader{a.Name, a.fingerprint(), x.DType().String(), x.Len(), kept.Len()})
	if err != nil {
		return err
	}
	sum := sha256.New()
	buf := bufio.NewWriter(io.MultiWriter(w, sum))
	fmt.Fprintf(buf, "%s%s\n%s\n", fileMagic, fileVersion, header) // bufio keeps the error for Flush
	for _, v := range []device.Vector{x, kept} {
		if x.DType() == device.Float64 {
			err = binary.Write(buf, binary.LittleEndian, device.Read[float64](v))
		} else {
			err = binary.Write(buf, binary.LittleEndian, device.Read[float32](v))
		}
		if err != nil {
			return err
		}
	}
	if err := buf.Flush(); err != nil {
		return err
	}
	_, err = w.Write(sum.Sum(nil))
	return err
}

// Read is Load from any reader; it reads to the end.
func Read(r io.Reader, a Architecture, x, kept device.Vector) error {
	a.needVectors("Read", x, kept)
	sum := sha256.New()
	buf := bufio.NewReaderSize(r, lineLimit)

	magic, err := line(buf, sum)
	if version, ok := strings.CutPrefix(magic, fileMagic); err != nil || !ok {
		return errors.New("it is no file of network parameters: give one that Save wrote")
	} else if version != fileVersion {
		return fmt.Errorf("it is of version %.20q of the format, this program reads version %s: update the program", version, fileVersion)
	}
	var h fileHeader
	text, err := line(buf, sum)
	if err != nil {
		return errTruncated
	}
	if err := json.Unmarshal([]byte(text), &h); err != nil {
		return fmt.Errorf("its header is damaged (%w): save or copy it again", err)
	}
	switch statistics := a.statistics(); {
	case h.Layout != a.fingerprint() || h.Parameters != x.Len() || h.Kept != 0 && h.Kept != statistics:
		return fmt.Errorf("it holds %d parameters of the network %.40q, expected the %d of %q, of the same layers: give the file or the network that belong together",
			h.Parameters, h.Network, x.Len(), a.Name)
	case h.Kept < kept.Len():
		return errors.New("it was saved without batch-norm's statistics: load it with an empty kept and refresh them from the training data")
	}

	body := io.TeeReader(buf, sum)
	var numbers [2]any
	var hosts [2]device.Vector
	for i, n := range []int{h.Parameters, h.Kept} {
		switch h.Type {
		case device.Float32.String():
			v := make([]float32, n)
			numbers[i], hosts[i] = v, device.Of(v)
		case device.Float64.String():
			v := make([]float64, n)
			numbers[i], hosts[i] = v, device.Of(v)
		default:
			return fmt.Errorf("its numbers are %.20q, expected float32 or float64: save it again", h.Type)
		}
		if err := binary.Read(body, binary.LittleEndian, numbers[i]); err != nil {
			return truncated(err)
		}
	}
	want := make([]byte, sha256.Size)
	if _, err := io.ReadFull(buf, want); err != nil {
		return truncated(err)
	}
	if !bytes.Equal(want, sum.Sum(nil)) {
		return errors.New("it is damaged, its checksum is wrong: save or copy it again")
	}
	if _, err := buf.ReadByte(); err != io.EOF {
		return errors.New("it goes on after its end: save or copy it again")
	}

	x.Device().Upload(x, hosts[0])
	if kept.Len() > 0 {
		kept.Device().Upload(kept, hosts[1])
	}
	return nil
}

var errTruncated = errors.New("it ends early: save or copy it again")

// truncated is the end of the file in words, and other errors as they are.
func truncated(err error) error {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return errTruncated
	}
	return err
}

// line reads up to the end of a line, of at most lineLimit bytes, into sum too.
func line(r *bufio.Reader, sum hash.Hash) (string, error) {
	text, err := r.ReadSlice('\n')
	if err != nil {
		return "", err
	}
	sum.Write(text)
	return string(text[:len(text)-1]), nil
}

// fingerprint tells layouts apart: networks that differ in dropout or in
// nonlinearities alone can read each other's parameters.
func (a Architecture) fingerprint() string {
	sum := sha256.New()
	for _, b := range a.Layout() {
		fmt.Fprintln(sum, b.Name, b.Shape)
	}
	return hex.EncodeToString(sum.Sum(nil)[:8])
}

// statistics is how many numbers batch-norm keeps: a mean and a variance for
// each scale and shift.
func (a Architecture) statistics() int {
	n := 0
	for _, b := range a.Layout() {
		if b.Kind == Scale || b.Kind == Shift {
			n += b.Len()
		}
	}
	return n
}

func (a Architecture) needVectors(op string, x, kept device.Vector) {
	if d := a.Dim(); x.Len() != d || d == 0 {
		panic(fmt.Sprintf("net: %s: x has length %d, expected %d, the parameters of %s", op, x.Len(), d, a.Name))
	}
	if n := a.statistics(); kept.Len() != 0 && kept.Len() != n {
		panic(fmt.Sprintf("net: %s: kept has length %d, expected 0 or %d, the statistics of %s", op, kept.Len(), n, a.Name))
	}
}

// replaceFile writes a file beside path and gives it that name when it is whole
// and on the disk.
func replaceFile(path string, write func(io.Writer) error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
		}
	}()
	if err := write(f); err != nil {
		return err
	}
	if err := f.Chmod(0o644); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
