package fig_test

import (
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"os"
	"path/filepath"
	"testing"
)

var update = flag.Bool("update", false, "write the golden figures anew; look at them before they are committed")

// differ compares two pictures and says how they differ, or returns "". Edges
// are smoothed by floating-point arithmetic that need not be the same on every
// machine, so single pixels may differ: up to 1 in 1000 by more than a quarter
// of the range, and 2/255 on average.
func differ(got, want image.Image) string {
	if got.Bounds() != want.Bounds() {
		return fmt.Sprintf("size %v, expected %v", got.Bounds(), want.Bounds())
	}
	b := got.Bounds()
	sum, far := 0, 0
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			p, q := color.NRGBAModel.Convert(got.At(x, y)).(color.NRGBA), color.NRGBAModel.Convert(want.At(x, y)).(color.NRGBA)
			d := max(abs(int(p.R)-int(q.R)), abs(int(p.G)-int(q.G)), abs(int(p.B)-int(q.B)), abs(int(p.A)-int(q.A)))
			sum += d
			if d > 64 {
				far++
			}
		}
	}
	n := b.Dx() * b.Dy()
	if far*1000 > n || sum > 2*n {
		return fmt.Sprintf("%d of %d pixels differ by more than a quarter, %.2f/255 on average", far, n, float64(sum)/float64(n))
	}
	return ""
}

// The comparison must see what a reader would see, and nothing less.
func TestDiffer(t *testing.T) {
	page := func() *image.NRGBA {
		img := image.NewNRGBA(image.Rect(0, 0, 300, 200))
		draw.Draw(img, img.Bounds(), image.White, image.Point{}, draw.Src)
		return img
	}
	if d := differ(page(), page()); d != "" {
		t.Errorf("equal pictures: %s", d)
	}
	speck := page()
	for x := range 60 { // 1 in 1000
		speck.Set(x, 5, color.Black)
	}
	if d := differ(speck, page()); d != "" {
		t.Errorf("single pixels: %s", d)
	}
	line := page()
	for x := range 300 {
		line.Set(x, 100, color.Black)
	}
	shifted := page()
	for x := range 300 {
		shifted.Set(x, 101, color.Black)
	}
	tinted := page()
	draw.Draw(tinted, tinted.Bounds(), image.NewUniform(color.NRGBA{250, 250, 250, 255}), image.Point{}, draw.Src)
	for name, pair := range map[string][2]image.Image{
		"a line more":            {line, page()},
		"a line moved one pixel": {line, shifted},
		"another background":     {tinted, page()},
		"another size":           {page().SubImage(image.Rect(0, 0, 299, 200)), page()},
	} {
		if differ(pair[0], pair[1]) == "" {
			t.Errorf("%s: not seen", name)
		}
	}
}

func TestGolden(t *testing.T) {
	for name, make := range gallery {
		t.Run(name, func(t *testing.T) {
			data, err := make().PNG()
			if err != nil {
				t.Fatal(err)
			}
			golden := filepath.Join("testdata", name+"_golden.png")
			if *update {
				if err := os.WriteFile(golden, data, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatalf("%v; run go test ./lab/fig -update, and look at it", err)
			}
			if d := differ(decode(t, data), decode(t, want)); d != "" {
				t.Errorf("the figure differs from %s: %s", golden, d)
			}
		})
	}
}
