package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

// usage is what ptxas says about a function on one chip.
type usage struct {
	registers, shared, stack, stores, loads int
}

var (
	function  = regexp.MustCompile(`Compiling entry function '(\S+)' for 'sm_(\d+)'`)
	memory    = regexp.MustCompile(`(\d+) bytes stack frame, (\d+) bytes spill stores, (\d+) bytes spill loads`)
	registers = regexp.MustCompile(`Used (\d+) registers`)
	shared    = regexp.MustCompile(`(\d+) bytes smem`)
)

// assemble runs ptxas for a chip, and returns what each entry uses.
func assemble(ptxas string, text []byte, chip int) (map[string]usage, error) {
	folder, err := os.MkdirTemp("", "ptxas")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	file := filepath.Join(folder, "kernel.ptx")
	if err := os.WriteFile(file, text, 0o666); err != nil {
		return nil, err
	}
	out, err := exec.Command(ptxas, "-v", fmt.Sprintf("-arch=sm_%d", chip), file, "-o", filepath.Join(folder, "cubin")).CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("ptxas for sm_%d: %w\n%s", chip, err, out)
	}
	return usages(string(out)), nil
}

// usages reads what ptxas -v says. What a function that was not inlined keeps in
// slow memory is counted to the entry before it.
func usages(out string) map[string]usage {
	all := map[string]usage{}
	name := ""
	for line := range strings.Lines(out) {
		if m := function.FindStringSubmatch(line); m != nil {
			name = m[1]
		}
		u := all[name]
		if m := memory.FindStringSubmatch(line); m != nil {
			var more usage
			fmt.Sscan(strings.Join(m[1:], " "), &more.stack, &more.stores, &more.loads)
			u.stack, u.stores, u.loads = u.stack+more.stack, u.stores+more.stores, u.loads+more.loads
		}
		if m := registers.FindStringSubmatch(line); m != nil {
			fmt.Sscan(m[1], &u.registers)
		}
		if m := shared.FindStringSubmatch(line); m != nil {
			fmt.Sscan(m[1], &u.shared)
		}
		if name != "" {
			all[name] = u
		}
	}
	return all
}
