package main

import (
	"flag"
	"fmt"
	"runtime"
	"strings"
	"testing"
)

func TestHelp(t *testing.T) {
	l := newLab(t, "")
	l.run(t, exitOK, "help")
	for _, c := range commands() {
		says(t, l.out.String(), "  "+c.name, c.short)
	}
	for _, c := range commands() {
		for _, args := range [][]string{{"help", c.name}, {c.name, "-h"}, {c.name, "--help"}} {
			l.run(t, exitOK, args...)
			says(t, l.out.String(), "usage: glassy "+c.usage(), strings.TrimSpace(c.long))
			if l.err.Len() > 0 {
				t.Errorf("%v: on standard error: %s", args, l.err)
			}
		}
	}
}

func TestWrongUsage(t *testing.T) {
	for _, c := range []struct {
		args []string
		why  string
	}{
		{nil, "usage: glassy COMMAND"},
		{[]string{"ron"}, `there is no command "ron"`},
		{[]string{"help", "ron"}, `there is no command "ron"`},
		{[]string{"run"}, "0 notebooks, expected one"},
		{[]string{"run", "a.ipynb", "b.ipynb"}, "2 notebooks, expected one"},
		{[]string{"run", "--nope", "a.ipynb"}, "flag provided but not defined: -nope"},
		{[]string{"run", "a.ipynb", "--timeout", "3"}, "timeout"},
		{[]string{"run", "a.ipynb", "--timeout", "-3s"}, "expected a length of time"},
		{[]string{"eval", "a", "b"}, "put quotes around the code"},
		{[]string{"eval", "-1"}, "flag provided but not defined"},
		{[]string{"kernel"}, "--connection-file is missing"},
		{[]string{"kernel", "x"}, `unexpected argument "x"`},
		{[]string{"install", "--user", "--sys-prefix"}, "exclude each other"},
		{[]string{"uninstall", "--prefix", "x", "--sys-prefix"}, "exclude each other"},
		{[]string{"doctor", "x"}, `unexpected argument "x"`},
		{[]string{"version", "x"}, `unexpected argument "x"`},
		{[]string{"data"}, "get, list or verify is missing"},
		{[]string{"data", "got"}, `data "got", expected get, list or verify`},
		{[]string{"data", "get"}, "no data set is named; known: mnist, fashion"},
		{[]string{"data", "get", "minst"}, `no data set is called "minst"; known: mnist, fashion`},
		{[]string{"figures", "9.9"}, `no figure or table "9.9"; nearest: 2.1`},
		{[]string{"figures", "2.1", "--scale", "huge"}, `scale "huge", expected quick, desktop, thesis`},
		{[]string{"figures", "-o", "x"}, "-o without an ID"},
	} {
		l := newLab(t, "")
		l.run(t, exitUsage, c.args...)
		says(t, l.err.String(), c.why)
		if l.out.Len() > 0 {
			t.Errorf("%v: on standard output: %s", c.args, l.out)
		}
	}
}

func TestVersion(t *testing.T) {
	l := newLab(t, "")
	for _, args := range []string{"version", "--version"} {
		l.run(t, exitOK, args)
		says(t, l.out.String(), "glassy ", runtime.Version())
	}
}

func TestParse(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"a -o x b", "a b|x"},
		{"-o x a b", "a b|x"},
		{"a b -o=x", "a b|x"},
		{"-- -o x", "-o x|"},
		{"a -o x -- -b", "a -b|x"},
		{"a -", "a -|"},
	} {
		fs := flag.NewFlagSet("", flag.ContinueOnError)
		o := fs.String("o", "", "")
		rest, err := parse(fs, strings.Fields(c.in))
		if got := fmt.Sprintf("%s|%s", strings.Join(rest, " "), *o); err != nil || got != c.want {
			t.Errorf("%q: %q (%v), want %q", c.in, got, err, c.want)
		}
	}
}

func TestFolders(t *testing.T) {
	for _, c := range []struct{ data, cache, home, want string }{
		{"/d", "/c", "/h", "/d/glassy /c/glassy"},
		{"", "", "/h", "/h/.local/share/glassy /h/.cache/glassy"},
		{"relative", "./c", "/h", "/h/.local/share/glassy /h/.cache/glassy"}, // the specification: ignore
		{"/d", "/c", "", "/d/glassy /c/glassy"},
	} {
		l := newLab(t, "")
		l.env = map[string]string{"XDG_DATA_HOME": c.data, "XDG_CACHE_HOME": c.cache, "HOME": c.home}
		f, err := l.folders()
		if got := f.home + " " + f.cache; err != nil || got != c.want {
			t.Errorf("%+v: %q (%v)", c, got, err)
		}
	}
	l := newLab(t, "")
	l.env = nil
	if _, err := l.folders(); err == nil || !strings.Contains(err.Error(), "HOME") {
		t.Errorf("without HOME: %v", err)
	}
}
