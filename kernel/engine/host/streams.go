package host

import (
	"errors"
	"io"
	"sync"
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

func (orderedStderr) Write(p []byte) (int, error) { return cell.Stderr().Write(p) }

var inputMu sync.Mutex

// ask asks the user for one line.
func (s *session) ask(prompt string, password bool) (string, error) {
	inputMu.Lock()
	defer inputMu.Unlock()
	flush()
	s.send(Message{Op: "input", Prompt: prompt, Password: password})
	done := cell.Done()
	select {
	case q := <-s.input:
		switch {
		case q.Err == "EOF":
			return "", io.EOF
		case q.Err != "":
			return "", errors.New(q.Err)
		}
		return q.Text, nil
	case <-done:
		<-s.input // the kernel answers a stopped request too
		panic(cell.Interrupt)
	}
}
