package datatest

import (
	"errors"
	"fmt"
	"io/fs"
	"testing"
)

// heard is a testing.TB that only notes how a test would end.
type heard struct {
	testing.TB
	end string
}

func (h *heard) Helper()      {}
func (h *heard) Skip(...any)  { h.end = "skipped" }
func (h *heard) Fatal(...any) { h.end = "failed" }

func TestNeed(t *testing.T) {
	missing, damaged := fmt.Errorf("no file: %w", fs.ErrNotExist), errors.New("has sha256")
	for _, c := range []struct {
		err           error
		require, want string
	}{
		{nil, "", ""}, {nil, "1", ""},
		{missing, "", "skipped"}, {missing, "1", "failed"},
		{damaged, "", "failed"}, {damaged, "1", "failed"},
	} {
		h := &heard{}
		need(h, func(string) string { return c.require }, c.err)
		if h.end != c.want {
			t.Errorf("%v with GLASSY_REQUIRE_DATA=%q: %q, expected %q", c.err, c.require, h.end, c.want)
		}
	}
}
