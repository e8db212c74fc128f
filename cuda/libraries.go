//go:build cuda

package cuda

import (
	"errors"
	"slices"
	"sync"

	"glassy/cuda/internal/driver"
	"glassy/cuda/internal/nvidia"
)

var search struct {
	sync.Mutex
	folders []string
}

// Search adds folders to those in which NVIDIA's libraries (cuBLAS, cuSOLVER) are
// looked for: a CUDA toolkit ($CUDA_HOME), a Python environment or its
// site-packages with NVIDIA's wheels, or what holds the files themselves. These
// come first, in order; then /usr/local/cuda* and the wheels of /usr/local's
// Python, then what the system's linker knows. Of all, the newest version is taken
// that the driver is new enough for. It is called before the first device is
// opened.
func Search(folders ...string) {
	search.Lock()
	defer search.Unlock()
	search.folders = append(search.folders, folders...)
}

func libraryFolders() []string {
	search.Lock()
	defer search.Unlock()
	return nvidia.Folders(append(slices.Clone(search.folders), "/usr/local/cuda*", "/usr/local")...)
}

// libraries of a device, each opened when it is first asked for. The device works
// without them.
type libraries struct {
	mu        sync.Mutex
	blas      *nvidia.BLAS
	workspace driver.Pointer
	solver    *nvidia.Solver

	triedBLAS, triedSolver bool
	blasErr, solverErr     error // why there is none
}

// workspaceBytes is what cuBLAS is given to work in, as NVIDIA recommends for
// Hopper. Given memory, it allocates none while a graph is recorded.
const workspaceBytes = 32 << 20

// useBLAS is cuBLAS on the GPU's stream; the error says why there is none.
func (l *libraries) useBLAS(gpu *driver.GPU) (*nvidia.BLAS, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.triedBLAS {
		l.triedBLAS = true
		l.blasErr = gpu.Do(func() error {
			b, err := nvidia.OpenBLAS(libraryFolders(), gpu.Stream())
			if err != nil {
				return err
			}
			if l.workspace, err = gpu.Alloc(workspaceBytes); err == nil {
				err = b.SetWorkspace(uintptr(l.workspace), workspaceBytes)
			}
			if err != nil {
				b.Close()
				return err
			}
			l.blas = b
			return nil
		})
	}
	return l.blas, l.blasErr
}

// useSolver is cuSOLVER on the GPU's stream; the error says why there is none.
func (l *libraries) useSolver(gpu *driver.GPU) (*nvidia.Solver, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.triedSolver {
		l.triedSolver = true
		l.solverErr = gpu.Do(func() (err error) {
			l.solver, err = nvidia.OpenSolver(libraryFolders(), gpu.Stream())
			return err
		})
	}
	return l.solver, l.solverErr
}

// Libraries opens what of NVIDIA's libraries is here, and says in one line which
// are in use.
func (d *Device) Libraries() string {
	blas, solver := "no cuBLAS", "no cuSOLVER"
	if b, err := d.libraries.useBLAS(d.gpu); err == nil {
		blas = b.String()
	}
	if s, err := d.libraries.useSolver(d.gpu); err == nil {
		solver = s.String()
	}
	return blas + ", " + solver
}

// close gives back what the libraries have of the GPU.
func (l *libraries) close(gpu *driver.GPU) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	var errs []error
	if l.blas != nil {
		errs = append(errs, gpu.Do(l.blas.Close))
	}
	if l.solver != nil {
		errs = append(errs, gpu.Do(l.solver.Close))
	}
	if l.workspace != 0 {
		errs = append(errs, gpu.Free(l.workspace))
	}
	l.blas, l.solver, l.workspace = nil, nil, 0
	return errors.Join(errs...)
}
