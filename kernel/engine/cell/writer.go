package cell

import (
	"io"
	"os"
)

// Writer is w, for a function that writes: when w is standard output or error,
// what it writes comes after all that was written to the other before, and where
// the calling goroutine's run speaks.
func Writer(w io.Writer) io.Writer {
	if f, ok := w.(*os.File); ok {
		switch f {
		case nil:
		case os.Stdout:
			return inOrder(f, 1)
		case os.Stderr:
			return inOrder(f, 2)
		}
	}
	return w
}

func inOrder(f *os.File, fd int) io.Writer {
	if r := Here(); r != nil && r.Apart {
		return apart{r.ID, fd}
	}
	return ordered{f, fd}
}

// ordered is standard output or error in the order of writing.
type ordered struct {
	*os.File
	fd int
}

func (o ordered) Write(p []byte) (int, error)         { turnTo(o.fd); return o.File.Write(p) }
func (o ordered) WriteString(s string) (int, error)   { turnTo(o.fd); return o.File.WriteString(s) }
func (o ordered) ReadFrom(r io.Reader) (int64, error) { turnTo(o.fd); return o.File.ReadFrom(r) }

// Turn is f, which is about to be written.
func Turn(f *os.File) *os.File {
	switch f {
	case nil:
	case os.Stdout:
		turnTo(1)
	case os.Stderr:
		turnTo(2)
	}
	return f
}
