package thesis

import (
	"math"
	"testing"
)

func TestReadPrinted(t *testing.T) {
	for s, want := range map[string]printed{
		"−1.657": {-1.657, 0.0005, 0}, "-1.657": {-1.657, 0.0005, 0}, "20": {20, 0.5, 0}, "0.10": {0.1, 0.005, 0}, "3.": {3, 0.5, 0},
		"7.95 ± 0.04": {7.95, 0.005, 0.04}, "-2±.1": {-2, 0.5, 0.1},
	} {
		p, err := readPrinted(s)
		if err != nil || p.value != want.value || math.Abs(p.half-want.half) > 1e-15 || p.error != want.error {
			t.Errorf("readPrinted(%q) = %v, %v, expected %v", s, p, err, want)
		}
	}
	for _, s := range []string{"", "1e3", "inf", "NaN", "0x1p3", "1_000", "+1", "--1", "1.2.3", "−", "1 ± ", "± 1", "1 ± 2 ± 3", "1 ± −2", "1 ± NaN"} {
		if _, err := readPrinted(s); err == nil {
			t.Errorf("readPrinted(%q) gave no error", s)
		}
	}
}

func FuzzReadPrinted(f *testing.F) {
	f.Add("−1.657")
	f.Add("1e5")
	f.Fuzz(func(t *testing.T, s string) {
		p, err := readPrinted(s)
		if err == nil && !(math.Abs(p.value) <= math.MaxFloat64 && p.half >= 0 && p.half <= 0.5 && p.error >= 0) {
			t.Fatalf("readPrinted(%q) = %v", s, p)
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
