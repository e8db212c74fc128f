package main

import (
	"bytes"
	"embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"glassy/cuda/kernels/internal/manifest"
)

// version of the compiler that compile.sh fetches.
const version = "11.8.89"

//go:embed nvrtc
var sources embed.FS

// nvrtc is NVIDIA's run-time compiler, run by a small program in C: a process
// for each file, whose heap always lies at the same address (nvrtc/heap.c).
type nvrtc struct {
	library string
	folder  string // of the program
}

func openNVRTC(library string) (*nvrtc, error) {
	folder, err := os.MkdirTemp("", "nvrtc")
	if err != nil {
		return nil, err
	}
	c := &nvrtc{library, folder}
	if err := os.CopyFS(folder, sources); err != nil {
		return nil, err
	}
	out, err := exec.Command("gcc", "-O2", "-Wall", "-Werror", "-rdynamic", "-o", c.program(),
		filepath.Join(folder, "nvrtc", "main.c"), filepath.Join(folder, "nvrtc", "heap.c"), "-ldl", "-lpthread").CombinedOutput()
	if err != nil {
		c.close()
		return nil, fmt.Errorf("gcc: %w\n%s", err, out)
	}
	return c, nil
}

func (c *nvrtc) program() string { return filepath.Join(c.folder, "compiler") }

func (c *nvrtc) close() { os.RemoveAll(c.folder) }

// compile makes PTX for a capability. A warning is an error.
func (c *nvrtc) compile(s *manifest.Source, capability int) ([]byte, error) {
	folder, err := os.MkdirTemp(c.folder, s.Name)
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	file := s.Name + ".cu"
	texts := map[string][]byte{file: s.Text}
	for name, text := range s.Headers {
		texts[name] = text
	}
	for name, text := range texts {
		if err := os.WriteFile(filepath.Join(folder, name), text, 0o666); err != nil {
			return nil, err
		}
	}
	run := exec.Command(c.program(), append([]string{c.library, strconv.Itoa(capability), file}, s.HeaderNames()...)...)
	var ptx, log bytes.Buffer
	run.Dir, run.Stdout, run.Stderr = folder, &ptx, &log
	err = run.Run()
	words := strings.TrimSpace(log.String())
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s for compute_%d: %w\n%s", file, capability, err, words)
	case words != "":
		return nil, fmt.Errorf("%s for compute_%d: warnings\n%s", file, capability, words)
	case !strings.Contains(ptx.String(), "V"+version+"\n"):
		return nil, fmt.Errorf("%s is not NVRTC %s: take away the folder that it is in, and run compile.sh again", c.library, version)
	}
	return ptx.Bytes(), nil
}
