package display

import (
	"strings"
	"testing"
)

// What a notebook cannot hold is cut or left out, and said.
func TestLargeForms(t *testing.T) {
	large := strings.Repeat("é", 10<<20)
	b := Of(Text(large))
	if s := b.Data["text/plain"].(string); len(s) > maxText+maxNote || !strings.HasPrefix(s, "éé") || !strings.Contains(s, "cut after 1048576 of 20971520 bytes") {
		t.Errorf("a plain text of 20 MB shows %d bytes that end in %q", len(s), s[len(s)-60:])
	}
	for mimeType, b := range map[string]Bundle{"text/html": HTML(large), "application/json": JSON(large), "image/svg+xml": SVG("<svg>" + large + "</svg>")} {
		b = Of(b)
		if b.Data[mimeType] != nil || len(b.Data["text/plain"].(string)) > maxText+maxNote {
			t.Errorf("20 MB of %s are shown", mimeType)
		}
		if s := b.Data["text/plain"].(string); !strings.Contains(s, mimeType+" of 2097") || !strings.Contains(s, "write it to a file") {
			t.Errorf("%s: nobody says why: %q", mimeType, s[max(0, len(s)-200):])
		}
	}
	if b := Of(Bundle{Data: map[string]any{"image/png": append([]byte("\x89PNG\r\n\x1a\n"), make([]byte, 9<<20)...)}}); b.Data["image/png"] == nil {
		t.Error("a large picture is left out")
	}
}
