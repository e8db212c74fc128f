package main

import (
	"encoding/json"
	"errors"
	"image/png"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// module writes a small module called glassy and returns its folder.
func module(t *testing.T, l *lab) string {
	t.Helper()
	root := filepath.Join(l.home, "clone")
	for name, content := range map[string]string{
		"go.mod":                       "module glassy\n\ngo 1.26.0\n",
		"go.sum":                       "",
		"README.md":                    "no",
		"main_test.go":                 "package none",
		"kernel/cmd/session/main.go":   "package main\n\nfunc main() {}\n",
		"kernel/cmd/session/a_test.go": "package main\n",
		"kernel/conformance/x.py":      "no",
		"lab/doc.go":                   "package lab\n\nimport _ \"embed\"\n\n//go:embed data/a.txt \"data/b c.txt\"\nvar x string\n\n//go:embed all:testdata/tree\nvar y string\n",
		"lab/data/a.txt":               "a",
		"lab/data/b c.txt":             "b",
		"lab/data/unused.txt":          "no",
		"lab/testdata/tree/deep/f":     "f",
		"lab/testdata/other":           "no",
		"lab/asm_amd64.s":              "// asm",
		"lab/.hidden.go":               "package lab",
		"notebooks/a.ipynb":            "no",
	} {
		write(t, filepath.Join(root, name), content)
	}
	return root
}

// tree lists all files below dir.
func tree(t *testing.T, dir string) (names []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
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

func TestInstallAndUninstall(t *testing.T) {
	l := newLab(t, "")
	root := module(t, l)
	home := filepath.Join(l.home, ".local/share/glassy")
	spec := filepath.Join(l.home, ".local/share/jupyter/kernels/glassy")
	for range 2 { // the second time nothing is different
		l.run(t, exitOK, "install", "--source", root)
		says(t, l.out.String(), "Jupyter now offers \"Go (Glassy)\".", spec, home)
		says(t, l.err.String(), "preparing")
	}
	want := []string{
		"go.mod", "go.sum", "kernel/cmd/session/main.go", "lab/asm_amd64.s", "lab/data/a.txt", "lab/data/b c.txt",
		"lab/doc.go", "lab/testdata/tree/deep/f",
	}
	if got := tree(t, filepath.Join(home, "src")); !slices.Equal(got, want) {
		t.Errorf("source:\n got %q\nwant %q", got, want)
	}
	if got := tree(t, home); len(got) != len(want)+2 { // and the program and install.json
		t.Errorf("home holds %q", got)
	}

	var k map[string]any
	if err := json.Unmarshal([]byte(read(t, filepath.Join(spec, "kernel.json"))), &k); err != nil {
		t.Fatal(err)
	}
	argv, _ := json.Marshal(k["argv"])
	if string(argv) != `["`+home+`/bin/glassy","kernel","--connection-file","{connection_file}"]` {
		t.Errorf("argv %s", argv)
	}
	metadata, _ := json.Marshal(k["metadata"])
	if k["display_name"] != "Go (Glassy)" || k["language"] != "go" || k["interrupt_mode"] != "message" || string(metadata) != `{"debugger":true}` {
		t.Errorf("kernel.json %v", k)
	}
	for name, width := range map[string]int{"logo-32x32.png": 32, "logo-64x64.png": 64} {
		f, err := os.Open(filepath.Join(spec, name))
		if err != nil {
			t.Fatal(err)
		}
		c, err := png.DecodeConfig(f)
		f.Close()
		if err != nil || c.Width != width || c.Height != width {
			t.Errorf("%s is %d×%d (%v)", name, c.Width, c.Height, err)
		}
	}
	says(t, read(t, filepath.Join(spec, "logo-svg.svg")), "<svg xmlns=")
	if info, err := os.Stat(filepath.Join(home, "bin/glassy")); err != nil || info.Mode().Perm()&0o111 == 0 {
		t.Errorf("the program: %v, %v", info, err)
	}
	if len(l.prepared) != 2 || l.prepared[0].Home != home || l.prepared[0].Cache != filepath.Join(l.home, ".cache/glassy") {
		t.Errorf("prepared with %+v", l.prepared)
	}

	// A second place, without the clone; uninstall knows of both.
	if err := os.RemoveAll(root); err != nil {
		t.Fatal(err)
	}
	t.Chdir(l.home)
	prefix := filepath.Join(l.home, "prefix")
	l.run(t, exitOK, "install", "--prefix", prefix)
	says(t, l.out.String(), "set JUPYTER_PATH="+prefix+"/share/jupyter")
	other := filepath.Join(prefix, "share/jupyter/kernels/glassy")
	if !exists(filepath.Join(other, "kernel.json")) {
		t.Error("no kernelspec below the prefix")
	}
	l.run(t, exitOK, "uninstall")
	says(t, l.out.String(), "removed "+spec, "removed "+other, "removed "+home, "removed "+filepath.Join(l.home, ".cache/glassy"))
	if left := tree(t, l.home); len(left) != 0 {
		t.Errorf("left behind: %q", left)
	}
	if exists(filepath.Join(l.home, ".local")) || exists(filepath.Join(l.home, ".cache")) {
		t.Error("empty folders were left behind")
	}
	l.run(t, exitOK, "uninstall")
	says(t, l.out.String(), "nothing is installed")
}

func TestInstallFollowsJupytersVariables(t *testing.T) {
	for name, c := range map[string]struct {
		env  map[string]string
		args []string
		want string
		path bool // told to set JUPYTER_PATH
	}{
		"JUPYTER_DATA_DIR": {map[string]string{"JUPYTER_DATA_DIR": "jd"}, nil, "jd/kernels/glassy", false},
		"XDG_DATA_HOME":    {map[string]string{"XDG_DATA_HOME": "xd"}, []string{"--user"}, "xd/jupyter/kernels/glassy", false},
		"--sys-prefix":     {nil, []string{"--sys-prefix"}, "venv/share/jupyter/kernels/glassy", false},
		"conda":            {map[string]string{"VIRTUAL_ENV": "", "CONDA_PREFIX": "conda"}, []string{"--sys-prefix"}, "conda/share/jupyter/kernels/glassy", false},
		"JUPYTER_PATH":     {map[string]string{"JUPYTER_PATH": "p/share/jupyter"}, []string{"--prefix", "p"}, "p/share/jupyter/kernels/glassy", false},
		"--prefix":         {nil, []string{"--prefix", "p"}, "p/share/jupyter/kernels/glassy", true},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLab(t, "")
			args := append([]string{"install", "--source", module(t, l)}, c.args...)
			for i, a := range args {
				if a == "p" {
					args[i] = filepath.Join(l.home, a)
				}
			}
			for k, v := range c.env {
				if v != "" {
					v = filepath.Join(l.home, v)
				}
				l.env[k] = v
			}
			l.run(t, exitOK, args...)
			if !exists(filepath.Join(l.home, c.want, "kernel.json")) {
				t.Errorf("not in %s: %s", c.want, l.out)
			}
			if told := strings.Contains(l.out.String(), "JUPYTER_PATH="); told != c.path {
				t.Errorf("told of JUPYTER_PATH: %v", told)
			}
		})
	}
}

