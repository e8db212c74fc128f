//go:build cuda

package cuda

import (
	"errors"
	"slices"
	"strings"
	"sync"

	"glassy/cuda/internal/driver"
	"glassy/cuda/internal/nvidia"
)

var search struct {
	sync.Mutex
	folders []string
}

// Search adds folders to those in which NVIDIA's libraries (cuBLAS, cuSOLVER,
// cuFFT, cuDNN) are looked for: a CUDA toolkit ($CUDA_HOME), a Python environment or its
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
	blas      lazy[*nvidia.BLAS]
	workspace driver.Pointer // of cuBLAS
	solver    lazy[*nvidia.Solver]
	fft       lazy[*nvidia.FFT]
	plans     sync.Mutex // of cuFFT: from the choice of one to its use

	dnn        lazy[*nvidia.DNN]
	workspaces sync.Map // bytes, or refused, by nvidia.Convolution without addresses
}

// A lazy library is opened once.
type lazy[L interface {
	comparable
	Close() error
	String() string
}] struct {
	mu     sync.Mutex
	opened bool
	lib    L
	err    error // why there is none
}

func (l *lazy[L]) get(open func() (L, error)) (L, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.opened {
		l.opened = true
		l.lib, l.err = open()
	}
	return l.lib, l.err
}

func (l *lazy[L]) close(gpu *driver.GPU) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	var none L
	if l.lib == none {
		return nil
	}
	err := gpu.Do(l.lib.Close)
	l.lib, l.err = none, errors.New("closed")
	return err
}

// workspaceBytes is what cuBLAS is given to work in, as NVIDIA recommends for
// Hopper. Given memory, it allocates none while a graph is recorded.
const workspaceBytes = 32 << 20

// useBLAS is cuBLAS on the GPU's stream; the error says why there is none.
func (l *libraries) useBLAS(gpu *driver.GPU) (*nvidia.BLAS, error) {
	return l.blas.get(func() (blas *nvidia.BLAS, err error) {
		err = gpu.Do(func() error {
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
			blas = b
			return nil
		})
		return blas, err
	})
}

// useSolver is cuSOLVER on the GPU's stream; the error says why there is none.
func (l *libraries) useSolver(gpu *driver.GPU) (*nvidia.Solver, error) {
	return l.solver.get(func() (solver *nvidia.Solver, err error) {
		err = gpu.Do(func() error {
			solver, err = nvidia.OpenSolver(libraryFolders(), gpu.Stream())
			return err
		})
		return solver, err
	})
}

// useFFT is cuFFT on the GPU's stream; the error says why there is none.
func (l *libraries) useFFT(gpu *driver.GPU) (*nvidia.FFT, error) {
	return l.fft.get(func() (fft *nvidia.FFT, err error) {
		err = gpu.Do(func() error {
			fft, err = nvidia.OpenFFT(libraryFolders(), gpu.Stream())
			return err
		})
		return fft, err
	})
}

// useDNN is cuDNN on the GPU's stream; the error says why there is none.
func (l *libraries) useDNN(gpu *driver.GPU) (*nvidia.DNN, error) {
	return l.dnn.get(func() (dnn *nvidia.DNN, err error) {
		trial, err := gpu.Alloc(nvidia.TrialBytes)
		if err != nil {
			return nil, err
		}
		err = gpu.Do(func() error {
			dnn, err = nvidia.OpenDNN(libraryFolders(), gpu.Stream(), uintptr(trial))
			return err
		})
		return dnn, errors.Join(err, gpu.Synchronize(), gpu.Free(trial))
	})
}

// Libraries opens what of NVIDIA's libraries is here, and says in one line which
// are in use.
func (d *Device) Libraries() string {
	words := []string{"no cuBLAS", "no cuSOLVER", "no cuFFT", "no cuDNN"}
	if b, err := d.libraries.useBLAS(d.gpu); err == nil {
		words[0] = b.String()
	}
	if s, err := d.libraries.useSolver(d.gpu); err == nil {
		words[1] = s.String()
	}
	if f, err := d.libraries.useFFT(d.gpu); err == nil {
		words[2] = f.String()
	}
	if n, err := d.libraries.useDNN(d.gpu); err == nil {
		words[3] = n.String()
	}
	return strings.Join(words, ", ")
}

// close gives back what the libraries have of the GPU.
func (l *libraries) close(gpu *driver.GPU) error {
	err := errors.Join(l.blas.close(gpu), l.solver.close(gpu), l.fft.close(gpu), l.dnn.close(gpu))
	if l.workspace != 0 {
		err = errors.Join(err, gpu.Free(l.workspace))
		l.workspace = 0
	}
	return err
}
