//go:build !cuda

package cuda

// Search does nothing in a program that was built without CUDA.
func Search(folders ...string) {}
