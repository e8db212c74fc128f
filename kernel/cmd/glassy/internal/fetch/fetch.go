package fetch

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"glassy/kernel/cmd/glassy/internal/files"
	"glassy/lab/data"
)

// A Job is what Get does.
type Job struct {
	Source data.Source
	Ways   []Way    // tried in turn
	Cache  string   // the folder below which Source.Folders[0] is
	Dirs   []string // where else the set may lie already
	Say    func(format string, args ...any)
	Report Report
}

// A Report tells how far a download is; total 0 is unknown.
type Report func(name string, done, total int64)

// A Way brings a set's files.
type Way interface {
	// String is what it does, for people.
	String() string
	// fetch puts what in needs, in any order. work is a folder that outlives a
	// failure: a download that was cut off goes on there.
	fetch(ctx context.Context, work string, in *intake, report Report) error
}

// Get brings the files of a set that no folder has; fetched is false when all
// were there. It is an error that tells of
// every way that was tried; what those have brought is kept, and so is what lay
// there before.
func (j *Job) Get(ctx context.Context) (fetched bool, err error) {
	if err := os.MkdirAll(j.Cache, 0o777); err != nil {
		return false, fmt.Errorf("make %s: %w", j.Cache, files.Hint(err))
	}
	unlock, err := j.lock(ctx)
	if err != nil {
		return false, err
	}
	defer unlock()
	in := &intake{dir: filepath.Join(j.Cache, j.Source.Folders[0]), missing: j.missing()}
	if len(in.missing) == 0 {
		return false, nil
	}
	work := filepath.Join(j.Cache, "."+j.Source.Name+".part")
	for _, dir := range []string{in.dir, work} {
		if err := os.MkdirAll(dir, 0o777); err != nil {
			return false, fmt.Errorf("make %s: %w", dir, files.Hint(err))
		}
	}
	var tried []string
	for i, way := range j.Ways {
		if i > 0 {
			j.Say("%s: that failed: %s", j.Source.Name, tried[i-1])
		}
		j.Say("%s: %s", j.Source.Name, way)
		err := way.fetch(ctx, work, in, j.Report)
		if ctx.Err() != nil {
			return false, fmt.Errorf("stopped; glassy data get %s goes on from here: %w", j.Source.Name, context.Cause(ctx))
		}
		if err == nil && len(in.missing) > 0 {
			err = fmt.Errorf("it has not all files: %d are missing", len(in.missing))
		}
		if err == nil {
			return true, os.RemoveAll(work)
		}
		if diskFull(err) {
			return false, fmt.Errorf("%w; then run this again: what was fetched is kept", err) // another way would fill the same disk
		}
		tried = append(tried, fmt.Sprintf("%s: %v", way, err))
	}
	os.Remove(work)   // when nothing is in it to resume
	os.Remove(in.dir) // when nothing came
	why := "no way to fetch it is known"
	if len(tried) > 0 {
		why = "no way led there:\n  " + strings.Join(tried, "\n  ")
	}
	return false, fmt.Errorf("%s: %s\nPut the files into a folder %s, and name the folder above it by GLASSY_DATA: %s\nTerms: %s",
		j.Source.Name, why, j.Source.Folders[0], strings.Join(names(j.Source), ", "), j.Source.Terms)
}

func names(s data.Source) []string {
	var all []string
	for _, f := range s.Files {
		all = append(all, f.Name)
	}
	return all
}

// missing are the files of the source that no folder has a right copy of.
func (j *Job) missing() map[string]data.File {
	missing := map[string]data.File{}
	for _, f := range j.Source.Find(append([]string{j.Cache}, j.Dirs...)...) {
		if f.Err != nil {
			missing[f.File.Name] = f.File
		}
	}
	return missing
}

// An intake takes the files that are missing.
type intake struct {
	dir     string
	missing map[string]data.File
}

func (in *intake) needs(name string) bool {
	_, ok := in.missing[name]
	return ok
}

// put checks a file and moves it to its place, in one step.
func (in *intake) put(name string, b []byte) error {
	f, ok := in.missing[name]
	if !ok {
		return nil // here already
	}
	if err := f.Check(b); err != nil {
		return fmt.Errorf("%s %w", name, err)
	}
	if err := files.Save(filepath.Join(in.dir, name), b); err != nil {
		return err
	}
	delete(in.missing, name)
	return nil
}

func diskFull(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}

// lock waits until no other process fetches this set.
func (j *Job) lock(ctx context.Context) (unlock func(), err error) {
	name := filepath.Join(j.Cache, "."+j.Source.Name+".lock")
	f, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o666)
	if err != nil {
		return nil, fmt.Errorf("lock %s: %w", name, files.Hint(err))
	}
	err = flock(f, syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		j.Say("%s: another process fetches it; waiting", j.Source.Name)
		locked := make(chan error, 1)
		go func() { locked <- flock(f, syscall.LOCK_EX) }()
		select {
		case err = <-locked:
		case <-ctx.Done():
			return nil, context.Cause(ctx) // the lock that may still come ends with the process
		}
	}
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("lock %s: %w", name, err)
	}
	return func() { f.Close() }, nil
}

func flock(f *os.File, how int) error {
	for {
		if err := syscall.Flock(int(f.Fd()), how); !errors.Is(err, syscall.EINTR) {
			return err
		}
	}
}
