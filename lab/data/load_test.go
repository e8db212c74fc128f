package data

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func gzipped(b []byte) []byte {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	w.Write(b)
	w.Close()
	return out.Bytes()
}

func put(t *testing.T, path string, b []byte) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b, 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

func idx(kind byte, shape []int, values []byte) []byte {
	b := []byte{0, 0, kind, byte(len(shape))}
	for _, n := range shape {
		b = binary.BigEndian.AppendUint32(b, uint32(n))
	}
	return append(b, values...)
}

func TestReadIDX(t *testing.T) {
	dir := t.TempDir()
	images := put(t, filepath.Join(dir, "i"), idx(8, []int{2, 1, 3}, []byte{0, 51, 255, 1, 2, 3}))
	labels := put(t, filepath.Join(dir, "l.gz"), gzipped(idx(8, []int{2}, []byte{4, 1})))
	s, err := ReadIDX("tiny", images, labels, 5)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(s.Shape, []int{1, 1, 3}) || !slices.Equal(s.Y, []int32{4, 1}) || s.X[1] != 0.2 || s.X[2] != 1 || s.Len() != 2 {
		t.Errorf("%+v", s)
	}
	for why, f := range map[string][2][]byte{
		"is no IDX file":                           {[]byte("<html>"), nil},
		"type 0x0d, expected 0x08":                 {idx(13, []int{1, 1, 1}, make([]byte, 4)), nil},
		"ends within its header":                   {idx(8, []int{1, 1, 1}, nil)[:9], nil},
		"has 5 bytes after its header, expected 6": {idx(8, []int{2, 1, 3}, make([]byte, 5)), nil},
		"axis 1 has length 0":                      {idx(8, []int{2, 0, 3}, nil), nil},
		"axis 1 has length 2147483648":             {idx(8, []int{1 << 31, 1 << 31, 1<<32 - 1}, nil), nil},
		"has 1 axes, expected 3":                   {idx(8, []int{2}, make([]byte, 2)), nil},
		"labels of shape [3], expected [2]":        {nil, idx(8, []int{3}, make([]byte, 3))},
		"label 1 is 5, expected 0..4":              {nil, idx(8, []int{2}, []byte{0, 5})},
		"damaged or cut off":                       {nil, gzipped(idx(8, []int{2}, []byte{0, 1}))[:12]},
	} {
		i, l := images, labels
		if f[0] != nil {
			i = put(t, filepath.Join(dir, "bad"), f[0])
		}
		if f[1] != nil {
			l = put(t, filepath.Join(dir, "bad"), f[1])
		}
		if _, err := ReadIDX("tiny", i, l, 5); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%v, expected %q", err, why)
		}
	}
	if _, err := ReadIDX("tiny", filepath.Join(dir, "none"), labels, 5); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
}

func TestReadCIFAR(t *testing.T) {
	dir := t.TempDir()
	record := func(labels []byte, first byte) []byte {
		b := append(slices.Clone(labels), make([]byte, cifarPixels)...)
		b[len(labels)] = first
		return b
	}
	a := put(t, filepath.Join(dir, "a.bin"), slices.Concat(record([]byte{3}, 255), record([]byte{9}, 51)))
	b := put(t, filepath.Join(dir, "b.bin"), gzipped(record([]byte{0}, 0)))
	s, err := ReadCIFAR("tiny", 10, a, b)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(s.Y, []int32{3, 9, 0}) || s.X[0] != 1 || s.X[cifarPixels] != 0.2 || s.Len() != 3 {
		t.Errorf("labels %v, pixels %v %v", s.Y, s.X[0], s.X[cifarPixels])
	}
	c := put(t, filepath.Join(dir, "c.bin"), record([]byte{19, 77}, 255))
	if s, err = ReadCIFAR("tiny", 100, c); err != nil || !slices.Equal(s.Y, []int32{77}) || s.X[0] != 1 {
		t.Errorf("CIFAR-100: %v, %v", s, err)
	}
	if _, err := ReadCIFAR("tiny", 10, c); err == nil || !strings.Contains(err.Error(), "c.bin: has 3074 bytes, expected a multiple of 3073") {
		t.Errorf("%v", err)
	}
	if _, err := ReadCIFAR("tiny", 10, put(t, c, record([]byte{10}, 0))); err == nil || !strings.Contains(err.Error(), "label 0 is 10") {
		t.Errorf("%v", err)
	}
}

