package display

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	_ "image/gif" // so that Image knows the sizes of the three
	_ "image/jpeg"
	_ "image/png"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"
)

// HTML is a piece of an HTML page.
func HTML(s string) Bundle { return rich("text/html", s, s) }

// Markdown is a text in Markdown, with $…$ for mathematics.
func Markdown(s string) Bundle { return rich("text/markdown", s, s) }

// JavaScript is a program that the front end runs, where it trusts the notebook.
func JavaScript(s string) Bundle { return rich("application/javascript", s, s) }

// LaTeX is a text in LaTeX. Without any delimiter of its own ($…$, \(…\), \[…\]
// or \begin…) it is a displayed formula, and $$ is put around it.
func LaTeX(s string) Bundle {
	t := strings.TrimSpace(s)
	if !strings.Contains(t, "$") && !strings.HasPrefix(t, `\(`) &&
		!strings.HasPrefix(t, `\[`) && !strings.HasPrefix(t, `\begin{`) {
		t = "$$" + t + "$$"
	}
	return rich("text/latex", t, s)
}

// Math is a formula, without delimiters, in display style.
func Math(s string) Bundle {
	return rich("text/latex", `$\displaystyle `+strings.Trim(strings.TrimSpace(s), "$")+`$`, s)
}

// JSON is any value that encoding/json writes, as a tree to open and close. Its
// text is the indented JSON. A value that it cannot write is shown as text,
// with the reason.
func JSON(v any) Bundle {
	raw, err := json.Marshal(v)
	if err != nil {
		return Text(fmt.Sprintf("%s\n(display.JSON: %v)", text(v), err))
	}
	var indented bytes.Buffer
	if err := json.Indent(&indented, raw, "", "  "); err != nil {
		return Text(fmt.Sprintf("%s\n(display.JSON: %v)", text(v), err))
	}
	return rich("application/json", json.RawMessage(raw), indented.String())
}

// SVG is a drawing as XML text.
func SVG(s string) Bundle { return rich("image/svg+xml", s, "SVG image") }

// PNG is an encoded PNG image.
func PNG(b []byte) Bundle { return encoded("image/png", b) }

// JPEG is an encoded JPEG image.
func JPEG(b []byte) Bundle { return encoded("image/jpeg", b) }

// PDF is a document.
func PDF(b []byte) Bundle {
	return rich("application/pdf", bytes.Clone(b), fmt.Sprintf("PDF, %d bytes", len(b)))
}

// MIME is data of any other type, for instance
// MIME("application/vnd.vegalite.v5+json", spec). The data is a string for a
// text type, anything that encoding/json writes for a JSON type, and []byte or
// a base64 string for the rest.
func MIME(mimeType string, data any) Bundle { return rich(mimeType, data, mimeType) }

// Image is an encoded image, its type told by its bytes: PNG, JPEG, GIF, WebP or SVG.
func Image(b []byte) (Bundle, error) {
	mimeType := sniff(b)
	switch {
	case mimeType == "image/svg+xml":
		return SVG(string(b)), nil
	case strings.HasPrefix(mimeType, "image/"):
		return encoded(mimeType, b), nil
	}
	return Bundle{}, fmt.Errorf("display: %d bytes that start with %q are no image: expected PNG, JPEG, GIF, WebP or SVG", len(b), b[:min(len(b), 8)])
}

// maxFile is the largest file that File reads into a notebook, in bytes.
const maxFile = 64 << 20

// File is a file by its kind: an image, a PDF, HTML, Markdown, TeX, JSON, or
// else a text. The error names the file and why it cannot be shown.
func File(path string) (Bundle, error) {
	info, err := os.Stat(path)
	if err != nil {
		return Bundle{}, fmt.Errorf("display: file: %w", err)
	}
	if !info.Mode().IsRegular() {
		return Bundle{}, fmt.Errorf("display: file %s: it is no regular file (%s)", path, info.Mode().Type())
	}
	if info.Size() > maxFile {
		return Bundle{}, fmt.Errorf("display: file %s: %d bytes; at most %d fit in a notebook", path, info.Size(), maxFile)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return Bundle{}, fmt.Errorf("display: file: %w", err)
	}
	switch t := sniff(b); {
	case strings.HasPrefix(t, "image/"):
		return Image(b)
	case t == "application/pdf":
		return PDF(b), nil
	}
	if !utf8.Valid(b) {
		return Bundle{}, fmt.Errorf("display: file %s: neither a known image, nor PDF, nor text in UTF-8", path)
	}
	s := string(b)
	switch strings.ToLower(filepath.Ext(path)) {
	case ".html", ".htm":
		return HTML(s), nil
	case ".md", ".markdown":
		return Markdown(s), nil
	case ".tex":
		return LaTeX(s), nil
	case ".json", ".ipynb":
		if !json.Valid(b) {
			return Bundle{}, fmt.Errorf("display: file %s: %w", path, errors.New("it is not valid JSON"))
		}
		return JSON(json.RawMessage(b)), nil
	}
	return Text(s), nil
}

func rich(mimeType string, data any, text string) Bundle {
	return Bundle{Data: map[string]any{mimeType: data, "text/plain": text}}
}

// encoded is a binary image, with its size in its text and its metadata.
func encoded(mimeType string, b []byte) Bundle {
	name := strings.ToUpper(strings.TrimPrefix(mimeType, "image/")) + " image"
	if c, _, err := image.DecodeConfig(bytes.NewReader(b)); err == nil {
		name += fmt.Sprintf(", %d×%d", c.Width, c.Height)
	}
	return rich(mimeType, bytes.Clone(b), name)
}

// sniff is the MIME type of an image or PDF by its first bytes, or "".
func sniff(b []byte) string {
	starts := func(s string) bool { return bytes.HasPrefix(b, []byte(s)) }
	switch {
	case starts("\x89PNG\r\n\x1a\n"):
		return "image/png"
	case starts("\xff\xd8\xff"):
		return "image/jpeg"
	case starts("GIF87a"), starts("GIF89a"):
		return "image/gif"
	case starts("RIFF") && len(b) >= 12 && string(b[8:12]) == "WEBP":
		return "image/webp"
	case starts("%PDF-"):
		return "application/pdf"
	}
	head := bytes.TrimSpace(bytes.TrimPrefix(b[:min(len(b), 4096)], []byte("\ufeff")))
	if bytes.HasPrefix(head, []byte("<svg")) || bytes.HasPrefix(head, []byte("<?xml")) && bytes.Contains(head, []byte("<svg")) {
		return "image/svg+xml"
	}
	return ""
}
