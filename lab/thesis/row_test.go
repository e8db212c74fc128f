package thesis

import (
	"math"
	"testing"
)

func TestReadPrinted(t *testing.T) {
	for s, want := range map[string][2]float64{
		"−1.657": {-1.657, 0.0005}, "-1.657": {-1.657, 0.0005}, "20": {20, 0.5}, "0.10": {0.1, 0.005}, "3.": {3, 0.5},
	} {
		value, half, err := readPrinted(s)
		if err != nil || value != want[0] || math.Abs(half-want[1]) > 1e-15 {
			t.Errorf("readPrinted(%q) = %v ± %v, %v, expected %v", s, value, half, err, want)
		}
	}
	for _, s := range []string{"", "1e3", "inf", "NaN", "0x1p3", "1_000", "+1", "--1", "1.2.3", "−"} {
		if _, _, err := readPrinted(s); err == nil {
			t.Errorf("readPrinted(%q) gave no error", s)
		}
	}
}

func FuzzReadPrinted(f *testing.F) {
	f.Add("−1.657")
	f.Add("1e5")
	f.Fuzz(func(t *testing.T, s string) {
		value, half, err := readPrinted(s)
		if err == nil && !(math.Abs(value) <= math.MaxFloat64 && half >= 0 && half <= 0.5) {
			t.Fatalf("readPrinted(%q) = %v ± %v", s, value, half)
		}
	})
}

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"2.1", "2.1", 0}, {"", "2.1", 3}, {"2.11", "2.1", 1}, {"21", "2.1", 1}, {"3.1", "2.1", 1}, {"kitten", "sitting", 3}} {
		if got := distance(c.a, c.b); got != c.want || distance(c.b, c.a) != c.want {
			t.Errorf("distance(%q, %q) = %d, expected %d", c.a, c.b, got, c.want)
		}
	}
}
