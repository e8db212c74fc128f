package fetch

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"glassy/lab/data"
)

func init() { pause = func(int) time.Duration { return time.Millisecond } }

// content is the file of the tests: not compressible, so that it crosses the
// network in several pieces.
var content = func() []byte {
	b := make([]byte, 300_000)
	x := uint32(1)
	for i := range b {
		x = x*1664525 + 1013904223
		b[i] = byte(x >> 24)
	}
	return b
}()

func gz(b []byte) []byte {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	w.Write(b)
	w.Close()
	return out.Bytes()
}

func archive(members map[string][]byte) []byte {
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	for name, b := range members {
		w.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: int64(len(b)), Typeflag: tar.TypeReg})
		w.Write(b)
	}
	w.Close()
	return gz(out.Bytes())
}

// source is a set of one file, a.bin.
func source(b []byte) data.Source {
	return data.Source{
		Name: "toy", Terms: "none", Folders: []string{"toy"},
		Files: []data.File{{Name: "a.bin", Size: int64(len(b)), SHA256: fmt.Sprintf("%x", sha256.Sum256(b))}},
	}
}

type said struct {
	mu    sync.Mutex
	lines []string
}

func (s *said) say(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lines = append(s.lines, fmt.Sprintf(format, args...))
}

func job(cache string, ways ...Way) *Job {
	return &Job{Source: source(content), Ways: ways, Cache: cache, Say: new(said).say, Report: func(string, int64, int64) {}}
}

// serve is an address whose answers are those of handler.
func serve(t *testing.T, handler http.HandlerFunc) Addresses {
	s := httptest.NewServer(handler)
	t.Cleanup(s.Close)
	return Addresses{Base: s.URL + "/", Files: []string{"a.bin"}}
}

func whole(w http.ResponseWriter, r *http.Request) {
	http.ServeContent(w, r, "a.bin", time.Time{}, bytes.NewReader(content))
}

// left is what is in a folder.
func left(t *testing.T, dir string) (names []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() && !strings.HasSuffix(path, ".lock") {
			rel, _ := filepath.Rel(dir, path)
			names = append(names, rel)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func arrived(t *testing.T, cache string) {
	t.Helper()
	got, err := os.ReadFile(filepath.Join(cache, "toy", "a.bin"))
	if err != nil || !bytes.Equal(got, content) {
		t.Errorf("the file has %d bytes (%v), expected the %d of the server", len(got), err, len(content))
	}
	if names := left(t, cache); len(names) != 1 {
		t.Errorf("the cache holds %v, expected toy/a.bin alone", names)
	}
}

func TestGet(t *testing.T) {
	cache := t.TempDir()
	requests := 0
	j := job(cache, serve(t, func(w http.ResponseWriter, r *http.Request) { requests++; whole(w, r) }))
	var last int64
	j.Report = func(name string, done, total int64) {
		if name != "a.bin" || done <= last || total != int64(len(content)) {
			t.Errorf("report of %s: %d of %d after %d", name, done, total, last)
		}
		last = done
	}
	for i, want := range []bool{true, false} {
		if fetched, err := j.Get(t.Context()); err != nil || fetched != want {
			t.Fatalf("call %d: fetched %v, %v", i, fetched, err)
		}
	}
	arrived(t, cache)
	if requests != 1 || last != int64(len(content)) {
		t.Errorf("%d requests, %d bytes reported", requests, last)
	}
}

// Every connection breaks after 100,000 bytes: three are needed.
func TestDroppedConnectionsResume(t *testing.T) {
	cache := t.TempDir()
	var ranges []string
	way := serve(t, func(w http.ResponseWriter, r *http.Request) {
		ranges = append(ranges, r.Header.Get("Range"))
		whole(&dropper{ResponseWriter: w, left: 100_000}, r)
	})
	if _, err := job(cache, way).Get(t.Context()); err != nil {
		t.Fatal(err)
	}
	arrived(t, cache)
	if len(ranges) < 3 || ranges[0] != "" || !strings.HasPrefix(ranges[1], "bytes=") {
		t.Errorf("ranges %q, expected the later requests to go on where the first ones broke", ranges)
	}
}

// dropper breaks the connection after some bytes.
type dropper struct {
	http.ResponseWriter
	left int
}

func (d *dropper) Write(b []byte) (int, error) {
	if len(b) > d.left {
		d.ResponseWriter.Write(b[:d.left])
		d.ResponseWriter.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	}
	d.left -= len(b)
	return d.ResponseWriter.Write(b)
}

// A stopped download goes on in the next call, in another process even.
func TestStoppedDownloadGoesOn(t *testing.T) {
	cache := t.TempDir()
	ctx, stop := context.WithCancel(t.Context())
	var ranges []string
	way := serve(t, func(w http.ResponseWriter, r *http.Request) {
		ranges = append(ranges, r.Header.Get("Range"))
		if len(ranges) == 1 { // and then nothing more, until the client has gone
			w.Header().Set("Content-Length", fmt.Sprint(len(content)))
			w.Write(content[:100_000])
			w.(http.Flusher).Flush()
			<-r.Context().Done()
			return
		}
		whole(w, r)
	})
	j := job(cache, way)
	j.Report = func(string, int64, int64) { stop() }
	if _, err := j.Get(ctx); err == nil || !strings.Contains(err.Error(), "goes on from here") {
		t.Fatalf("stopped: %v", err)
	}
	if _, err := job(cache, way).Get(t.Context()); err != nil {
		t.Fatal(err)
	}
	arrived(t, cache)
	if len(ranges) != 2 || !strings.HasPrefix(ranges[1], "bytes=") {
		t.Errorf("ranges %q", ranges)
	}
}

func TestServersWithoutRanges(t *testing.T) {
	for name, answer := range map[string]http.HandlerFunc{
		"ignores them": func(w http.ResponseWriter, r *http.Request) { w.Write(content) },
		"refuses them": func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Range") != "" {
				w.WriteHeader(http.StatusRequestedRangeNotSatisfiable)
				return
			}
			w.Write(content)
		},
		"sends another part": func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Range") != "" {
				w.Header().Set("Content-Range", fmt.Sprintf("bytes 7-%d/%d", len(content)-1, len(content)))
				w.WriteHeader(http.StatusPartialContent)
				w.Write(content[7:])
				return
			}
			w.Write(content)
		},
		"compresses nothing unasked": func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Accept-Encoding") != "" {
				t.Errorf("Accept-Encoding: %s", r.Header.Get("Accept-Encoding"))
			}
			whole(w, r)
		},
	} {
		cache := t.TempDir()
		work := filepath.Join(cache, ".toy.part")
		if err := os.MkdirAll(work, 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(work, "a.bin.part"), content[:1000], 0o666); err != nil {
			t.Fatal(err)
		}
		if _, err := job(cache, serve(t, answer)).Get(t.Context()); err != nil {
			t.Errorf("a server that %s: %v", name, err)
		}
		arrived(t, cache)
	}
}

