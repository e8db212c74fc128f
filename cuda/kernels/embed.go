package kernels

import (
	"embed"
	"fmt"
	"slices"
	"sync"

	"glassy/cuda/kernels/internal/manifest"
)

//go:embed manifest.json ptx
var files embed.FS

// An Entry is a function that can be launched: its name, and its parameters'
// sizes in bytes.
type Entry = manifest.Entry

// table is the manifest, read once.
var table = sync.OnceValue(func() []manifest.Kernel {
	text, err := files.ReadFile(manifest.Name)
	if err != nil {
		panic(err) // it is in the program
	}
	all, err := manifest.Parse(text)
	if err != nil {
		panic("kernels: " + err.Error()) // TestManifest saw it whole
	}
	return all
})

// homes finds the kernel file of each entry.
var homes = sync.OnceValue(func() map[string]string {
	m := map[string]string{}
	for _, k := range table() {
		for _, e := range k.Entries {
			m[e.Name] = k.Name
		}
	}
	return m
})

// Names are the kernel files, in order, without their endings.
func Names() []string {
	names := make([]string, 0, len(table()))
	for _, k := range table() {
		names = append(names, k.Name)
	}
	return names
}

// PTX is the compiled text of a kernel file for a chip of a compute capability
// (10*major + minor, 90 for an H200): the newest that the chip can run. The
// driver compiles it further for the chip itself.
func PTX(name string, capability int) ([]byte, error) {
	i := slices.IndexFunc(table(), func(k manifest.Kernel) bool { return k.Name == name })
	best := 0
	if i >= 0 {
		for c := range table()[i].PTX {
			if c <= capability {
				best = max(best, c)
			}
		}
	}
	if capability < manifest.Capabilities[0] {
		return nil, fmt.Errorf("kernels: compute capability %d.%d: the kernels need %d.%d or later",
			capability/10, capability%10, manifest.Capabilities[0]/10, manifest.Capabilities[0]%10)
	}
	text, err := files.ReadFile("ptx/" + manifest.File(name, best))
	if err != nil {
		return nil, fmt.Errorf("kernels: no kernel file %q: run cuda/kernels/compile.sh", name)
	}
	return text, nil
}

// Entries are the functions in a kernel file, in its order; nil for a file that
// is not there.
func Entries(name string) []Entry {
	i := slices.IndexFunc(table(), func(k manifest.Kernel) bool { return k.Name == name })
	if i < 0 {
		return nil
	}
	return table()[i].Entries
}

// Home is the kernel file that an entry is in.
func Home(entry string) (file string, ok bool) {
	file, ok = homes()[entry]
	return file, ok
}
