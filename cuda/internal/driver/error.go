//go:build cuda

package driver

// #include <cuda.h>
import "C"

import (
	"errors"
	"fmt"
	"reflect"
)

// The codes of the driver that callers tell apart.
const (
	OutOfMemory    = 2
	NoDevice       = 100
	UnsupportedPTX = 222
	NotFound       = 500
	Unavailable    = 46 // another process holds the GPU for itself
)

// An Error is what a call of the driver returned.
type Error struct {
	Doing string // what was being done: "allocating 3.2 GB"
	Code  int    // CUresult
	Name  string // CUDA_ERROR_…
	Words string // of the driver, and what to do where that is known
}

func (e *Error) Error() string {
	return fmt.Sprintf("%s: %s (%s, %d)", e.Doing, e.Words, e.Name, e.Code)
}

// advice is what to do about an error, where the driver's words do not say it.
var advice = map[int]string{
	Unavailable:    "the GPU is held by another process alone (compute mode exclusive): wait for it, or choose another",
	UnsupportedPTX: "the driver is too old for this PTX: 520 (CUDA 11.8) or newer is needed",
	700:            "a kernel touched memory that is not its own; the GPU's context is lost: restart the process",
	719:            "a kernel failed; the GPU's context is lost: restart the process",
	999:            "the driver does not say why; the GPU may have been lost: see nvidia-smi and the system's log",
}

// failed is the error of a code, nil for success. Doing is formatted only then.
func failed(r C.CUresult, doing string, args ...any) error {
	if r == C.CUDA_SUCCESS {
		return nil
	}
	e := &Error{Doing: fmt.Sprintf(doing, args...), Code: int(r), Name: "unknown code", Words: "unknown error"}
	var s *C.char
	if C.cuGetErrorName(r, &s) == C.CUDA_SUCCESS && s != nil {
		e.Name = C.GoString(s)
	}
	if C.cuGetErrorString(r, &s) == C.CUDA_SUCCESS && s != nil {
		e.Words = C.GoString(s)
	}
	if a, ok := advice[e.Code]; ok {
		e.Words += "; " + a
	}
	return e
}

// wrap is failed for what package cu returns, whose errors hide their code.
func wrap(err error, doing string, args ...any) error {
	if err == nil {
		return nil
	}
	for e := err; e != nil; e = cause(e) {
		if v := reflect.ValueOf(e); v.CanInt() {
			return failed(C.CUresult(v.Int()), doing, args...)
		}
	}
	return fmt.Errorf(doing+": %w", append(args, err)...)
}

func cause(err error) error {
	if c, ok := err.(interface{ Cause() error }); ok {
		return c.Cause()
	}
	return errors.Unwrap(err)
}