// A download that was whole when the program was killed is used as it is.
func TestWholeButNotMoved(t *testing.T) {
	cache := t.TempDir()
	work := filepath.Join(cache, ".toy.part")
	if err := os.MkdirAll(work, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(work, "a.bin.part"), content, 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := job(cache, serve(t, whole)).Get(t.Context()); err != nil {
		t.Fatal(err)
	}
	arrived(t, cache)
}

// Wrong bytes never reach the cache, and are not resumed.
func TestWrongBytes(t *testing.T) {
	wrong := bytes.Clone(content)
	wrong[77]++
	cache := t.TempDir()
	bad := serve(t, func(w http.ResponseWriter, r *http.Request) { w.Write(wrong) })
	short := serve(t, func(w http.ResponseWriter, r *http.Request) { w.Write(content[:1000]) })
	page := serve(t, func(w http.ResponseWriter, r *http.Request) { w.Write([]byte("<html>log in</html>")) })
	gone := serve(t, http.NotFound)
	_, err := job(cache, bad, short, page, gone).Get(t.Context())
	if err == nil {
		t.Fatal("no error")
	}
	for _, part := range []string{"a.bin has sha256", "a.bin has 1000 bytes, expected 300000", "a.bin has 19 bytes", "404 Not Found", "GLASSY_DATA", "Terms: none"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q is not in: %v", part, err)
		}
	}
	if names := left(t, cache); len(names) != 0 {
		t.Errorf("left behind: %v", names)
	}
	// The next way is tried when one fails.
	if _, err := job(cache, bad, serve(t, whole)).Get(t.Context()); err != nil {
		t.Error(err)
	}
	arrived(t, cache)
}

// What is damaged in the cache is fetched again; a user's own file is left alone.
func TestDamagedFiles(t *testing.T) {
	cache, own := t.TempDir(), t.TempDir()
	for _, dir := range []string{cache, own} {
		path := filepath.Join(dir, "toy", "a.bin")
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("damaged"), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	j := job(cache, serve(t, whole))
	j.Dirs = []string{own}
	if fetched, err := j.Get(t.Context()); err != nil || !fetched {
		t.Fatal(fetched, err)
	}
	arrived(t, cache)
	if b, _ := os.ReadFile(filepath.Join(own, "toy", "a.bin")); string(b) != "damaged" {
		t.Error("the user's own file was changed")
	}
}

func TestArchiveByAddress(t *testing.T) {
	cache := t.TempDir()
	a := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Write(archive(map[string][]byte{"x/a.bin": content, "x/readme.html": []byte("no"), "../../evil": []byte("no")}))
	})
	a.Files = []string{"a.tar.gz"}
	if _, err := job(cache, a).Get(t.Context()); err != nil {
		t.Fatal(err)
	}
	arrived(t, cache)
	g := serve(t, func(w http.ResponseWriter, r *http.Request) { w.Write(gz(content)) })
	g.Files = []string{"a.bin.gz"}
	cache = t.TempDir()
	if _, err := job(cache, g).Get(t.Context()); err != nil {
		t.Fatal(err)
	}
	arrived(t, cache)
}

