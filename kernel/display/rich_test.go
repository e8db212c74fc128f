package display

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// pictures is one image in each format that the standard library writes.
func pictures(t *testing.T) map[string][]byte {
	m := image.NewGray(image.Rect(0, 0, 4, 3))
	all := map[string][]byte{}
	for mimeType, encode := range map[string]func(w io.Writer) error{
		"image/png":  func(w io.Writer) error { return png.Encode(w, m) },
		"image/jpeg": func(w io.Writer) error { return jpeg.Encode(w, m, nil) },
		"image/gif":  func(w io.Writer) error { return gif.Encode(w, m, nil) },
	} {
		var buf bytes.Buffer
		if err := encode(&buf); err != nil {
			t.Fatal(err)
		}
		all[mimeType] = buf.Bytes()
	}
	return all
}

func TestImageBytes(t *testing.T) {
	for mimeType, raw := range pictures(t) {
		b, err := Image(raw)
		if err != nil {
			t.Fatal(err)
		}
		b = Of(b)
		valid(t, b)
		if b.Data[mimeType] != base64.StdEncoding.EncodeToString(raw) {
			t.Errorf("%s: not the bytes that were given", mimeType)
		}
		if want := strings.ToUpper(mimeType[6:]) + " image, 4×3"; b.Data["text/plain"] != want {
			t.Errorf("text %q, want %q", b.Data["text/plain"], want)
		}
	}
	if b, err := Image([]byte("\ufeff <?xml version='1.0'?><svg/>")); err != nil || b.Data["image/svg+xml"] == nil {
		t.Errorf("SVG: %v, %v", b, err)
	}
	if b, err := Image([]byte("RIFF\x04\x00\x00\x00WEBPVP8 ")); err != nil || b.Data["image/webp"] == nil {
		t.Errorf("WebP: %v, %v", b, err)
	}
	for _, bad := range []string{"", "x", "RIFF....WAVE", "%PDF-1.7"} {
		if _, err := Image([]byte(bad)); err == nil || !strings.Contains(err.Error(), "expected PNG, JPEG, GIF, WebP or SVG") {
			t.Errorf("Image(%q): error %v", bad, err)
		}
	}
}

func TestBytesOfTheWrongType(t *testing.T) {
	b := Of(PNG(pictures(t)["image/jpeg"]))
	valid(t, b)
	if _, ok := b.Data["image/png"]; ok {
		t.Error("a JPEG passes as PNG")
	}
	if s := b.Data["text/plain"].(string); !strings.Contains(s, "are not of that type") {
		t.Errorf("text %q", s)
	}
}

func TestConstructors(t *testing.T) {
	for _, c := range []struct {
		b          Bundle
		mime, data string
		text       string
	}{
		{HTML("<b>"), "text/html", "<b>", "<b>"},
		{Markdown("# a"), "text/markdown", "# a", "# a"},
		{JavaScript("f()"), "application/javascript", "f()", "f()"},
		{LaTeX(`x^2`), "text/latex", "$$x^2$$", "x^2"},
		{LaTeX(` $x$ and $y$`), "text/latex", "$x$ and $y$", " $x$ and $y$"},
		{LaTeX(`\begin{align}a\end{align}`), "text/latex", `\begin{align}a\end{align}`, `\begin{align}a\end{align}`},
		{LaTeX(`\[a\]`), "text/latex", `\[a\]`, `\[a\]`},
		{Math(`x^2`), "text/latex", `$\displaystyle x^2$`, "x^2"},
		{Math(`$x$`), "text/latex", `$\displaystyle x$`, "$x$"},
		{SVG("<svg/>"), "image/svg+xml", "<svg/>", "SVG image"},
		{PDF([]byte("%PDF-1.4")), "application/pdf", "JVBERi0xLjQ=", "PDF, 8 bytes"},
		{MIME("text/x-thing", "a"), "text/x-thing", "a", "text/x-thing"},
	} {
		b := Of(c.b)
		valid(t, b)
		if b.Data[c.mime] != c.data || b.Data["text/plain"] != c.text || len(b.Data) != 2 {
			t.Errorf("%v, want %s %q and text %q", b.Data, c.mime, c.data, c.text)
		}
	}
}

func TestFile(t *testing.T) {
	dir := t.TempDir()
	write := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for name, c := range map[string]struct{ content, mime string }{
		"a.dat":   {string(pictures(t)["image/png"]), "image/png"}, // by content, not by name
		"b.html":  {"<b>", "text/html"},
		"c.MD":    {"# a", "text/markdown"},
		"d.json":  {`{"a":1}`, "application/json"},
		"e.tex":   {"x", "text/latex"},
		"f.svg":   {"<svg/>", "image/svg+xml"},
		"g.pdf":   {"%PDF-1.4", "application/pdf"},
		"h.csv":   {"1,2", "text/plain"},
		"empty":   {"", "text/plain"},
		"i.ipynb": {`{"cells":[]}`, "application/json"},
	} {
		b, err := File(write(name, c.content))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		b = Of(b, nil)
		valid(t, b)
		if _, ok := b.Data[c.mime]; !ok {
			t.Errorf("%s: no %s in %v", name, c.mime, b.Data)
		}
	}
	for name, path := range map[string]string{
		"missing":      filepath.Join(dir, "missing.png"),
		"directory":    dir,
		"binary":       write("x.bin", "\xff\xfe\x00"),
		"invalid JSON": write("bad.json", "{"),
	} {
		if _, err := File(path); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: error %v does not name %s", name, err, path)
		}
	}
}
