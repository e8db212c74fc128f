package trajectory

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"glassy/lab/device"
	"glassy/lab/rng"
)

// record writes T points of d normal numbers, a chunk after each n-th, and returns them.
func record(t testing.TB, path string, dtype device.DType, d, T, n int) []float64 {
	t.Helper()
	x := device.CPU().New(dtype, d)
	rec, err := Record(path, "walk", x)
	if err != nil {
		t.Fatal(err)
	}
	all := make([]float64, 0, d*T)
	for k := range T {
		device.CPU().Normal(uint64(k), 0, 0, 1, x)
		if k >= rec.Len() {
			rec.Append(x)
		}
		if (k+1)%n == 0 {
			rec.write() // Flush waits for the disk
		}
		all = append(all, device.Read[float64](x)...)
	}
	if err := rec.Close(); err != nil {
		t.Fatal(err)
	}
	return all
}

func open(t testing.TB, path string) *File {
	t.Helper()
	f, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// same fails unless s is the trajectory all, by points and by columns from any point.
func same(t *testing.T, s Series, d int, all []float64) {
	t.Helper()
	want, T := Of(d, all), len(all)/d
	if s.Len() != T || s.Dim() != d {
		t.Fatalf("%d points of %d, expected %d of %d", s.Len(), s.Dim(), T, d)
	}
	x := make([]float64, d)
	for k := range T {
		if err := s.Point(k, x); err != nil || !slices.Equal(x, all[k*d:(k+1)*d]) {
			t.Fatalf("point %d is %v (%v), expected %v", k, x, err, all[k*d:(k+1)*d])
		}
	}
	for first := 0; first <= T; first += 1 + T/7 {
		for from := range d {
			for to := from; to <= d; to++ {
				a, b := make([]float64, (to-from)*(T-first)), make([]float64, (to-from)*(T-first))
				if err := s.Columns(from, to, first, a); err != nil {
					t.Fatal(err)
				}
				want.Columns(from, to, first, b)
				if !slices.Equal(a, b) {
					t.Fatalf("coordinates %d … %d from point %d on are not those recorded", from, to-1, first)
				}
			}
		}
	}
}

// What is read is what was recorded, with chunks of any size, in both types.
func TestRecord(t *testing.T) {
	for _, dtype := range []device.DType{device.Float32, device.Float64} {
		for _, n := range []int{1, 3, 7, 1000} {
			path := filepath.Join(t.TempDir(), "t")
			all := record(t, path, dtype, 5, 23, n)
			f := open(t, path)
			same(t, f, 5, all)
			two := make([]float64, 0, 2*23)
			for k := range 23 {
				two = append(two, all[5*k+2:5*k+4]...)
			}
			same(t, Part(f, 2, 4), 2, two)
		}
	}
}

// A program killed at any byte goes on where it stopped, and ends with the same points.
func TestResume(t *testing.T) {
	path := filepath.Join(t.TempDir(), "t")
	all := record(t, path, device.Float32, 2, 5, 2)
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	chunk := (&header{Dim: 2, Type: "float32"}).size
	top := int64(len(good)) - 2*chunk(2) - chunk(1)
	for n := range len(good) + 1 {
		path := filepath.Join(t.TempDir(), "t")
		if err := os.WriteFile(path, good[:n], 0o644); err != nil {
			t.Fatal(err)
		}
		whole := int64(0)
		for _, end := range []int64{top, top + chunk(2), top + 2*chunk(2), int64(len(good))} {
			if end <= int64(n) {
				whole = end
			}
		}
		if whole > 0 {
			if f := open(t, path); f.Torn != int64(n)-whole || f.Torn > 0 != strings.Contains(f.String(), "passed over") {
				t.Fatalf("cut at byte %d: %d bytes torn, expected %d: %v", n, f.Torn, int64(n)-whole, f)
			}
		}
		rec, err := Record(path, "walk", device.CPU().New(device.Float32, 2))
		if err != nil {
			t.Fatalf("cut at byte %d: %v", n, err)
		}
		last := device.CPU().New(device.Float32, 2)
		if ok, err := rec.Last(last); err != nil || ok != (rec.Len() > 0) || ok && !slices.Equal(device.Read[float64](last), all[2*rec.Len()-2:2*rec.Len()]) {
			t.Errorf("cut at byte %d: the last of %d points is %v, %v, %v", n, rec.Len(), device.Read[float64](last), ok, err)
		}
		if rec.Cut != int64(n)-whole {
			t.Errorf("cut at byte %d: %d bytes cut away, expected %d", n, rec.Cut, int64(n)-whole)
		}
		rec.Close()
		record(t, path, device.Float32, 2, 5, 2)
		same(t, open(t, path), 2, all)
	}
}

// Damage anywhere is found, and the error says where; only in the last chunk may it be
// the program's death.
func TestDamage(t *testing.T) {
	path := filepath.Join(t.TempDir(), "t")
	record(t, path, device.Float64, 2, 12, 4)
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	chunk := int((&header{Dim: 2, Type: "float64"}).size(4))
	top := len(good) - 3*chunk
	for i := range good {
		bad := bytes.Clone(good)
		bad[i] ^= 0x10
		if err := os.WriteFile(path, bad, 0o644); err != nil {
			t.Fatal(err)
		}
		f, err := Open(path)
		switch {
		case i >= len(good)-chunk+chunkHead:
			if err != nil || f.Torn != int64(chunk) || f.Len() != 8 {
				t.Errorf("byte %d of the last chunk: %v, %v", i, f, err)
			}
			f.Close()
		case i < len(magic) && (err == nil || !strings.Contains(err.Error(), "is no trajectory")):
			t.Errorf("byte %d: error %v, expected one of a foreign file", i, err)
		case err == nil:
			t.Fatalf("byte %d of %d is damaged and nothing said", i, len(good))
		case i >= top:
			k := (i - top) / chunk
			if want := fmt.Sprintf("in chunk %d, which begins with point %d,", k, 4*k); !strings.Contains(err.Error(), want) {
				t.Errorf("byte %d: error %q, expected one with %q", i, err, want)
			}
		}
	}
}

func TestErrors(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "t")
	x := device.CPU().New(device.Float32, 3)
	record(t, path, device.Float32, 3, 2, 1)
	other := filepath.Join(dir, "other")
	os.WriteFile(other, []byte("a letter"), 0o644)
	header := filepath.Join(dir, "header")
	os.WriteFile(header, []byte(magic+"{\"dim\":0}\n"), 0o644)
	try := func(want string, f func() error) {
		t.Helper()
		if err := f(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, expected one with %q", err, want)
		}
	}
	openIt := func(path string) func() error { return func() error { _, err := Open(path); return err } }
	recordIt := func(path, name string, x device.Vector) func() error {
		return func() error { _, err := Record(path, name, x); return err }
	}
	try("no such file", openIt(filepath.Join(dir, "none")))
	try("is no file", openIt(dir))
	try("is no trajectory", openIt(other))
	try("damaged header", openIt(header))
	try("is a directory", recordIt(dir, "walk", x))
	try("is no trajectory", recordIt(other, "walk", x))
	try("is of walk, 3 coordinates of float32, expected run, 3", recordIt(path, "run", x))
	try("expected walk, 4 of float32", recordIt(path, "walk", device.CPU().New(device.Float32, 4)))
	try("expected walk, 3 of float64", recordIt(path, "walk", device.CPU().New(device.Float64, 3)))
	try("expected at most", recordIt(filepath.Join(dir, "long"), strings.Repeat("x", 5000), x))

	// The first error stays.
	rec, err := Record(path, "walk", x)
	if err != nil {
		t.Fatal(err)
	}
	rec.file.Close()
	rec.Append(x)
	try("recording", rec.Flush)
	first := rec.Err()
	rec.Append(x)
	if err := rec.Close(); err != first || rec.Len() != 3 {
		t.Errorf("%v after %v, %d points", err, first, rec.Len())
	}
}

