package engine

import (
	"context"
	"go/types"
	"os/exec"

	"glassy/kernel/engine/host"
)

// A backend makes checked cells run: the half of a session that is not the
// front end.
type backend interface {
	// packages are those that cells can import, by path; importPackage adds to
	// them.
	packages() map[string]archive
	// importer is the type checker's view of them. A session has one, so that a
	// type is the same type in all its cells.
	importer() types.Importer
	// importPackage makes another package importable.
	importPackage(ctx context.Context, path string, out Output) error
	// goVersion is the language of the cells, such as go1.26.
	goVersion() string
	// present tells what to do when something that cells need was removed.
	present() error
	// build makes the code of a unit runnable, and returns the request that
	// loads it into a session process.
	build(ctx context.Context, u *unit, code string) (host.Request, error)
	// process is the program of the session process.
	process() *exec.Cmd
	// close lets go of what the backend holds.
	close()
}
