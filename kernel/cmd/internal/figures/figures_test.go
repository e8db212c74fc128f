package figures

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"glassy/lab/data"
	"glassy/lab/run"
	"glassy/lab/thesis"
)

func TestMake(t *testing.T) {
	dir := t.TempDir()
	var out, status strings.Builder
	if err := Make(t.Context(), []string{"2.1"}, thesis.Desktop, dir, &out, &status); err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"Figure 2.1", "(scale desktop)", "−1.632993162", "agrees", "wrote " + dir} {
		if !strings.Contains(out.String(), part) {
			t.Errorf("%q is not in:\n%s", part, out.String())
		}
	}
	for _, ext := range []string{"svg", "png", "pdf", "csv", "json"} {
		if info, err := os.Stat(filepath.Join(dir, "figure-2.1."+ext)); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v", ext, err)
		}
	}
}

func TestStopped(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out, status strings.Builder
	err := Make(ctx, []string{"2.1"}, thesis.Quick, "", &out, &status)
	if err == nil || !strings.Contains(err.Error(), "stopped at Figure 2.1, after 0 of 1") {
		t.Errorf("a stopped figure: %v", err)
	}
}

func TestMakesTheOthers(t *testing.T) {
	data.SetHome(t.TempDir()) // no MNIST there
	defer data.SetHome()
	var out, status strings.Builder
	err := Make(t.Context(), []string{"2.3a", "2.1", "2.3c"}, thesis.Quick, "", &out, &status)
	if err == nil || !strings.Contains(err.Error(), "2 of 3 could not be made") || strings.Count(err.Error(), "glassy data get mnist") != 2 {
		t.Errorf("two items without data: %v", err)
	}
	if !strings.HasPrefix(out.String(), "Figure 2.1") {
		t.Errorf("between them:\n%s", out.String())
	}
}

func TestDescribe(t *testing.T) {
	for want, p := range map[string]run.Progress{
		"descents: 50 of 200, 6s left": {Name: "descents", Done: 50, Total: 200, Elapsed: 2 * time.Second},
		"descents: 199 of 200":         {Name: "descents", Done: 199, Total: 200, Elapsed: 2 * time.Second},
		"steps: 50, 25 a second":       {Name: "steps", Done: 50, Elapsed: 2 * time.Second},
		"descents: 0 of 200":           {Name: "descents", Total: 200, Elapsed: 2 * time.Second},
	} {
		if got := describe(p); got != want {
			t.Errorf("%+v: %q, expected %q", p, got, want)
		}
	}
}
