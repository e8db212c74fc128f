package cell

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"
)

// Shell runs a command line of a cell's !cmd. An interrupt ends it with all its
// children; a command that fails ends the cell.
func Shell(line string) {
	c := exec.CommandContext(Context(), "/bin/sh", "-c", line)
	c.Stdout, c.Stderr = os.Stdout, os.Stderr
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	c.Cancel = func() error { return syscall.Kill(-c.Process.Pid, syscall.SIGTERM) }
	turnTo(1)
	err := c.Run()
	Check()
	var ee *exec.ExitError
	if errors.As(err, &ee) {
		panic(fmt.Sprintf("!%s: %v", line, ee))
	}
	if err != nil {
		panic(fmt.Sprintf("!%s: could not start: %v", line, err))
	}
}