func TestDigits(t *testing.T) {
	s := Digits()
	if s.Len() != 1797 || !slices.Equal(s.Counts(), []int{178, 182, 177, 183, 181, 182, 181, 179, 174, 180}) {
		t.Errorf("%d digits, %v", s.Len(), s.Counts())
	}
	if s.X[2] != 5.0/16 || slices.Max(s.X) != 1 || slices.Min(s.X) != 0 {
		t.Errorf("pixel 2 is %v, expected 5/16", s.X[2])
	}
	if train, test, err := Load("digits"); err != nil || train.Len() != 1438 || test.Len() != 359 {
		t.Errorf("by name: %v, %v, %v", train, test, err)
	}
	for why, text := range map[string]string{
		"line 1, column 1: \"17\", expected a number 0..16": "17" + strings.Repeat(",0", 64) + "\n",
		"expected a number 0..9":                            strings.Repeat("0,", 64) + "10\n",
		"wrong number of fields":                            "1,2,3\n",
	} {
		if _, err := digitsSet(gzipped([]byte(text))); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%v, expected %q", err, why)
		}
	}
}

func TestUnknownNames(t *testing.T) {
	for why, f := range map[string]func() error{
		`no set of images is called "minst"; known: mnist, fashion, cifar10, cifar100, svhn, digits`:           func() error { _, _, err := Load("minst"); return err },
		`no set of images is called "gutenberg"`:                                                               func() error { _, _, err := Load("gutenberg"); return err },
		`no text of characters is called "mnist"; known: war-and-peace, gutenberg`:                             func() error { _, err := Characters("mnist"); return err },
		`no text of words is called "war-and-peace"; known: gutenberg, ptb`:                                    func() error { _, err := Words("war-and-peace"); return err },
		`no data set is called ""; known: mnist, fashion, cifar10, cifar100, svhn, digits, war-and-peace, gut`: func() error { _, err := Lookup(""); return err },
	} {
		if err := f(); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%v, expected %q", err, why)
		}
	}
}

// Where files are found, and what is said of those that are not right.
func TestFind(t *testing.T) {
	b := []byte("hello\n")
	s := Source{Name: "toy", Folders: []string{"toy", "other/toy"}, Files: []File{
		{Name: "a.txt", Size: 6, SHA256: "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03"}, // of echo hello | sha256sum
	}}
	for _, place := range []string{"toy/a.txt", "toy/a.txt.gz", "other/toy/a.txt", "a.txt", "a.txt.gz"} {
		dir := t.TempDir()
		content := b
		if strings.HasSuffix(place, ".gz") {
			content = gzipped(b)
		}
		path := put(t, filepath.Join(dir, place), content)
		found := s.Find(t.TempDir(), dir)
		if len(found) != 1 || found[0].Err != nil || found[0].Path != path {
			t.Errorf("%s: %+v", place, found)
		}
	}
	wrong, right := t.TempDir(), t.TempDir()
	put(t, filepath.Join(wrong, "toy/a.txt"), []byte("hallo\n"))
	if err := s.Find(wrong)[0].Err; err == nil || errors.Is(err, fs.ErrNotExist) ||
		!strings.Contains(err.Error(), filepath.Join(wrong, "toy/a.txt")+" has sha256") || !strings.Contains(err.Error(), "run: glassy data get toy") {
		t.Errorf("wrong bytes: %v", err)
	}
	put(t, filepath.Join(right, "a.txt"), b)
	if f := s.Find(wrong, right)[0]; f.Err != nil || f.Path != filepath.Join(right, "a.txt") {
		t.Errorf("a right copy behind a wrong one: %+v", f)
	}
	put(t, filepath.Join(wrong, "toy/a.txt"), b[:3])
	if err := s.Find(wrong)[0].Err; err == nil || !strings.Contains(err.Error(), "has 3 bytes, expected 6") {
		t.Errorf("cut off: %v", err)
	}
	if err := s.Find(t.TempDir())[0].Err; !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "GLASSY_DATA") {
		t.Errorf("no file: %v", err)
	}
	if _, err := s.read(nil); err == nil || !strings.Contains(err.Error(), "SetHome") {
		t.Errorf("no folder: %v", err)
	}
	SetHome(right)
	t.Cleanup(func() { home.Store(nil) })
	if files, err := s.read(nil); err != nil || string(files[0].b) != "hello\n" {
		t.Errorf("with a home: %v", err)
	}
}

