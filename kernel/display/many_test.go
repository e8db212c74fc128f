package display

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"math/cmplx"
	"reflect"
	"strings"
	"testing"
	"time"

	"gonum.org/v1/gonum/mat"
)

// upTo is 0, 1, …, n-1.
func upTo(n int) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = float64(i)
	}
	return x
}

func TestManyNumbers(t *testing.T) {
	x := upTo(1001)
	b := Of(x)
	lines := strings.Split(b.Data["text/plain"].(string), "\n")
	for i, ok := range []bool{
		lines[0] == "[]float64, n = 1001, mean 500, sd 289.108, min 0, max 1000", // sd² = 1001·1002/12
		len([]rune(lines[1])) == 60 && strings.HasPrefix(lines[1], "▁▁") && strings.HasSuffix(lines[1], "██"),
		lines[2] == "[0 1 2 3 4 … 996 997 998 999 1000]",
	} {
		if !ok {
			t.Errorf("line %d is %q", i, lines[i])
		}
	}
	if page, _ := b.Data["text/html"].(string); !strings.Contains(page, "<svg") || !strings.Contains(page, "n = 1001") {
		t.Errorf("the page is %q", page)
	}

	x[3], x[4] = math.NaN(), math.Inf(1)
	for _, v := range []any{x, [200]int{}, make([]uint8, 101), make([]float32, 1000)} {
		if s := Of(v).Data["text/plain"].(string); !strings.Contains(s, ", n = ") {
			t.Errorf("%T shows %.80q", v, s)
		}
	}
	if s := Of(x).Data["text/plain"].(string); !strings.Contains(s, "1 NaN, 1 infinite") || !strings.Contains(s, "min 0, max 1000") {
		t.Errorf("numbers that are not finite: %q", s)
	}
	big := make([]float64, 200)
	for i := range big {
		big[i] = math.NaN()
	}
	if s := Of(big).Data["text/plain"].(string); !strings.Contains(s, "200 NaN") {
		t.Errorf("no finite number: %q", s)
	}
	for i := range big {
		big[i] = math.Copysign(math.MaxFloat64, float64(i%7)-3)
	}
	if s := Of(big).Data["text/html"].(string); strings.Contains(s, "M NaN") {
		t.Errorf("the largest numbers: %q", s)
	}
}

// What has a method of its own, and few numbers, are their text.
func TestFewNumbers(t *testing.T) {
	for _, v := range []any{upTo(100), make([]time.Duration, 1000), make([]string, 1000), [2]complex64{}} {
		if b := Of(v); len(b.Data) != 1 || b.Data["text/plain"] != text(v) {
			t.Errorf("%T shows %.200v", v, b.Data)
		}
	}
}

func TestManyNumbersAreQuick(t *testing.T) {
	x := make([]float64, 12_500_000) // 100 MB
	begun := time.Now()
	b := Of(x)
	if took := time.Since(begun); took > 5*time.Second || len(b.Data["text/plain"].(string)) > 1000 {
		t.Errorf("100 MB took %v and show %d bytes, expected a moment and little", took, len(b.Data["text/plain"].(string)))
	}
}

func TestSpectrum(t *testing.T) {
	var z []complex128
	for i := range 200 {
		z = append(z, cmplx.Exp(complex(0, float64(i))))
	}
	b := Of(z)
	if s := b.Data["text/plain"].(string); !strings.HasPrefix(s, "[]complex128, n = 200, |z| from 1 to 1, largest real part 1") {
		t.Errorf("shows %q", s)
	}
	for _, form := range []string{"image/svg+xml", "image/png"} {
		if b.Data[form] == nil {
			t.Errorf("no %s", form)
		}
	}
	few := []complex128{1, 2i, complex(math.NaN(), 0)}
	if b := Of(few); b.Data["text/plain"] != text(few) || b.Data["image/png"] == nil {
		t.Errorf("three numbers show %v", b.Data["text/plain"])
	}
	if b := Of([]complex128{1}); len(b.Data) != 1 {
		t.Errorf("one number shows %v", b.Data)
	}
}

func TestSmallMatrix(t *testing.T) {
	b := Of(mat.NewDense(2, 2, []float64{1, -2, 3, 4}))
	if s := b.Data["text/plain"]; s != "⎡1  -2⎤\n⎣3   4⎦" {
		t.Errorf("its text is %q", s)
	}
	if page := b.Data["text/html"].(string); strings.Count(page, "<td") != 4 || !strings.Contains(page, "2×2, −2 to 4") {
		t.Errorf("the page is %s", page)
	}
}

func TestHeatMap(t *testing.T) {
	m := mat.NewDense(50, 30, nil)
	for i := range 50 {
		for j := range 30 {
			m.Set(i, j, float64(i-j))
		}
	}
	m.Set(1, 1, math.NaN())
	b := Of(m)
	svg, _ := b.Data["image/svg+xml"].(string)
	if !strings.Contains(svg, "50×30, −29 to 49") || strings.Count(svg, `<image preserveAspectRatio="none" `) != 2 || !strings.Contains(svg, "data:image/png;base64,") {
		t.Errorf("the drawing is %.300s", svg)
	}
	png, err := base64.StdEncoding.DecodeString(b.Data["image/png"].(string))
	if err != nil || sniff(png) != "image/png" {
		t.Errorf("the picture is %d bytes, %v", len(png), err)
	}
	if s := b.Data["text/plain"].(string); !strings.HasPrefix(s, "Dims(50, 30)") {
		t.Errorf("its text is %q", s)
	}
	for name, m := range map[string]mat.Matrix{
		"vector": mat.NewVecDense(1000, upTo(1000)), "constant": mat.NewDense(30, 30, nil), "large": mat.NewDense(2000, 1500, nil),
	} {
		if b := Of(m); len(b.Data) < 2 {
			t.Errorf("%s has no more than text", name)
		}
	}
	for i := range 50 {
		for j := range 30 {
			m.Set(i, j, math.NaN())
		}
	}
	if s := Of(m).Data["text/plain"].(string); !strings.Contains(s, "no finite number") {
		t.Errorf("without a finite number: %q", s)
	}
}