// A file that anyone may have written is an error or a trajectory, never a panic.
func FuzzOpen(f *testing.F) {
	path := filepath.Join(f.TempDir(), "t")
	record(f, path, device.Float32, 2, 5, 2)
	good, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add([]byte(magic + `{"dim":2147483647,"type":"float64","points":1}` + "\n\x01\x00\x00\x00\x00\x00\x00\x00"))
	f.Add(append(slices.Clip(good), make([]byte, 20)...))
	f.Fuzz(func(t *testing.T, b []byte) {
		path := filepath.Join(t.TempDir(), "t")
		if err := os.WriteFile(path, b, 0o644); err != nil {
			t.Fatal(err)
		}
		s, err := Open(path)
		if err != nil {
			return
		}
		defer s.Close()
		if s.end+s.Torn != int64(len(b)) || s.Torn > s.head.size(s.head.Points) {
			t.Errorf("%d bytes are whole and %d torn, of %d", s.end, s.Torn, len(b))
		}
		if s.Len() > 0 {
			if err := s.Columns(0, 1, 0, make([]float64, s.Len())); err != nil {
				t.Error(err)
			}
			if err := s.Point(s.Len()-1, make([]float64, s.Dim())); err != nil {
				t.Error(err)
			}
		}
	})
}

// Columns of a long trajectory in a file of a megabyte a chunk.
func BenchmarkColumns(b *testing.B) {
	const d, T = 917, 4096
	path := filepath.Join(b.TempDir(), "t")
	x := device.CPU().New(device.Float32, d)
	rec, err := Record(path, "walk", x)
	if err != nil {
		b.Fatal(err)
	}
	device.CPU().Normal(uint64(rng.Key(1)), 0, 0, 1, x)
	for range T {
		rec.Append(x)
	}
	if err := rec.Close(); err != nil {
		b.Fatal(err)
	}
	f := open(b, path)
	dst := make([]float64, blockColumns*T)
	b.SetBytes(int64(4 * len(dst)))
	for b.Loop() {
		if err := f.Columns(100, 100+blockColumns, 0, dst); err != nil {
			b.Fatal(err)
		}
	}
}