func TestInstallFindsTheSourceAbove(t *testing.T) {
	l := newLab(t, "")
	t.Chdir(filepath.Join(module(t, l), "lab", "data"))
	l.run(t, exitOK, "install")
	l = newLab(t, "")
	t.Chdir(l.home)
	l.run(t, exitFailed, "install")
	says(t, l.err.String(), "the source is not here", "--source FOLDER")
	if left := tree(t, l.home); len(left) != 0 {
		t.Errorf("left behind: %q", left)
	}
	l.run(t, exitFailed, "install", "--source", l.home)
	says(t, l.err.String(), l.home, "no go.mod of the module glassy")
}

func TestInstallThatFails(t *testing.T) {
	t.Run("preparing", func(t *testing.T) {
		l := newLab(t, "")
		l.started = errors.New("no gcc")
		l.run(t, exitFailed, "install", "--source", module(t, l))
		says(t, l.err.String(), "no gcc", "the kernelspec was not written")
		if exists(filepath.Join(l.home, ".local/share/jupyter/kernels/glassy")) {
			t.Error("Jupyter is offered a kernel that does not work")
		}
		l.run(t, exitOK, "uninstall")
		if exists(filepath.Join(l.home, ".local")) {
			t.Error("not all was removed")
		}
	})
	t.Run("no folder", func(t *testing.T) { // root may write anywhere, but not below a file
		l := newLab(t, "")
		root := module(t, l)
		l.env["JUPYTER_DATA_DIR"] = write(t, filepath.Join(l.home, "file"), "")
		l.run(t, exitFailed, "install", "--source", root)
		says(t, l.err.String(), filepath.Join(l.home, "file"), "choose another place")
		if left := tree(t, filepath.Join(l.home, ".local")); len(left) != 0 {
			t.Errorf("half an installation: %q", left)
		}
	})
	t.Run("broken manifest", func(t *testing.T) {
		l := newLab(t, "")
		write(t, filepath.Join(l.home, ".local/share/glassy/install.json"), "{")
		l.run(t, exitFailed, "install", "--source", module(t, l))
		says(t, l.err.String(), "install.json", "glassy uninstall removes it")
		l.run(t, exitOK, "uninstall")
		l.run(t, exitOK, "install", "--source", filepath.Join(l.home, "clone"))
	})
}

