// Package nvidia calls NVIDIA's libraries, cuBLAS and cuSOLVER, which are opened
// at run time where a machine has them.
//
// Nothing is linked, so that the program starts without them, and any version
// from CUDA 11 to 13 serves: what is called is the same in all. It goes through
// purego, which passes integers and addresses; nothing else is passed. A status
// other than success becomes an error that says what was being done.
//
//	open.go    finding and opening a library, and what it needs of others
//	blas.go    BLAS: products of matrices
//	solver.go  Solver: eigenvalues, Cholesky factors, singular values
//
// Matrices are row-major, as in package device. NVIDIA's are column-major, so
// each call works on the transposed matrices: no number is moved.
package nvidia
