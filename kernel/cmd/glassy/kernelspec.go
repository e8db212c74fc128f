package main

import (
	"embed"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"glassy/kernel/cmd/glassy/internal/files"
)

// How Jupyter knows the kernel.
const (
	kernelName  = "glassy"
	displayName = "Go (Glassy)"

	yaegiKernelName  = "glassy-yaegi"
	yaegiDisplayName = "Go (Glassy, no toolchain)"
)

//go:embed logo
var logo embed.FS

// kernelspec is kernel.json.
type kernelspec struct {
	Argv          []string       `json:"argv"`
	DisplayName   string         `json:"display_name"`
	Language      string         `json:"language"`
	InterruptMode string         `json:"interrupt_mode"`
	Metadata      map[string]any `json:"metadata"`
}

// writeKernelspec puts the kernelspec that runs a program with an engine into dir.
func writeKernelspec(dir, program, name, engine string) error {
	argv := []string{program, "kernel", "--connection-file", "{connection_file}"}
	if engine != nativeEngine {
		argv = append(argv, "--engine", engine)
	}
	return files.Replace(dir, func(d string) error {
		b, err := json.MarshalIndent(kernelspec{
			Argv:          argv,
			DisplayName:   name,
			Language:      "go",
			InterruptMode: "message",
			Metadata:      map[string]any{"debugger": engine == nativeEngine},
		}, "", "  ")
		if err != nil {
			return fmt.Errorf("kernel.json: %w", err)
		}
		if err := files.Save(filepath.Join(d, "kernel.json"), append(b, '\n')); err != nil {
			return err
		}
		entries, err := logo.ReadDir("logo")
		if err != nil {
			return fmt.Errorf("logo: %w", err)
		}
		for _, e := range entries {
			b, err := logo.ReadFile("logo/" + e.Name())
			if err != nil {
				return fmt.Errorf("logo: %w", err)
			}
			if err := files.Save(filepath.Join(d, e.Name()), b); err != nil {
				return err
			}
		}
		return nil
	})
}

// readKernelspec is the kernelspec in dir, if it is one of ours.
func readKernelspec(dir string) (spec kernelspec, ours bool) {
	b, err := os.ReadFile(filepath.Join(dir, "kernel.json"))
	if err != nil || json.Unmarshal(b, &spec) != nil || len(spec.Argv) < 2 {
		return kernelspec{}, false
	}
	return spec, filepath.Base(spec.Argv[0]) == "glassy" && spec.Argv[1] == "kernel"
}

// jupyterData is the user's folder of Jupyter, as jupyter_core finds it.
func (a *app) jupyterData() (string, error) {
	if dir := a.getenv("JUPYTER_DATA_DIR"); dir != "" {
		return filepath.Abs(dir)
	}
	f, err := a.folders()
	if err != nil {
		return "", err
	}
	return filepath.Join(f.data, "jupyter"), nil
}

// place is where a kernelspec goes.
type place struct {
	prefix    string
	user, sys bool
}

// kernels is the folder of kernelspecs of a place.
func (a *app) kernels(p place) (string, error) {
	switch {
	case p.prefix != "":
		dir, err := filepath.Abs(p.prefix)
		return filepath.Join(dir, "share", "jupyter", "kernels"), err
	case p.sys:
		prefix, err := a.sysPrefix()
		return filepath.Join(prefix, "share", "jupyter", "kernels"), err
	}
	dir, err := a.jupyterData()
	return filepath.Join(dir, "kernels"), err
}

// sysPrefix is the root of the active Python environment.
func (a *app) sysPrefix() (string, error) {
	for _, name := range []string{"VIRTUAL_ENV", "CONDA_PREFIX"} {
		if dir := a.getenv(name); dir != "" {
			return dir, nil
		}
	}
	for _, python := range []string{"python3", "python"} {
		if out, err := exec.Command(python, "-c", "import sys; print(sys.prefix)").Output(); err == nil {
			return strings.TrimSpace(string(out)), nil
		}
	}
	return "", fmt.Errorf("--sys-prefix: no Python environment is active and no python3 is on the PATH; use --prefix DIR")
}

// kernelFolders are all folders where Jupyter looks for kernelspecs, the first
// one first.
func (a *app) kernelFolders() (dirs []string) {
	add := func(dir string, below ...string) {
		d := filepath.Join(append([]string{dir}, below...)...)
		if !slices.Contains(dirs, d) {
			dirs = append(dirs, d)
		}
	}
	for _, dir := range filepath.SplitList(a.getenv("JUPYTER_PATH")) {
		if dir != "" {
			add(dir, "kernels")
		}
	}
	if dir, err := a.jupyterData(); err == nil {
		add(dir, "kernels")
	}
	if dir, err := a.sysPrefix(); err == nil {
		add(dir, "share", "jupyter", "kernels")
	}
	add("/usr/local/share/jupyter/kernels")
	add("/usr/share/jupyter/kernels")
	return dirs
}
