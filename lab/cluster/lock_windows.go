package cluster

import (
	"errors"
	"os"

	"golang.org/x/sys/windows"
)

// lock has the file for this process alone, until it is closed or the process has
// ended, however. It says whether another has it. A byte far behind the file's end
// is locked: what is locked cannot be read.
func lock(f *os.File) (taken bool, err error) {
	err = windows.LockFileEx(windows.Handle(f.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0, &windows.Overlapped{OffsetHigh: 1})
	return errors.Is(err, windows.ERROR_LOCK_VIOLATION), err
}
