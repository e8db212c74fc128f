package thesis

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"glassy/lab/data"
	"glassy/lab/rng"
)

// houses is a file as those of SVHN, of n noisy images, each label a shade.
func houses(n int, key rng.Key) []byte {
	element := func(kind uint32, b []byte) []byte {
		tag := binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(nil, kind), uint32(len(b)))
		return slices.Concat(tag, b, make([]byte, (8-len(b)%8)%8))
	}
	array := func(class byte, name string, values []byte, dims ...int) []byte {
		var lengths []byte
		for _, d := range dims {
			lengths = binary.LittleEndian.AppendUint32(lengths, uint32(d))
		}
		const matrix, int8s, uint8s, int32s, uint32s = 14, 1, 2, 5, 6
		return element(matrix, slices.Concat(element(uint32s, []byte{class, 0, 0, 0, 0, 0, 0, 0}),
			element(int32s, lengths), element(int8s, []byte(name)), element(uint8s, values)))
	}
	const pixels = 32 * 32 * 3
	x, y := make([]byte, n*pixels), make([]byte, n)
	random := key.Stream()
	for i := range y {
		y[i] = byte(1 + i%10)
		for k := range pixels {
			x[i*pixels+k] = byte(random.IntN(100) + 15*int(y[i])*(k%32)/32)
		}
	}
	head := append([]byte("MATLAB 5.0 MAT-file"+strings.Repeat(" ", 105)), 0, 1, 'I', 'M')
	return slices.Concat(head, array(9, "X", x, 32, 32, 3, n), array(6, "y", y, n, 1))
}

// Figures 5.5 and 5.6c are made of what lies in the folder svhn.
func TestHouseNumbers(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "svhn"), 0o755); err != nil {
		t.Fatal(err)
	}
	for i, name := range []string{"train_32x32.mat", "test_32x32.mat"} {
		if err := os.WriteFile(filepath.Join(dir, "svhn", name), houses(60, rng.Key(i)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	data.SetHome(dir)
	defer data.SetHome(data.Folders(os.Getenv)...)
	for id, axis := range map[string]string{"5.5": "validation error", "5.6c": "training error"} {
		r, err := Figure(id)
		if err != nil {
			t.Fatal(err)
		}
		if err := r.Figure.Err(); err != nil || r.Figure.Y.Label != axis {
			t.Errorf("%s: the figure is of the %q: %v", id, r.Figure.Y.Label, err)
		}
		if len(r.Rows) != 4 || !strings.Contains(r.Notes[0], "50 images of svhn") || !strings.Contains(r.Notes[1], "531,131") {
			t.Errorf("%s: %d rows, notes %q", id, len(r.Rows), r.Notes)
		}
		for i, row := range r.Rows {
			if printed := []string{"1.68 ± 0.01", "1.57", "1.64", "1.62"}[i]; id == "5.5" && row.Thesis != printed {
				t.Errorf("%s: the thesis's is %q, expected %q", row.Quantity, row.Thesis, printed)
			}
			if !(row.Ours >= 0 && row.Ours <= 100) {
				t.Errorf("%s, %s: %v %%, expected an error of 0 to 100 %%", id, row.Quantity, row.Ours)
			}
		}
	}
}
