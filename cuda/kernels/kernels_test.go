package kernels_test

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"glassy/cuda/kernels"
	"glassy/cuda/kernels/internal/manifest"
)

const remedy = "run cuda/kernels/compile.sh"

// The committed PTX is that of the committed sources.
func TestManifest(t *testing.T) {
	text, err := os.ReadFile(manifest.Name)
	if err != nil {
		t.Fatal(err)
	}
	listed, err := manifest.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	if string(manifest.Format(listed)) != string(text) {
		t.Errorf("%s is not as compile.sh writes it", manifest.Name)
	}
	names, err := manifest.Kernels(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if !slices.ContainsFunc(listed, func(k manifest.Kernel) bool { return k.Name == name }) {
			t.Errorf("%s.cu is not in %s; %s", name, manifest.Name, remedy)
		}
	}
	home := map[string]string{}
	for _, k := range listed {
		source, err := manifest.Read(".", k.Name)
		if err != nil {
			t.Errorf("%s: %v; %s", manifest.Name, err, remedy)
			continue
		}
		if source.Hash() != k.Source || !slices.Equal(source.HeaderNames(), k.Headers) {
			t.Errorf("%s.cu or a header of it was changed after it was compiled; %s", k.Name, remedy)
		}
		if len(k.PTX) != len(source.Capabilities()) {
			t.Errorf("%s.cu is compiled for %d capabilities, and asks for %d; %s", k.Name, len(k.PTX), len(source.Capabilities()), remedy)
		}
		for _, capability := range source.Capabilities() {
			file := filepath.Join("ptx", manifest.File(k.Name, capability))
			ptx, err := os.ReadFile(file)
			if err != nil {
				t.Errorf("%v; %s", err, remedy)
				continue
			}
			if manifest.Hash(ptx) != k.PTX[capability] {
				t.Errorf("%s is not what was compiled; %s", file, remedy)
			}
			if have := manifest.Entries(ptx); len(have) == 0 || !reflect.DeepEqual(have, k.Entries) {
				t.Errorf("%s has the entries %v, %s says %v; %s", file, have, manifest.Name, k.Entries, remedy)
			}
		}
		for _, e := range k.Entries {
			if other := home[e.Name]; other != "" {
				t.Errorf("entry %s is in %s.cu and in %s.cu", e.Name, other, k.Name)
			}
			home[e.Name] = k.Name
		}
	}
	compiled, err := filepath.Glob("ptx/*.ptx")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range compiled {
		name, _, _ := strings.Cut(filepath.Base(file), ".")
		if !slices.Contains(names, name) {
			t.Errorf("%s has no source; %s", file, remedy)
		}
	}
}

func TestPTX(t *testing.T) {
	for _, name := range kernels.Names() {
		source, err := manifest.Read(".", name)
		if err != nil {
			t.Fatal(err)
		}
		for capability, base := range map[int]int{60: 60, 75: 60, 80: 80, 90: 80, 120: 80} {
			for _, c := range source.Capabilities() { // some ask for more than all have
				if c <= capability {
					base = max(base, c)
				}
			}
			text, err := kernels.PTX(name, capability)
			if target := fmt.Sprintf("sm_%d", base); err != nil {
				t.Error(err)
			} else if !strings.Contains(string(text), "\n.target "+target+"\n") {
				t.Errorf("PTX(%q, %d) is not for %s", name, capability, target)
			}
		}
		if len(kernels.Entries(name)) == 0 {
			t.Errorf("Entries(%q) has none", name)
		}
		for _, e := range kernels.Entries(name) {
			if file, ok := kernels.Home(e.Name); !ok || file != name {
				t.Errorf("Home(%q) = %q, %v, want %q", e.Name, file, ok, name)
			}
		}
	}
	if _, err := kernels.PTX("glassy", 90); err == nil || !strings.Contains(err.Error(), remedy) {
		t.Errorf("PTX of no kernel: %v, want what to do", err)
	}
	if _, err := kernels.PTX("glassy", 52); err == nil || !strings.Contains(err.Error(), "compute capability 5.2: the kernels need 6.0") {
		t.Errorf("PTX for an old chip: %v, want what it needs", err)
	}
	if e, f := kernels.Entries("glassy"), "glassy"; e != nil {
		t.Errorf("Entries(%q) = %v", f, e)
	}
	if _, ok := kernels.Home("glassy"); ok {
		t.Error("there is a home for no entry")
	}
}
