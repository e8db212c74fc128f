package embed

import (
	"context"
	"math"
	"slices"
	"testing"

	"glassy/lab/device"
	"glassy/lab/rng"
)

// clusters is n points of d dimensions in so many Gaussian clusters, point i in
// cluster i mod count, whose centres are some 1.4·apart·√d apart.
func clusters(n, d, count int, apart float64, key rng.Key) []float64 {
	centres, x := make([]float64, count*d), make([]float64, n*d)
	key.Split(0).Normals(0, centres)
	key.Split(1).Normals(0, x)
	for i := range n {
		for j := range d {
			x[i*d+j] += apart * centres[i%count*d+j]
		}
	}
	return x
}

func near(t *testing.T, x []float64, n, k int) (index []int32, squared []float64) {
	t.Helper()
	index, squared, err := neighbours(context.Background(), device.CPU(), nil, x, n, k)
	if err != nil {
		t.Fatal(err)
	}
	return index, squared
}

func TestNeighbours(t *testing.T) {
	const n, d, k = 1500, 7, 20 // two tiles of columns, the second not full
	x := clusters(n, d, 3, 100, 1)
	copy(x[5*d:6*d], x[1400*d:1401*d]) // a copy
	index, squared := near(t, x, n, k)
	for i := 0; i < n; i += 7 {
		all := make([]float64, 0, n-1)
		for j := range n {
			if j != i {
				all = append(all, distance(x[i*d:(i+1)*d], x[j*d:(j+1)*d]))
			}
		}
		slices.Sort(all)
		for a := range k {
			j := int(index[i*k+a])
			if e := math.Abs(squared[i*k+a] - all[a]); e > 1e-10 { // the mean, of size 100, was taken off
				t.Fatalf("neighbour %d of point %d is at %g, expected %g", a, i, squared[i*k+a], all[a])
			}
			if e := math.Abs(squared[i*k+a] - distance(x[i*d:(i+1)*d], x[j*d:(j+1)*d])); j == i || e > 1e-10 {
				t.Fatalf("neighbour %d of point %d is %d, which is not at %g", a, i, j, squared[i*k+a])
			}
		}
	}
	if index[5*k] != 1400 || squared[5*k] != 0 {
		t.Errorf("the first neighbour of point 5 is %d at %g, expected its copy, 1400, at 0", index[5*k], squared[5*k])
	}
}

// Of many copies none is the neighbour of all.
func TestNeighboursOfCopies(t *testing.T) {
	const n, d, k = 1000, 10, 9
	x := make([]float64, n*d)
	for i := range n {
		for j := range d {
			x[i*d+j] = math.Sin(float64(j)) * float64(1+i%2)
		}
	}
	index, squared := near(t, x, n, k)
	count := make([]int, n)
	for e, j := range index {
		count[j]++
		if squared[e] != 0 || (int(j)-e/k)%2 != 0 {
			t.Fatalf("point %d has neighbour %d at %g, expected one of its copies", e/k, j, squared[e])
		}
	}
	if most := slices.Max(count); most > 5*k {
		t.Errorf("one point is the neighbour of %d, expected about %d", most, k)
	}
}

func perplexityOf(p []float64) float64 {
	h := 0.
	for _, v := range p {
		if v > 0 {
			h -= v * math.Log(v)
		}
	}
	return math.Exp(h)
}

func TestPerplexity(t *testing.T) {
	for name, squared := range map[string][]float64{
		"even":      {1, 2, 3, 4, 5, 6, 7, 8, 9, 10},
		"tiny":      {1e-300, 2e-300, 3e-300, 4e-300, 5e-300, 6e-300},
		"far":       {1e12, 1e12 + 1, 1e12 + 2, 1e12 + 9, 2e12, 3e12, 4e12},
		"one far":   {0, 0, 0, 1, 1, 1, 1e9},
		"some ties": {0, 0, 1e-9, 1, 1, 1, 2},
		"gap":       {1, 1e200, 2e200, 3e200, 4e200, 5e200},
	} {
		for _, want := range []float64{3.5, 4, 5} {
			p := make([]float64, len(squared))
			if ok, got := conditional(squared, want, p), perplexityOf(p); !ok || math.Abs(got/want-1) > 1e-6 {
				t.Errorf("%s: perplexity %g (%t), expected %g", name, got, ok, want)
			}
		}
	}
	for name, c := range map[string]struct {
		squared []float64
		got     float64
	}{
		"copies":           {[]float64{0, 0, 0, 0, 0}, 5},
		"copies and more":  {[]float64{0, 0, 0, 0, 2}, 4},
		"too few":          {[]float64{1, 2}, 2},
		"one":              {[]float64{0}, 1},
		"as far as others": {[]float64{7, 7, 7, 7}, 4},
	} {
		p := make([]float64, len(c.squared))
		if ok, got := conditional(c.squared, 3, p), perplexityOf(p); ok || math.Abs(got-c.got) > 1e-12 {
			t.Errorf("%s: perplexity %g (%t), expected %g and a miss", name, got, ok, c.got)
		}
	}
}

// P is (p + pᵀ)/2n, entry by entry.
func TestAffinities(t *testing.T) {
	const n, k, perplexity = 300, 30, 10.
	x := clusters(n, 5, 4, 2, 2)
	index, squared := near(t, x, n, k)
	a, missed := affinities(index, squared, n, k, perplexity)
	if missed != 0 {
		t.Errorf("%d rows have another perplexity", missed)
	}
	want := make([]float64, n*n)
	row := make([]float64, k)
	for i := range n {
		conditional(squared[i*k:(i+1)*k], perplexity, row)
		for c, p := range row {
			j := int(index[i*k+c])
			want[i*n+j] += p / (2 * n)
			want[j*n+i] += p / (2 * n)
		}
	}
	rows, columns, p := a.whole()
	sum := 0.
	for i := range n {
		for e := rows[i]; e < rows[i+1]; e++ {
			sum += p[e]
			at := i*n + int(columns[e])
			if math.Abs(p[e]-want[at]) > 1e-18 {
				t.Fatalf("P of %d and %d is %g, expected %g", i, columns[e], p[e], want[at])
			}
			want[at] = 0
		}
	}
	for at, v := range want {
		if v != 0 {
			t.Fatalf("P of %d and %d is missing", at/n, at%n)
		}
	}
	if math.Abs(sum-1) > 1e-12 {
		t.Errorf("Σ P is %.15g, expected 1", sum)
	}
}