func TestUninstallLeavesOthersAlone(t *testing.T) {
	l := newLab(t, "")
	kernels := filepath.Join(l.home, ".local/share/jupyter/kernels")
	other := write(t, filepath.Join(kernels, "python3", "kernel.json"), "{}")
	same := write(t, filepath.Join(kernels, "glassy", "kernel.json"), `{"argv":["/opt/else","-f"]}`)
	l.run(t, exitOK, "uninstall")
	says(t, l.out.String(), "left "+filepath.Dir(same), "nothing is installed")
	if !exists(other) || !exists(same) {
		t.Error("something that is not ours was removed")
	}
}

// The real source, copied, is a module in which every package is found, and
// everything that is embedded.
func TestCopyOfThisModuleIsWhole(t *testing.T) {
	root, err := findSource("", mustGetwd(t))
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "src")
	n, err := copySource(root, dir)
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command("go", "list", "-deps", "-f", "{{if not .Standard}}{{.ImportPath}}{{end}}", "./...")
	c.Dir = dir
	out, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("go list in the copy of %d files: %v\n%s", n, err, out)
	}
	for _, want := range []string{"glassy/kernel/cmd/session", "glassy/kernel/cmd/glassy", "glassy/kernel/display", "glassy/lab/thesis"} {
		if !slices.Contains(strings.Fields(string(out)), want) {
			t.Errorf("package %s is not in the copy", want)
		}
	}
}

func mustGetwd(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestEmbedPatterns(t *testing.T) {
	for in, want := range map[string][]string{
		"a b/*.txt":             {"a", "b/*.txt"},
		"\"a b\"  `c d`\tall:e": {"a b", "c d", "all:e"},
		"":                      nil,
	} {
		if got, err := embedPatterns(in); err != nil || !slices.Equal(got, want) {
			t.Errorf("%q: %q (%v), want %q", in, got, err, want)
		}
	}
	if _, err := embedPatterns(`"a`); err == nil {
		t.Error("an open quote is no error")
	}
}

func FuzzEmbedPatterns(f *testing.F) {
	f.Add("a \"b c\" `d`")
	f.Add("\"")
	f.Fuzz(func(t *testing.T, s string) {
		patterns, err := embedPatterns(s)
		if err == nil && len(patterns) == 0 && strings.Trim(s, " \t\n\v\f\r\u0085\u00A0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\u1680") != "" {
			t.Fatalf("%q holds no pattern and is no error", s)
		}
	})
}
