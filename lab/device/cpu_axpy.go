package device

// The three loops that optimisers are made of. The library's take a third of the
// time, as long as the numbers are in the caches; they multiply and add with one
// rounding where the processor can, and so do not round alike everywhere in a
// vector. By zero they take NaN for zero, so that is left to the loops.

// pays is how many numbers make up for a call's 0.1 µs.
const pays = 256

// axpy is y += a*x.
func axpy[T float](lib *library, a T, x, y []T) {
	if lib != nil && len(x) >= pays && a != 0 {
		libraryAxpy(lib, a, x, y)
		return
	}
	y = y[:len(x)]
	for i, x := range x {
		y[i] += a * x
	}
}

// scal is x *= a.
func scal[T float](lib *library, a T, x []T) {
	if lib != nil && len(x) >= pays && a != 0 {
		libraryScal(lib, a, x)
		return
	}
	for i := range x {
		x[i] *= a
	}
}

// axpby is y = a*x + b*y.
func axpby[T float](lib *library, a T, x []T, b T, y []T) {
	if lib != nil && len(x) >= pays && a != 0 && b != 0 && &x[0] != &y[0] {
		libraryScal(lib, b, y)
		libraryAxpy(lib, a, x, y)
		return
	}
	y = y[:len(x)]
	for i, x := range x {
		y[i] = a*x + b*y[i]
	}
}