// Two sets have files of one name; in a folder that holds one of them, the other
// is missing, not damaged.
func TestFilesOfOneName(t *testing.T) {
	all := sources
	t.Cleanup(func() { sources = all })
	of := func(name, text string) Source {
		sum := sha256.Sum256([]byte(text))
		return Source{Name: name, Folders: []string{name}, Files: []File{{Name: "a", SHA256: hex.EncodeToString(sum[:])}}}
	}
	one, two := of("one", "1"), of("two", "2")
	sources = []Source{one, two}
	dir := t.TempDir()
	put(t, filepath.Join(dir, "a"), []byte("2"))
	if err := two.Find(dir)[0].Err; err != nil {
		t.Error(err)
	}
	if err := one.Find(dir)[0].Err; !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the other set: %v, expected that it is not there", err)
	}
	put(t, filepath.Join(dir, "a"), []byte("3"))
	if err := one.Find(dir)[0].Err; err == nil || errors.Is(err, fs.ErrNotExist) {
		t.Errorf("what belongs to neither: %v, expected that it is damaged", err)
	}
}

func TestFolders(t *testing.T) {
	for want, env := range map[string]map[string]string{
		"/d /c/glassy/data":     {"GLASSY_DATA": "/d", "XDG_CACHE_HOME": "/c", "HOME": "/h"},
		"/h/.cache/glassy/data": {"XDG_CACHE_HOME": "relative", "HOME": "/h"},
		"":                      {},
	} {
		if got := strings.Join(Folders(func(k string) string { return env[k] }), " "); got != want {
			t.Errorf("%v: %s, expected %s", env, got, want)
		}
	}
}

// Names of hashes are typed in by hand.
func TestSources(t *testing.T) {
	seen := map[string]string{}
	for _, s := range Sources() {
		for _, f := range s.Files {
			if f.SHA256 != "" && (len(f.SHA256) != 64 || seen[f.SHA256] != "") {
				t.Errorf("%s %s: sha256 %q (also of %q)", s.Name, f.Name, f.SHA256, seen[f.SHA256])
			}
			seen[f.SHA256] = f.Name
		}
		if s.Title == "" || s.Terms == "" || len(s.Folders) == 0 || (s.images == nil && s.characters == nil && s.words == nil) {
			t.Errorf("%s is not described: %+v", s.Name, s)
		}
	}
}

// FuzzImages reads any bytes as each of the formats: what is accepted makes up
// the file again, or a set that is valid.
func FuzzImages(f *testing.F) {
	f.Add(uint8(0), idx(8, []int{2, 1, 3}, make([]byte, 6)))
	f.Add(uint8(0), idx(8, []int{1 << 31, 1 << 31, 1 << 31}, nil))
	f.Add(uint8(1), make([]byte, 3073))
	f.Add(uint8(2), make([]byte, 2*3074))
	f.Add(uint8(3), []byte(strings.Repeat("16,", 64)+"9\n"))
	f.Add(uint8(3), []byte("1,\"2\n\",3"))
	house := matlab(false, []int{1, 2}, []byte{10, 3}, 1)
	f.Add(uint8(4), house)
	f.Add(uint8(4), matlab(true, []int{2, 1}, []byte{10, 3}, 1))
	f.Add(uint8(4), house[:200])
	f.Fuzz(func(t *testing.T, format uint8, b []byte) {
		switch format % 5 {
		case 0:
			if shape, values, err := parseIDX(b); err == nil && !bytes.Equal(idx(8, shape, values), b) {
				t.Errorf("IDX: %v and %d bytes do not make up the file again", shape, len(values))
			}
		case 1:
			if s, err := cifarSet("fuzz", 10, file{"f", b}); err == nil && (s.Len()*3073 != len(b) || s.Validate() != nil) {
				t.Errorf("CIFAR-10: %d images out of %d bytes", s.Len(), len(b))
			}
		case 2:
			if s, err := cifarSet("fuzz", 100, file{"f", b}); err == nil && (s.Len()*3074 != len(b) || s.Validate() != nil) {
				t.Errorf("CIFAR-100: %d images out of %d bytes", s.Len(), len(b))
			}
		case 3:
			if pixels, y, err := parseDigits(bytes.NewReader(b)); err == nil && (len(pixels) != 64*len(y) || bytes.ContainsFunc(pixels, func(p rune) bool { return p > 16 })) {
				t.Errorf("digits: %d pixels, %d labels", len(pixels), len(y))
			}
		case 4:
			if s, err := svhnSet("fuzz", file{"f", b}); err == nil && (len(s.X) != s.Len()*cifarPixels || s.Validate() != nil) {
				t.Errorf("SVHN: %d images, %d pixels", s.Len(), len(s.X))
			}
		}
	})
}
