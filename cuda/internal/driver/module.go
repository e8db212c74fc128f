//go:build cuda

package driver

// #include <cuda.h>
// #include <stdlib.h>
import "C"

import (
	"errors"
	"strings"
	"unsafe"

	"gorgonia.org/cu"
)

// A Module is the machine code of one PTX file.
type Module struct {
	g   *GPU
	mod C.CUmodule
}

// A Function is one kernel of a module.
type Function struct{ f C.CUfunction }

const jitLog = 8 << 10 // bytes kept of what the PTX compiler says

// Load compiles PTX for the GPU. The error has the compiler's words.
func (g *GPU) Load(name string, ptx []byte) (m *Module, err error) {
	err = g.do(func() error {
		image := C.CString(string(ptx))
		defer C.free(unsafe.Pointer(image))
		log := (*C.char)(C.calloc(1, jitLog))
		defer C.free(unsafe.Pointer(log))
		options := [2]C.CUjit_option{C.CU_JIT_ERROR_LOG_BUFFER, C.CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES}
		// The driver takes option values in an array of pointers, a number among them.
		values := (*[2]unsafe.Pointer)(C.calloc(2, C.size_t(unsafe.Sizeof(uintptr(0)))))
		defer C.free(unsafe.Pointer(values))
		values[0] = unsafe.Pointer(log)
		*(*uintptr)(unsafe.Pointer(&values[1])) = jitLog
		m = &Module{g: g}
		r := C.cuModuleLoadDataEx(&m.mod, unsafe.Pointer(image), 2, &options[0], &values[0])
		err := failed(r, "compiling the PTX of %s for %s", name, g.Name)
		var e *Error
		if said := strings.TrimSpace(C.GoString(log)); said != "" && errors.As(err, &e) {
			e.Words += ": " + said
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return m, nil
}

// Unload frees the module; its functions must not run any more.
func (m *Module) Unload() error {
	return m.g.do(func() error { return failed(C.cuModuleUnload(m.mod), "unloading a module") })
}

// Function is the kernel of that name.
func (m *Module) Function(name string) (f Function, err error) {
	err = m.g.do(func() error {
		s := C.CString(name)
		defer C.free(unsafe.Pointer(s))
		return failed(C.cuModuleGetFunction(&f.f, m.mod, s), "looking for the kernel %s", name)
	})
	return f, err
}

// MaxShared lets the function take so many bytes of dynamic shared memory, where
// that is more than 48 KB.
func (m *Module) MaxShared(f Function, bytes int) error {
	return m.g.do(func() error {
		r := C.cuFuncSetAttribute(f.f, C.CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES, C.int(bytes))
		return failed(r, "asking for %d bytes of shared memory", bytes)
	})
}

// Spilled is how many bytes of a thread's numbers the compiler keeps in memory,
// since there are not enough registers.
func (m *Module) Spilled(f Function) (bytes int, err error) {
	err = m.g.do(func() error {
		cf := *(*cu.Function)(unsafe.Pointer(&f.f))
		bytes, err = cf.Attribute(cu.LocalSizeBytes)
		return wrap(err, "asking for the local memory of a kernel")
	})
	return bytes, err
}
