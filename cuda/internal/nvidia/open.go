package nvidia

import (
	"debug/elf"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"unsafe"

	"github.com/ebitengine/purego"
)

// layouts are the folders of libraries within what [Folders] is given.
var layouts = []string{"", "lib64", "lib", "targets/*-linux/lib", "nvidia/*/lib", "lib/python3*/*-packages/nvidia/*/lib"}

// Folders are all in and below roots, in order, where libraries may lie. A root
// is a CUDA toolkit, a Python environment or its site-packages with NVIDIA's
// wheels, or what holds the files themselves; it may have wildcards.
func Folders(roots ...string) []string {
	var all []string
	for _, root := range roots {
		for _, layout := range layouts {
			found, _ := filepath.Glob(filepath.Join(root, layout)) // only a wrong pattern is an error
			all = append(all, found...)
		}
	}
	return all
}

// A library is an open one. It stays open: NVIDIA's do not bear being closed.
type library struct {
	name string // "cuBLAS"
	path string // or the name that the system's linker found it by
	open uintptr
}

// openLibrary opens the first file of those names, the names in order, that
// serves: use sees to that.
func openLibrary(name string, folders, files []string, use func(*library) error) error {
	var reasons []string
	for _, file := range files {
		paths := present(folders, file)
		if len(paths) == 0 {
			paths = []string{file} // the system's linker may know it
		}
		for _, path := range paths {
			openNeeded(path, append([]string{filepath.Dir(path)}, folders...), map[string]bool{})
			handle, err := purego.Dlopen(path, purego.RTLD_NOW|purego.RTLD_LOCAL)
			if err != nil && path == file {
				continue // it does not
			}
			if err == nil {
				err = use(&library{name, path, handle})
			}
			if err == nil {
				return nil
			}
			reasons = append(reasons, fmt.Sprintf("%s: %v", path, err))
		}
	}
	if len(reasons) == 0 {
		return fmt.Errorf("%s was not found: none of %s", name, strings.Join(files, ", "))
	}
	return fmt.Errorf("%s does not serve: %s", name, strings.Join(reasons, "; "))
}

// present are the paths of a file in those folders that have it.
func present(folders []string, file string) []string {
	var all []string
	for _, folder := range folders {
		path := filepath.Join(folder, file)
		if _, err := os.Stat(path); err == nil {
			all = append(all, path)
		}
	}
	return all
}

// openNeeded opens what NVIDIA's library at path needs of NVIDIA's others, from
// folders that the linker does not know, as those of Python's wheels. Where one
// is not found, the linker may find it, or says so when it opens the library.
func openNeeded(path string, folders []string, seen map[string]bool) {
	f, err := elf.Open(path)
	if err != nil {
		return
	}
	needed, _ := f.ImportedLibraries()
	f.Close()
	for _, file := range needed {
		if seen[file] || !strings.HasPrefix(file, "libcu") && !strings.HasPrefix(file, "libnv") || strings.HasPrefix(file, "libcuda.so") {
			continue
		}
		seen[file] = true
		for _, folder := range folders {
			other := filepath.Join(folder, file)
			openNeeded(other, folders, seen)
			if _, err := purego.Dlopen(other, purego.RTLD_NOW|purego.RTLD_GLOBAL); err == nil {
				break
			}
		}
	}
}

// bind looks functions up.
func (l *library) bind(functions map[string]*uintptr) error {
	for name, f := range functions {
		var err error
		if *f, err = purego.Dlsym(l.open, name); err != nil {
			return fmt.Errorf("no %s in it", name)
		}
	}
	return nil
}

// call calls a function, which answers with a status.
//
//go:uintptrescapes
func call(f uintptr, args ...uintptr) int32 {
	status, _, _ := purego.SyscallN(f, args...)
	return int32(status)
}

// version asks a library's GetProperty function.
func (l *library) version(getProperty uintptr) string {
	var v [3]int32
	for i := range v {
		call(getProperty, uintptr(i), uintptr(unsafe.Pointer(&v[i])))
	}
	return fmt.Sprintf("%s %d.%d.%d at %s", l.name, v[0], v[1], v[2], l.path)
}

// failed is the error of a status with that name, nil of success.
func (l *library) failed(status int32, name, doing string) error {
	if status == 0 {
		return nil
	}
	if name == "" {
		name = "unknown status"
	}
	return fmt.Errorf("%s: %s: %s (%d)", l.name, doing, name, status)
}
