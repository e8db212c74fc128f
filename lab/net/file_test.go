package net

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"glassy/lab/data"
	"glassy/lab/device"
	"glassy/lab/landscape"
)

// A small network with batch-norm, its parameters and statistics, and the file.
func saved(t testing.TB) (a Architecture, x, kept device.Vector, file []byte) {
	a, err := Named("tiny-fc")
	if err != nil {
		t.Fatal(err)
	}
	x, kept = device.CPU().New(device.Float32, a.Dim()), device.CPU().New(device.Float32, a.statistics())
	Initialise(a, HeNormal, 1, x)
	x.Device().Normal(2, 0, 0, 1, kept)
	var buf bytes.Buffer
	if err := Write(&buf, a, x, kept); err != nil {
		t.Fatal(err)
	}
	return a, x, kept, buf.Bytes()
}

func TestSaveLoad(t *testing.T) {
	a, x, kept, _ := saved(t)
	path := filepath.Join(t.TempDir(), "tiny.parameters")
	for range 2 { // the second time over the first
		if err := Save(path, a, x, kept); err != nil {
			t.Fatal(err)
		}
	}
	for _, dtype := range []device.DType{device.Float32, device.Float64} {
		y, k := device.CPU().New(dtype, x.Len()), device.CPU().New(dtype, kept.Len())
		if err := Load(path, a, y, k); err != nil {
			t.Fatal(err)
		}
		// float32 numbers are float64 numbers too.
		if !slices.Equal(device.Read[float32](y), device.Read[float32](x)) || !slices.Equal(device.Read[float32](k), device.Read[float32](kept)) {
			t.Errorf("%v: not what was saved", dtype)
		}
	}
	if err := Load(path, a, x.New(), device.Vector{}); err != nil {
		t.Errorf("without statistics: %v", err)
	}

	z := device.Put(device.CPU(), device.Float64, slices.Repeat([]float64{math.Pi, math.NaN(), math.Inf(1), math.Copysign(0, -1)}, 230)[:a.Dim()])
	if err := Save(path, a, z, device.Vector{}); err != nil {
		t.Fatal(err)
	}
	y := z.New()
	if err := Load(path, a, y, device.Vector{}); err != nil {
		t.Fatal(err)
	}
	for i, v := range device.Host[float64](y) {
		if math.Float64bits(v) != math.Float64bits(device.Host[float64](z)[i]) {
			t.Errorf("parameter %d is %v, not the bits that were saved", i, v)
		}
	}
	if err := Load(path, a, y, device.CPU().New(device.Float64, kept.Len())); err == nil || !strings.Contains(err.Error(), "refresh") {
		t.Errorf("error %v, expected one about the statistics that are not there", err)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), ".*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// What is loaded evaluates as what was saved, statistics and all.
func TestSaveLoadLoss(t *testing.T) {
	a, x, _, _ := saved(t)
	set := &data.Set{Name: "noise", Shape: a.Input, Classes: a.Classes}
	for i, u := range hashed(1, 20*49) {
		set.X = append(set.X, float32(u))
		if i%49 == 0 {
			set.Y = append(set.Y, int32(i/49%a.Classes))
		}
	}
	trained, fresh := newLoss(t, a, set), newLoss(t, a, set)
	trained.BatchGradient(x, landscape.Batch{Index: []int{0, 3, 5, 7}}, x.New())
	path := filepath.Join(t.TempDir(), "trained.parameters")
	if err := Save(path, a, x, trained.Statistics()); err != nil {
		t.Fatal(err)
	}
	y := fresh.New()
	untrained := fresh.Value(y)
	if err := Load(path, a, y, fresh.Statistics()); err != nil {
		t.Fatal(err)
	}
	if got, want := fresh.Value(y), trained.Value(x); got != want || got == untrained {
		t.Errorf("the loss is %v, expected %v", got, want)
	}
}

func newLoss(t *testing.T, a Architecture, set *data.Set) *Loss {
	l, err := NewLoss(a, set, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// A file that is not right is an error, and nothing is changed.
func TestLoadBad(t *testing.T) {
	a, x, kept, good := saved(t)
	other, _ := Named("small-fc")
	renamed := a.clone()
	renamed.Layers[0] = Dense{Out: 16, NoBias: true}
	renamed.Layers[3] = Dense{Out: 5}
	flip := func(i int) []byte {
		b := slices.Clone(good)
		b[i] ^= 1
		return b
	}
	header := bytes.Index(good, []byte("\n")) + 1
	numbers := header + bytes.Index(good[header:], []byte("\n")) + 1
	for name, c := range map[string]struct {
		a    Architecture
		file []byte
		want string
	}{
		"empty":              {a, nil, "no file of network parameters"},
		"foreign":            {a, []byte("\x89PNG\r\n\x1a\n and so on"), "no file of network parameters"},
		"long line":          {a, bytes.Repeat([]byte("x"), 2*lineLimit), "no file of network parameters"},
		"newer":              {a, bytes.Replace(good, []byte(fileMagic+"1"), []byte(fileMagic+"2"), 1), "update the program"},
		"header":             {a, flip(header), "header is damaged"},
		"end in header":      {a, good[:numbers-2], "ends early"},
		"end in numbers":     {a, good[:numbers+100], "ends early"},
		"end before sum":     {a, good[:len(good)-32], "ends early"},
		"end in sum":         {a, good[:len(good)-1], "ends early"},
		"one bit":            {a, flip(numbers + 77), "checksum"},
		"one bit of the sum": {a, flip(len(good) - 1), "checksum"},
		"more":               {a, append(slices.Clone(good), 0), "after its end"},
		"type":               {a, bytes.Replace(good, []byte("float32"), []byte("float16"), 1), "float16"},
		"other network":      {other, good, `"tiny-fc", expected the 3978 of "small-fc"`},
		"other layers":       {renamed, good, "of the same layers"},
	} {
		dir := t.TempDir()
		path := filepath.Join(dir, "bad.parameters")
		if err := os.WriteFile(path, c.file, 0o644); err != nil {
			t.Fatal(err)
		}
		y, k := device.CPU().New(device.Float32, c.a.Dim()), device.CPU().New(device.Float32, c.a.statistics())
		y.Device().Fill(y, 7)
		k.Device().Fill(k, 7)
		err := Load(path, c.a, y, k)
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: error %v, expected one that names the file and says %q", name, err, c.want)
		}
		for _, v := range slices.Concat(device.Read[float32](y), device.Read[float32](k)) {
			if v != 7 {
				t.Fatalf("%s: loading failed and changed the vector", name)
			}
		}
	}
	if err := Load(filepath.Join(t.TempDir(), "none"), a, x, kept); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error %v, expected that the file does not exist", err)
	}
}

// A full disk, met after some bytes, leaves the old file as it was and no other.
func TestSaveDiskFull(t *testing.T) {
	a, x, kept, good := saved(t)
	path := filepath.Join(t.TempDir(), "tiny.parameters")
	if err := Save(path, a, x, kept); err != nil {
		t.Fatal(err)
	}
	for _, room := range []int{0, 10, 200, len(good) - 40, len(good) - 1} {
		err := replaceFile(path, func(w io.Writer) error { return Write(&fullDisk{w, room}, a, x, kept) })
		if !errors.Is(err, syscall.ENOSPC) {
			t.Errorf("room for %d bytes: error %v, expected a full disk", room, err)
		}
		if now, err := os.ReadFile(path); err != nil || !bytes.Equal(now, good) {
			t.Errorf("room for %d bytes: the old file is not there any more (%v)", room, err)
		}
		if left, _ := os.ReadDir(filepath.Dir(path)); len(left) != 1 {
			t.Errorf("room for %d bytes: %d files, expected the old one alone", room, len(left))
		}
	}
	if err := Save(filepath.Join(path, "below-a-file"), a, x, kept); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("error %v, expected one that names the file", err)
	}
}

