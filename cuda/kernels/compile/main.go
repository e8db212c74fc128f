// Compile makes the PTX of the kernels in the working folder, and the manifest
// that says of what it was made. See compile.sh, which runs it.
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"syscall"

	"glassy/cuda/kernels/internal/manifest"
)

// chips that the PTX of each capability is assembled for, to see that it fits.
var chips = map[int][]int{60: {60}, 80: {80, 90}, 90: {90}}

const ptxFolder = "ptx"

func main() {
	var (
		library = flag.String("nvrtc", "", "path of libnvrtc")
		ptxas   = flag.String("ptxas", "", "path of ptxas")
		strict  = flag.Bool("strict", false, "fail on spills and stack frames")
		force   = flag.Bool("force", false, "compile what has not changed, too")
		check   = flag.Bool("check", false, "write nothing; fail where the result is not what is there (implies -strict and -force)")
	)
	flag.Parse()
	names := flag.Args()
	for i, name := range names {
		names[i] = strings.TrimSuffix(filepath.Base(name), ".cu")
	}
	r := runner{ptxas: *ptxas, check: *check, force: *force || *check}
	err := r.run(*library, names)
	if err != nil {
		fmt.Fprintln(os.Stderr, "compile:", err)
	}
	if r.spills > 0 {
		fmt.Fprintf(os.Stderr, "compile: %d entries SPILL or have a stack frame\n", r.spills)
	}
	if err != nil || r.spills > 0 && (*strict || *check) {
		os.Exit(1)
	}
}

type runner struct {
	compiler     *nvrtc
	ptxas        string
	check, force bool
	spills       int
}

// run compiles the named kernels, or all; one that is wrong does not keep the
// others from being compiled.
func (r *runner) run(library string, names []string) (err error) {
	if r.compiler, err = openNVRTC(library); err != nil {
		return err
	}
	defer r.compiler.close()
	all := len(names) == 0
	if all {
		if names, err = manifest.Kernels("."); err != nil {
			return err
		}
	}
	old, err := readManifest()
	if err != nil && !all {
		return fmt.Errorf("%w, without names", err)
	}
	results := make([]chan result, len(names))
	free := make(chan bool, runtime.NumCPU())
	for i, name := range names {
		results[i] = make(chan result, 1)
		go func() {
			free <- true
			results[i] <- r.kernel(name, old)
			<-free
		}()
	}
	var wrong []error
	for _, c := range results { // in their order
		done := <-c
		fmt.Print(done.report)
		r.spills += done.spills
		wrong = append(wrong, done.err)
	}
	return errors.Join(append(wrong, r.leftOver(old))...)
}

// A result of one file: a line for each entry, how many of these spill, and what
// was wrong.
type result struct {
	report string
	spills int
	err    error
}

// kernel compiles one file if it has changed.
func (r *runner) kernel(name string, old []manifest.Kernel) result {
	source, err := manifest.Read(".", name)
	if err != nil {
		return result{err: err}
	}
	k := manifest.Kernel{Name: name, Source: source.Hash(), Headers: source.HeaderNames(), Compiler: "NVRTC " + version, PTX: map[int]string{}}
	if i := slices.IndexFunc(old, func(o manifest.Kernel) bool { return o.Name == name }); i >= 0 && !r.force && upToDate(old[i], k, source.Capabilities()) {
		return result{}
	}
	ptx, used := map[int][]byte{}, map[int]map[string]usage{}
	for _, capability := range source.Capabilities() {
		text, err := r.compiler.compile(source, capability)
		if err != nil {
			return result{err: err}
		}
		entries := manifest.Entries(text)
		if len(entries) == 0 {
			return result{err: fmt.Errorf("%s.cu: no entry in it: kernels are extern \"C\" __global__ functions", name)}
		}
		if k.Entries != nil && !reflect.DeepEqual(k.Entries, entries) {
			return result{err: fmt.Errorf("%s.cu: its entries depend on the capability: %v and %v", name, k.Entries, entries)}
		}
		k.Entries, k.PTX[capability], ptx[capability] = entries, manifest.Hash(text), text
		for _, chip := range chips[capability] {
			if used[chip], err = assemble(r.ptxas, text, chip); err != nil {
				return result{err: fmt.Errorf("%s.cu: %w", name, err)}
			}
		}
	}
	done := report(k, used)
	if r.check {
		done.err = compare(k, ptx, old)
	} else {
		done.err = write(k, ptx)
	}
	return done
}

// write puts the PTX and the manifest's line in their places.
func write(k manifest.Kernel, ptx map[int][]byte) error {
	for capability, text := range ptx {
		if err := writeWhole(filepath.Join(ptxFolder, manifest.File(k.Name, capability)), text); err != nil {
			return err
		}
	}
	return changeManifest(func(all []manifest.Kernel) []manifest.Kernel {
		all = slices.DeleteFunc(all, func(o manifest.Kernel) bool { return o.Name == k.Name })
		return append(all, k)
	})
}