func TestOffline(t *testing.T) {
	cache := t.TempDir()
	s := httptest.NewServer(http.NotFoundHandler())
	s.Close()
	_, err := job(cache, Addresses{Base: s.URL + "/", Files: []string{"a.bin"}}).Get(t.Context())
	if err == nil || !strings.Contains(err.Error(), "refused") || !strings.Contains(err.Error(), "Put the files into a folder toy") {
		t.Errorf("nobody listens: %v", err)
	}
	_, err = job(cache, Addresses{Base: "http://nowhere.invalid/", Files: []string{"a.bin"}}).Get(t.Context())
	if err == nil || !strings.Contains(err.Error(), "nowhere.invalid") {
		t.Errorf("no such host: %v", err)
	}
}

// Two processes want the same set: one fetches it, the other finds it there.
func TestTwoProcesses(t *testing.T) {
	if cache := os.Getenv("FETCH_TEST_CACHE"); cache != "" {
		j := job(cache, Addresses{Base: os.Getenv("FETCH_TEST_BASE"), Files: []string{"a.bin"}})
		fetched, err := j.Get(t.Context())
		fmt.Printf("fetched=%v err=%v\n", fetched, err)
		return
	}
	cache := t.TempDir()
	var requests atomic.Int32
	way := serve(t, func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		time.Sleep(200 * time.Millisecond)
		whole(w, r)
	})
	var wg sync.WaitGroup
	var fetched atomic.Int32
	for range 3 {
		wg.Go(func() {
			cmd := exec.Command(os.Args[0], "-test.run", "^TestTwoProcesses$", "-test.v")
			cmd.Env = append(os.Environ(), "FETCH_TEST_CACHE="+cache, "FETCH_TEST_BASE="+way.Base)
			out, err := cmd.CombinedOutput()
			if err != nil || !strings.Contains(string(out), "err=<nil>") {
				t.Errorf("%v: %s", err, out)
			}
			if strings.Contains(string(out), "fetched=true") {
				fetched.Add(1)
			}
		})
	}
	wg.Wait()
	arrived(t, cache)
	if requests.Load() != 1 || fetched.Load() != 1 {
		t.Errorf("%d requests, %d processes fetched; expected one", requests.Load(), fetched.Load())
	}
}

