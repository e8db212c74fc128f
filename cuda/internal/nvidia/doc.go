// Package nvidia calls NVIDIA's libraries, cuBLAS, cuSOLVER, cuFFT and cuDNN, which
// are opened at run time where a machine has them.
//
// Nothing is linked, so that the program starts without them, and any version
// from CUDA 11 to 13 serves, of cuDNN 8 and 9: what is called is the same in all. It goes through
// purego, which passes integers and addresses; nothing else is passed. A status
// other than success becomes an error that says what was being done.
//
//	open.go    finding and opening a library, and what it needs of others
//	blas.go    BLAS: products of matrices
//	solver.go  Solver: eigenvalues, Cholesky factors, singular values
//	fft.go     FFT: Fourier transforms
//	dnn.go     DNN: convolutions
//
// Matrices are row-major, as in package device. NVIDIA's are column-major, so
// each call works on the transposed matrices: no number is moved. Images lie as
// cuDNN has them by default.
package nvidia
