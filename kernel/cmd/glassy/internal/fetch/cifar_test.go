package fetch

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"strings"
	"testing"
)

func TestCIFARRecords(t *testing.T) {
	img := image.NewRGBA(image.Rect(0, 0, 1024, 2))
	for y := range 2 {
		for i := range 1024 {
			img.Set(i, y, color.RGBA{R: uint8(i), G: uint8(i / 4), B: uint8(100 + y), A: 255})
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	labels, err := cifarLabels([]byte("[9,8,7,6]"), 1, 2)
	if err != nil {
		t.Fatal(err)
	}
	got, err := cifarRecords(b.Bytes(), labels)
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 2*3073 {
		t.Fatalf("%d bytes, expected two records of 3073", len(got))
	}
	for y, label := range []byte{7, 6} {
		r := got[y*3073:]
		if r[0] != label || r[1+300] != 300%256 || r[1+1024+300] != 75 || r[1+2048+300] != byte(100+y) {
			t.Errorf("record %d: label %d, pixel 300 is %d %d %d", y, r[0], r[301], r[1325], r[2349])
		}
	}
	for _, c := range []struct {
		picture []byte
		labels  []int
		why     string
	}{
		{b.Bytes(), []int{1}, "expected RGB of 1024×1"},
		{b.Bytes(), []int{1, 10}, "label 1 is 10"},
		{b.Bytes()[:50], []int{1, 2}, "not enough pixel data"},
	} {
		if _, err := cifarRecords(c.picture, c.labels); err == nil || !strings.Contains(err.Error(), c.why) {
			t.Errorf("%v, expected %q", err, c.why)
		}
	}
	if _, err := cifarLabels([]byte("[1,2,3]"), 1, 2); err == nil {
		t.Error("too few labels: no error")
	}
}