// While another holds the lock, waiting can be stopped.
func TestWaitingStops(t *testing.T) {
	cache := t.TempDir()
	f, err := os.Create(filepath.Join(cache, ".toy.lock"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := flock(f, syscall.LOCK_EX); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer stop()
	var s said
	j := job(cache, serve(t, whole))
	j.Say = s.say
	if _, err := j.Get(ctx); err == nil {
		t.Error("no error")
	}
	if text := strings.Join(s.lines, "\n"); !strings.Contains(text, "another process fetches it; waiting") {
		t.Errorf("said: %s", text)
	}
}

// A full disk: the error says so, the cache stays as it was, and the download
// goes on when there is room.
func TestFullDisk(t *testing.T) {
	cache := t.TempDir()
	if err := syscall.Mount("tmpfs", cache, "tmpfs", 0, "size=160k"); err != nil {
		t.Skipf("no small disk can be made here (mount: %v); it needs root", err)
	}
	defer func() {
		if err := syscall.Unmount(cache, 0); err != nil {
			t.Error(err)
		}
	}()
	var ranges []string
	way := serve(t, func(w http.ResponseWriter, r *http.Request) {
		ranges = append(ranges, r.Header.Get("Range"))
		whole(w, r)
	})
	if _, err := job(cache, way).Get(t.Context()); err == nil || !strings.Contains(err.Error(), "free some space") || !strings.Contains(err.Error(), "what was fetched is kept") {
		t.Fatalf("on a full disk: %v", err)
	}
	if err := syscall.Mount("tmpfs", cache, "tmpfs", syscall.MS_REMOUNT, "size=2m"); err != nil {
		t.Fatal(err)
	}
	if _, err := job(cache, way).Get(t.Context()); err != nil {
		t.Fatal(err)
	}
	arrived(t, cache)
	if len(ranges) != 2 || !strings.HasPrefix(ranges[1], "bytes=") {
		t.Errorf("ranges %q, expected the second request to go on", ranges)
	}
}

// program puts a shell script on the PATH, which is nothing else.
func program(t *testing.T, dir, name, script string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+script+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
}

func TestPackages(t *testing.T) {
	bin, store := t.TempDir(), t.TempDir()
	cat, err := exec.LookPath("cat")
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin)
	tgz := archive(map[string][]byte{"package/data/a.bin": content, "package/data/x/a.bin": []byte("no"), "package/index.js": []byte("no")})
	sum := fmt.Sprintf("%x", sha256.Sum256(tgz))
	if err := os.WriteFile(filepath.Join(store, "p.tgz"), tgz, 0o666); err != nil {
		t.Fatal(err)
	}
	npm := NPM{Package: "p@1", SHA256: sum, Under: "package/data"}
	get := func(way Way) (string, error) {
		cache := t.TempDir()
		_, err := job(cache, way).Get(t.Context())
		return cache, err
	}
	wrong := func(what string, way Way, part string) {
		t.Helper()
		if cache, err := get(way); err == nil || !strings.Contains(err.Error(), part) || len(left(t, cache)) > 0 {
			t.Errorf("%s: %v, left %v; expected %q and nothing", what, err, left(t, cache), part)
		}
	}
	wrong("no npm", npm, "npm is not on the PATH")
	program(t, bin, "npm", cat+" "+store+"/p.tgz >p-1.tgz; echo p-1.tgz")
	cache, err := get(npm)
	if err != nil {
		t.Fatal(err)
	}
	arrived(t, cache)
	wrong("another archive", NPM{Package: "p@1", SHA256: "00", Under: "package/data"}, "p-1.tgz has sha256 "+sum+", expected 00")
	wrong("another layout", NPM{Package: "p@1", SHA256: sum, Under: "package"}, "it has not all files: 1 are missing")
	program(t, bin, "npm", "echo npm error code ENOTFOUND >&2; exit 1")
	wrong("offline", npm, "ENOTFOUND")
	program(t, bin, "npm", "echo npm error ENOSPC: no space left on device >&2; exit 1")
	wrong("full", npm, "free some space")

	plain, _ := gzip.NewReader(bytes.NewReader(archive(map[string][]byte{"./usr/share/d/a.bin.gz": gz(content), "./usr/share/d/b": nil})))
	var tarball bytes.Buffer
	tarball.ReadFrom(plain)
	if err := os.WriteFile(filepath.Join(store, "p.deb"), tarball.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
	deb := Debian{Package: "d", Version: "1", SHA256: fmt.Sprintf("%x", sha256.Sum256(tarball.Bytes())), Under: "usr/share/d"}
	wrong("no apt-get", deb, "apt-get is not on the PATH")
	program(t, bin, "apt-get", "[ $1 = download ] && "+cat+" "+store+"/p.deb >d_1.deb")
	program(t, bin, "dpkg-deb", cat+" $2")
	if cache, err = get(deb); err != nil {
		t.Fatal(err)
	}
	arrived(t, cache)
	program(t, bin, "apt-get", "echo 'E: no such package'; exit 100")
	wrong("no package", deb, "E: no such package")
}

// Every set that has a way has files to check, and what a way brings is pinned.
func TestRecipes(t *testing.T) {
	for name, list := range ways {
		s, err := data.Lookup(name)
		if err != nil {
			t.Error(err)
		}
		for _, w := range list {
			switch w := w.(type) {
			case NPM:
				if len(w.SHA256) != 64 || !strings.Contains(w.Package, "@") {
					t.Errorf("%s: %v is not pinned", name, w)
				}
			case Debian:
				if len(w.SHA256) != 64 || w.Version == "" {
					t.Errorf("%s: %v is not pinned", name, w)
				}
			case Addresses:
				if !strings.HasSuffix(w.Base, "/") || len(w.Files) == 0 {
					t.Errorf("%s: %v", name, w)
				}
			}
		}
		for _, f := range s.Files {
			if f.Size == 0 {
				t.Errorf("%s: nothing is known of %s", name, f.Name)
			}
		}
	}
}

func TestContentRange(t *testing.T) {
	for in, want := range map[string]string{
		"bytes 5-99/100": "5 0 true", "bytes 0-0/*": "0 0 true", "bytes */100": "0 100 true",
		"": "0 0 false", "bytes 9-5/100": "0 0 false", "bytes -5-9/100": "0 0 false", "items 5-9/100": "0 0 false",
		"bytes 99999999999999999999-1/2": "0 0 false",
	} {
		first, total, ok := contentRange(in)
		if got := fmt.Sprint(first, total, ok); got != want {
			t.Errorf("%q: %s, expected %s", in, got, want)
		}
	}
}
