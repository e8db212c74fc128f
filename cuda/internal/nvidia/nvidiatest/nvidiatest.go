// Package nvidiatest makes stand-ins for NVIDIA's libraries, for tests: they have
// what package nvidia calls, compute by plain loops on host memory, and refuse
// what NVIDIA's refuse.
package nvidiatest

import (
	"embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

//go:embed c
var sources embed.FS

// Build makes libcublas.so.13, libcusolver.so.12, libcufft.so.12, libcudnn.so.9, and what
// they need, in folders below root as Python's wheels have them. It needs gcc.
func Build(root string) error {
	lib := func(package_, file string) string { return filepath.Join(root, "nvidia", package_, "lib", file) }
	lt, blas, solver := lib("lt", "libcublasLt.so.13"), lib("cublas", "libcublas.so.13"), lib("cusolver", "libcusolver.so.12")
	if err := Compile(lt, "cublasLt.c"); err != nil {
		return err
	}
	if err := Compile(blas, "cublas.c", lt); err != nil {
		return err
	}
	if err := Compile(solver, "cusolver.c", blas, "-Wl,-rpath-link,"+filepath.Dir(lt)); err != nil {
		return err
	}
	if err := Compile(lib("cufft", "libcufft.so.12"), "cufft.c"); err != nil {
		return err
	}
	for _, part := range []string{"graph", "ops", "cnn", "heuristic", "engines_precompiled"} {
		if err := Compile(lib("cudnn", "libcudnn_"+part+".so.9"), "part.c"); err != nil {
			return err
		}
	}
	return Compile(lib("cudnn", "libcudnn.so.9"), "cudnn.c")
}

// Compile makes a library of one source of this package.
func Compile(library, source string, more ...string) error {
	folder, err := os.MkdirTemp("", "nvidiatest")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	if err := os.CopyFS(folder, sources); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(library), 0o777); err != nil {
		return err
	}
	args := append([]string{"-shared", "-fPIC", "-O1", "-Wl,-soname," + filepath.Base(library), "-o", library, filepath.Join(folder, "c", source)}, more...)
	if out, err := exec.Command("gcc", append(args, "-lm")...).CombinedOutput(); err != nil {
		return fmt.Errorf("gcc, of %s: %w\n%s", source, err, out)
	}
	return nil
}