func TestTeX(t *testing.T) {
	b := TeX(mat.NewDense(2, 2, []float64{1, -0.5, 1e-20, math.Inf(1)}))
	if got, want := b.Data["text/latex"], `$\displaystyle \begin{pmatrix}1 & -0.5 \\ 1\cdot 10^{-20} & \infty\end{pmatrix}$`; got != want {
		t.Errorf("%s, expected %s", got, want)
	}
	s := TeX(mat.NewDense(100, 100, nil)).Data["text/latex"].(string)
	if strings.Count(s, `\\`) != 10 || strings.Count(s, `\ddots`) != 1 || strings.Count(s, `\cdots`) != 10 {
		t.Errorf("a large matrix is %s", s)
	}
}

type point struct {
	X, Y float64
	name string
}

type named struct{ A int }

func (named) String() string { return "named" }

func TestTables(t *testing.T) {
	for _, c := range []struct {
		v     any
		cells int // td; 0: no table
		has   string
	}{
		{[]point{{1, 2, "<a>"}, {3, 4, "b"}}, 6, "&lt;a&gt;"},
		{[]*point{{1, 2, "a"}, nil}, 4, `<td colspan="3">nil</td>`},
		{map[string]int{"b": 1, "a": 2}, 2, "<tr><th>a</th><td>2</td></tr>\n<tr><th>b</th>"},
		{map[int]point{1: {}, 2: {}}, 6, "<th>X</th>"},
		{make([]point, 1000), 150, "50 of 1000 rows"},
		{map[string]string{"a": strings.Repeat("é", 1000), "b": ""}, 2, "…"},
		{[]point{{}}, 0, ""},
		{[]named{{1}, {2}}, 0, ""},
		{map[string]int{"a": 1}, 0, ""},
		{[]struct{}{{}, {}}, 0, ""},
		{[]int{1, 2}, 0, ""},
	} {
		b := Of(c.v)
		page, _ := b.Data["text/html"].(string)
		if strings.Count(page, "<td") != c.cells || !strings.Contains(page, c.has) {
			t.Errorf("%T: %d cells, expected %d with %q: %.500s", c.v, strings.Count(page, "<td"), c.cells, c.has, page)
		}
		if b.Data["text/plain"] != text(c.v) {
			t.Errorf("%T: its text is %q", c.v, b.Data["text/plain"])
		}
	}
	loop := map[string]any{"b": 1}
	loop["a"] = loop
	Of(loop)
}

type missing struct{ name string }

func (m missing) Error() string { return m.name + " is missing" }
func (m missing) Help() string  { return "install " + m.name }

func TestErrors(t *testing.T) {
	plain := errors.New("x < y")
	if b := Of(plain); len(b.Data) != 1 || b.Data["text/plain"] != "x < y" {
		t.Errorf("an error shows %v", b.Data)
	}
	wrapped := fmt.Errorf("reading: %w", &fs.PathError{Op: "open", Path: "f", Err: fs.ErrNotExist})
	b := Of(wrapped)
	if b.Data["text/plain"] != wrapped.Error() {
		t.Errorf("its text is %q", b.Data["text/plain"])
	}
	if page := b.Data["text/html"].(string); !strings.Contains(page, "*fs.PathError") || strings.Count(page, "<li>") != 3 || strings.Count(page, "</li>") != 3 {
		t.Errorf("its page is %s", page)
	}
	b = Of(nil, errors.Join(plain, fmt.Errorf("run: %w", missing{"gcc"})))
	if s := b.Data["text/plain"].(string); s != "x < y\nrun: gcc is missing\ninstall gcc" {
		t.Errorf("with help it is %q", s)
	}
	var none *fs.PathError
	if s := Of(error(none)).Data["text/plain"].(string); !strings.Contains(s, "panic") {
		t.Errorf("an error that panics shows %q", s)
	}
	var endless loopError
	Of(&endless)
}

type loopError struct{}

func (*loopError) Error() string   { return "again" }
func (e *loopError) Unwrap() error { return e }

// Of a large map the first pairs are shown, in their order, whatever order Go has.
func TestFirstEntries(t *testing.T) {
	m := map[int]bool{}
	for i := range 10_000 {
		m[i*7919%10_007] = true
	}
	for _, most := range []int{1, 50, 9_999, 10_000, 20_000} {
		pairs := firstEntries(reflect.ValueOf(m), most)
		if len(pairs) != min(most, len(m)) {
			t.Errorf("%d pairs, expected at most %d of %d", len(pairs), most, len(m))
		}
		last := int64(-1)
		for _, e := range pairs {
			for k := last + 1; k < e.key.Int(); k++ {
				if m[int(k)] {
					t.Fatalf("of the first %d pairs, %d is missing", most, k)
				}
			}
			if e.key.Int() <= last {
				t.Fatalf("%d after %d", e.key.Int(), last)
			}
			last = e.key.Int()
		}
	}
}
