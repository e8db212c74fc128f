package cell

import (
	"fmt"
	"io"
	"log"
	"os"
	"sync"
)

// Standard output and error are two pipes, and the kernel cannot tell which of
// two was written first. So a cell that changes from one to the other waits
// until the kernel has taken what is in the first.
var order struct {
	sync.Mutex
	last int // 1 or 2
}

func turnTo(fd int) {
	order.Lock()
	defer order.Unlock()
	process.Shown()
	if order.last != fd && order.last != 0 {
		process.Drain(order.last)
	}
	order.last = fd
}

// stream is standard output or error, 1 or 2, of the calling goroutine's run.
func stream(fd int) io.Writer {
	if r := Here(); r != nil && r.Apart {
		return apart{r.ID, fd}
	}
	if fd == 1 {
		return Stdout()
	}
	return Stderr()
}

// apart is the standard output or error of a run that speaks apart.
type apart struct{ run, fd int }

func (a apart) Write(p []byte) (int, error) { return process.Write(a.run, a.fd, p) }

// Stdout is os.Stdout, after all that was written to os.Stderr.
func Stdout() *os.File { turnTo(1); return os.Stdout }

// Stderr is os.Stderr, after all that was written to os.Stdout.
func Stderr() *os.File { turnTo(2); return os.Stderr }

// ToStderr goes before the built-in print and println.
func ToStderr() { turnTo(2) }

// Print is fmt.Print.
func Print(a ...any) (int, error) { return fmt.Fprint(stream(1), a...) }

// Println is fmt.Println.
func Println(a ...any) (int, error) { return fmt.Fprintln(stream(1), a...) }

// Printf is fmt.Printf.
func Printf(format string, a ...any) (int, error) { return fmt.Fprintf(stream(1), format, a...) }

// Fatal is log.Fatal in a cell: it ends the cell, not the session.
func Fatal(a ...any) { log.Print(a...); Exit(1) }

// Fatalf is log.Fatalf.
func Fatalf(format string, a ...any) { log.Printf(format, a...); Exit(1) }

// Fatalln is log.Fatalln.
func Fatalln(a ...any) { log.Println(a...); Exit(1) }
