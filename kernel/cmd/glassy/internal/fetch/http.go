package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"glassy/kernel/cmd/glassy/internal/files"
)

// Addresses is a way by HTTP: files below a base address, each of which is a
// set's file, or an archive of such.
type Addresses struct {
	Base  string
	Files []string // gzipped where they end in ".gz"; archives where in ".tar.gz"
}

func (a Addresses) String() string { return "download from " + a.Base }

func (a Addresses) fetch(ctx context.Context, work string, in *intake, report Report) error {
	for _, name := range a.Files {
		if !isArchive(name) && !in.needs(strings.TrimSuffix(name, ".gz")) {
			continue
		}
		part := filepath.Join(work, name)
		if err := download(ctx, a.Base+name, part, report); err != nil {
			return err
		}
		err := unpackFile(part, in.put)
		if !diskFull(err) { // what is wrong is not resumed
			os.Remove(part)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

const (
	stall    = 60 * time.Second // without a byte
	attempts = 4                // in a row that bring nothing
)

var client = &http.Client{Transport: &http.Transport{
	Proxy:                 http.ProxyFromEnvironment,
	DialContext:           (&net.Dialer{Timeout: 15 * time.Second}).DialContext,
	TLSHandshakeTimeout:   15 * time.Second,
	ResponseHeaderTimeout: 30 * time.Second,
	DisableCompression:    true, // a range is of the bytes as they lie there
}}

// pause is how long to wait before the next attempt.
var pause = func(failed int) time.Duration { return time.Second << (failed - 1) }

// download gets an address into a file beside path, which takes its place when
// it is whole. A connection that breaks is taken up where it broke, now or in a
// later call.
func download(ctx context.Context, url, path string, report Report) error {
	if _, err := os.Stat(path); err == nil {
		return nil // whole already
	}
	part := path + ".part"
	for failed := 0; ; {
		n, err := attempt(ctx, url, part, filepath.Base(path), report)
		if err == nil {
			return os.Rename(part, path)
		}
		var final finalError
		if n > 0 {
			failed = 0
		}
		if failed++; failed >= attempts || ctx.Err() != nil || errors.As(err, &final) {
			return fmt.Errorf("%s: %w", filepath.Base(path), err)
		}
		select {
		case <-time.After(pause(failed)):
		case <-ctx.Done():
		}
	}
}

// A finalError is one that another attempt does not mend.
type finalError struct{ error }

func (e finalError) Unwrap() error { return e.error }

// attempt asks for what part has not, and returns how many bytes came.
func attempt(ctx context.Context, url, part, name string, report Report) (n int64, err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	have := int64(0)
	if info, err := os.Stat(part); err == nil {
		have = info.Size()
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0, finalError{err}
	}
	if have > 0 {
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-", have))
	}
	resp, err := client.Do(req)
	if err != nil {
		var dns *net.DNSError
		if errors.As(err, &dns) && dns.IsNotFound || errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, syscall.ENETUNREACH) {
			return 0, finalError{fmt.Errorf("%w; is this machine offline?", errors.Unwrap(err))}
		}
		return 0, err
	}
	defer resp.Body.Close()
	flags := os.O_CREATE | os.O_WRONLY
	switch first, total, ok := contentRange(resp.Header.Get("Content-Range")); {
	case resp.StatusCode == http.StatusOK: // from its beginning, whatever was asked
		have = 0
		flags |= os.O_TRUNC
	case resp.StatusCode == http.StatusPartialContent && ok && first == have:
		flags |= os.O_APPEND
	case resp.StatusCode == http.StatusRequestedRangeNotSatisfiable && ok && total == have:
		return 0, nil // part is whole
	case resp.StatusCode == http.StatusPartialContent || resp.StatusCode == http.StatusRequestedRangeNotSatisfiable:
		if err := os.Remove(part); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return 0, finalError{files.Hint(err)}
		}
		return 0, fmt.Errorf("the server has another part than the one asked for (%s)", resp.Status)
	case resp.StatusCode >= 500 || resp.StatusCode == http.StatusTooManyRequests:
		return 0, fmt.Errorf("the server answers %s", resp.Status)
	default:
		return 0, finalError{fmt.Errorf("the server answers %s", resp.Status)}
	}
	total := int64(0)
	if resp.ContentLength >= 0 {
		total = have + resp.ContentLength
	}
	f, err := os.OpenFile(part, flags, 0o666)
	if err != nil {
		return 0, finalError{files.Hint(err)}
	}
	defer f.Close()
	silence := time.AfterFunc(stall, func() { cancel(fmt.Errorf("no byte for %v", stall)) })
	defer silence.Stop()
	buf := make([]byte, 1<<16)
	for {
		k, err := resp.Body.Read(buf)
		if k > 0 {
			silence.Reset(stall)
			if _, err := f.Write(buf[:k]); err != nil {
				return n, finalError{fmt.Errorf("write %s: %w", part, files.Hint(err))}
			}
			n += int64(k)
			report(name, have+n, total)
		}
		switch {
		case errors.Is(err, io.EOF):
			return n, f.Close()
		case err != nil && ctx.Err() != nil:
			return n, context.Cause(ctx)
		case err != nil:
			return n, err
		}
	}
}

// contentRange reads "bytes 5-99/100" or "bytes */100".
func contentRange(s string) (first, total int64, ok bool) {
	rest, ok := strings.CutPrefix(s, "bytes ")
	if !ok {
		return 0, 0, false
	}
	var last int64
	if _, err := fmt.Sscanf(rest, "*/%d", &total); err == nil {
		return 0, total, true
	}
	if _, err := fmt.Sscanf(rest, "%d-%d/", &first, &last); err != nil || first < 0 || last < first {
		return 0, 0, false
	}
	return first, 0, true
}
