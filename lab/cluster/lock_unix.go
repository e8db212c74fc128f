//go:build unix && !aix && (!solaris || illumos)

package cluster

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// lock has the file for this process alone, until it is closed or the process has
// ended, however. It says whether another has it.
func lock(f *os.File) (taken bool, err error) {
	err = unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	return errors.Is(err, unix.EWOULDBLOCK), err
}