// upToDate reports whether the manifest's line is still right, and its PTX there.
func upToDate(old, now manifest.Kernel, capabilities []int) bool {
	if old.Source != now.Source || old.Compiler != now.Compiler {
		return false
	}
	for _, capability := range capabilities {
		text, err := os.ReadFile(filepath.Join(ptxFolder, manifest.File(old.Name, capability)))
		if err != nil || manifest.Hash(text) != old.PTX[capability] {
			return false
		}
	}
	return true
}

// compare is -check.
func compare(k manifest.Kernel, ptx map[int][]byte, old []manifest.Kernel) error {
	for capability, text := range ptx {
		file := filepath.Join(ptxFolder, manifest.File(k.Name, capability))
		if have, err := os.ReadFile(file); err != nil {
			return err
		} else if !bytes.Equal(have, text) {
			return fmt.Errorf("%s is not what %s.cu compiles to; run cuda/kernels/compile.sh -force %s", file, k.Name, k.Name)
		}
	}
	i := slices.IndexFunc(old, func(o manifest.Kernel) bool { return o.Name == k.Name })
	if i < 0 || !bytes.Equal(manifest.Format(old[i:i+1]), manifest.Format([]manifest.Kernel{k})) {
		return fmt.Errorf("%s: the line of %s is not right; run cuda/kernels/compile.sh %s", manifest.Name, k.Name, k.Name)
	}
	return nil
}

// report has a line for each entry: registers on each chip, shared memory, and
// loudly what lies in slow memory for want of registers.
func report(k manifest.Kernel, used map[int]map[string]usage) (done result) {
	var lines strings.Builder
	for _, e := range k.Entries {
		fmt.Fprintf(&lines, "%-36s registers", e.Name)
		var loud []string
		for _, chip := range []int{60, 80, 90} {
			u := used[chip][e.Name]
			fmt.Fprintf(&lines, " %3d", u.registers)
			if u.stack+u.stores+u.loads > 0 {
				loud = append(loud, fmt.Sprintf("sm_%d stack %d, spilled %d/%d", chip, u.stack, u.stores, u.loads))
			}
		}
		fmt.Fprintf(&lines, "   shared %6d", used[80][e.Name].shared)
		if len(loud) > 0 {
			done.spills++
			fmt.Fprintf(&lines, "   SPILLS: %s", strings.Join(loud, "; "))
		}
		lines.WriteByte('\n')
	}
	done.report = lines.String()
	return done
}

// leftOver takes away, or with -check reports, what has no source any more, of
// whatever name.
func (r *runner) leftOver(old []manifest.Kernel) error {
	gone := func(name string) bool {
		_, err := os.Stat(name + ".cu")
		return errors.Is(err, fs.ErrNotExist)
	}
	stale := func(k manifest.Kernel) bool { return gone(k.Name) }
	files, err := filepath.Glob(filepath.Join(ptxFolder, "*.ptx"))
	if err != nil {
		return err
	}
	files = slices.DeleteFunc(files, func(f string) bool {
		name, _, _ := strings.Cut(filepath.Base(f), ".")
		return !gone(name)
	})
	switch {
	case len(files) == 0 && !slices.ContainsFunc(old, stale):
		return nil
	case r.check:
		return fmt.Errorf("without source: %v, or lines in %s; run cuda/kernels/compile.sh", files, manifest.Name)
	}
	for _, f := range files {
		fmt.Println("removed", f)
		if err := os.Remove(f); err != nil {
			return err
		}
	}
	return changeManifest(func(all []manifest.Kernel) []manifest.Kernel { return slices.DeleteFunc(all, stale) })
}

func readManifest() ([]manifest.Kernel, error) {
	text, err := os.ReadFile(manifest.Name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return manifest.Parse(text)
}

// changeManifest edits the manifest while no other run does.
func changeManifest(edit func([]manifest.Kernel) []manifest.Kernel) error {
	folder, err := os.Open(".")
	if err != nil {
		return err
	}
	defer folder.Close() // which unlocks
	if err := syscall.Flock(int(folder.Fd()), syscall.LOCK_EX); err != nil {
		return err
	}
	all, _ := readManifest() // one that cannot be read, after a merge say, is made anew
	return writeWhole(manifest.Name, manifest.Format(edit(all)))
}

// writeWhole replaces a file at once: a reader sees the old or the new.
func writeWhole(file string, text []byte) error {
	f, err := os.CreateTemp(filepath.Dir(file), ".new")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // nothing, once it is renamed
	_, err = f.Write(text)
	if err = errors.Join(err, f.Chmod(0o644), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), file)
}
