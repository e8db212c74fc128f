package engine

import (
	"testing"
)

func TestStdinOfEveryKind(t *testing.T) {
	b := newBench(t)
	ask := func(code, want string, lines ...string) {
		t.Helper()
		r := &recorder{stdin: lines}
		res := b.Execute(t.Context(), Cell{Code: code, Count: 1}, r)
		if res.Error != nil {
			t.Fatalf("%s: %v", code, res.Error.Traceback)
		}
		if got := r.text(); got != want {
			t.Errorf("%s: printed %q, want %q", code, got, want)
		}
	}
	ask("var a, b int\nfmt.Scan(&a, &b)\nfmt.Print(a+b)", "5", "2 3")
	ask("var s string\nfmt.Scanln(&s)\nfmt.Print(s)\nfmt.Scanln(&s)\nfmt.Print(s)", "xy", "x", "y")
	ask("rd := bufio.NewReader(os.Stdin)\nline, _ := rd.ReadString('\\n')\nfmt.Print(line)", "a b\n", "a b")
	ask("line, _ = rd.ReadString('\\n')\nfmt.Print(line)", "next cell\n", "next cell")
	ask("all, _ := io.ReadAll(os.Stdin)\nfmt.Print(len(all))", "4", "1", "2")
	// Through a *os.File, which is read by a system call.
	ask("in := os.Stdin\nsc := bufio.NewScanner(in)\nfor sc.Scan() { fmt.Print(sc.Text(), \";\") }", "p;q;", "p", "q")
	ask("buf := make([]byte, 10)\nn, err := in.Read(buf)\nfmt.Print(string(buf[:n]), err)", "again\n<nil>", "again")
}