// fullDisk takes room bytes and no more.
type fullDisk struct {
	w    io.Writer
	room int
}

func (d *fullDisk) Write(p []byte) (int, error) {
	n, err := d.w.Write(p[:min(len(p), d.room)])
	d.room -= n
	if err == nil && n < len(p) {
		err = syscall.ENOSPC
	}
	return n, err
}

// Whatever the bytes are, Read does not fail otherwise than by an error, and
// what it takes comes out of Write again.
func FuzzRead(f *testing.F) {
	a, _, _, good := saved(f)
	header := bytes.Index(good, []byte("{"))
	f.Add(good)
	f.Add(good[:300])
	f.Add([]byte(fileMagic + "1\n{}\n"))
	f.Add(bytes.Replace(good, []byte(`"kept":32`), []byte(`"kept":-1`), 1))
	f.Fuzz(func(t *testing.T, file []byte) {
		// With the right checksum, which chance would not find.
		if len(file) > header+sha256.Size {
			sum := sha256.Sum256(file[:len(file)-sha256.Size])
			file = append(file[:len(file)-sha256.Size:len(file)-sha256.Size], sum[:]...)
		}
		y, k := device.CPU().New(device.Float64, a.Dim()), device.Vector{}
		if err := Read(bytes.NewReader(file), a, y, k); err != nil {
			return
		}
		var again bytes.Buffer
		z := y.New()
		if err := errors.Join(Write(&again, a, y, k), Read(&again, a, z, k)); err != nil {
			t.Error(err)
		}
		for i, v := range device.Host[float64](y) {
			if w := device.Host[float64](z)[i]; math.Float64bits(v) != math.Float64bits(w) {
				t.Fatalf("parameter %d is %v, then %v", i, v, w)
			}
		}
	})
}
