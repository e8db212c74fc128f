//go:build cuda && linux && cgo && (amd64 || arm64)

package libcuda

/*
#cgo CFLAGS: -I${SRCDIR}/include
#cgo LDFLAGS: -L${SRCDIR}/stub -Wl,--as-needed -ldl -lpthread
#include "shim.h"
*/
import "C"

// Status opens the driver's library, if nothing did yet, and returns the CUresult
// of cuInit: 0 when there is a driver with a GPU. The reason says in words what
// is wrong otherwise; it is empty for 0. Without a library the code is 100, "no
// device", and Path is empty; a library that is no driver gives 500, "not found".
func Status() (code int, reason string) {
	return int(C.glassy_libcuda_status()), C.GoString(C.glassy_libcuda_reason())
}

// Path is the file of the library that was opened, or "".
func Path() string { return C.GoString(C.glassy_libcuda_path()) }
