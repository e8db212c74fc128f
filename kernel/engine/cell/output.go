package cell

import (
	"fmt"
	"log"
	"os"
	"sync"
	"time"

	"golang.org/x/sys/unix"
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
		drain(order.last)
	}
	order.last = fd
}

func flush() {
	drain(1)
	drain(2)
}

// drain waits until the kernel has read all of a pipe, for a second at most.
func drain(fd int) {
	for deadline := time.Now().Add(time.Second); time.Now().Before(deadline); {
		n, err := unix.IoctlGetInt(fd, unix.TIOCINQ)
		if err != nil || n == 0 {
			return
		}
		time.Sleep(20 * time.Microsecond)
	}
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

// orderedStderr is where the log package writes.
type orderedStderr struct{}

func (orderedStderr) Write(p []byte) (int, error) { return Stderr().Write(p) }

func orderLog() { log.SetOutput(orderedStderr{}) }

// Fatal is log.Fatal in a cell: it ends the cell, not the session.
func Fatal(a ...any) { log.Print(a...); Exit(1) }

// Fatalf is log.Fatalf.
func Fatalf(format string, a ...any) { log.Printf(format, a...); Exit(1) }

// Fatalln is log.Fatalln.
func Fatalln(a ...any) { log.Println(a...); Exit(1) }
