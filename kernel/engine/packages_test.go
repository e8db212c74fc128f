package engine

import "testing"

// The whole standard library is there without an import line, also what is
// compiled when it is first named.
func TestPackagesWithoutImportLine(t *testing.T) {
	b := newBench(t)
	b.want(`fmt.Sprintf("%x", sha256.Sum256([]byte("a")))[:8]`, "ca978112")
	b.want(`bits.Len(8) + utf8.RuneLen('é')`, "6")
	b.fails("nosuch.Thing", "undefined: nosuch")
}
