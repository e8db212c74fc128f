package cell

import (
	"fmt"
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
	if order.last != fd && order.last != 0 {
		process.Drain(order.last)
	}
	order.last = fd
}

// Stdout is os.Stdout, after all that was written to os.Stderr.
func Stdout() *os.File { turnTo(1); return os.Stdout }

// Stderr is os.Stderr, after all that was written to os.Stdout.
func Stderr() *os.File { turnTo(2); return os.Stderr }

// ToStderr goes before the built-in print and println.
func ToStderr() { turnTo(2) }

// Print is fmt.Print.
func Print(a ...any) (int, error) { turnTo(1); return fmt.Print(a...) }

// Println is fmt.Println.
func Println(a ...any) (int, error) { turnTo(1); return fmt.Println(a...) }

// Printf is fmt.Printf.
func Printf(format string, a ...any) (int, error) { turnTo(1); return fmt.Printf(format, a...) }

// Fatal is log.Fatal in a cell: it ends the cell, not the session.
func Fatal(a ...any) { log.Print(a...); Exit(1) }

// Fatalf is log.Fatalf.
func Fatalf(format string, a ...any) { log.Printf(format, a...); Exit(1) }

// Fatalln is log.Fatalln.
func Fatalln(a ...any) { log.Println(a...); Exit(1) }
