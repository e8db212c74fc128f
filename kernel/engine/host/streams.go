package host

import (
	"os"
	"time"

	"golang.org/x/sys/unix"

	"glassy/kernel/engine/cell"
)

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

// orderedStderr is where the log package writes.
type orderedStderr struct{}

func (orderedStderr) Write(p []byte) (int, error) { return cell.Writer(os.Stderr).Write(p) }
