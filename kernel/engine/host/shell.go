package host

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"

	"glassy/kernel/engine/cell"
)

// shell runs the command line of a cell's !cmd. An interrupt ends it with all its
// children; a command that fails ends the cell.
func shell(line string) {
	c := exec.CommandContext(cell.Context(), "/bin/sh", "-c", line)
	c.Stdout, c.Stderr = cell.Writer(os.Stdout), cell.Writer(os.Stderr)
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	c.Cancel = func() error { return syscall.Kill(-c.Process.Pid, syscall.SIGTERM) }
	err := c.Run()
	cell.Check()
	var ee *exec.ExitError
	if errors.As(err, &ee) {
		panic(fmt.Sprintf("!%s: %v", line, ee))
	}
	if err != nil {
		panic(fmt.Sprintf("!%s: could not start: %v", line, err))
	}
}
