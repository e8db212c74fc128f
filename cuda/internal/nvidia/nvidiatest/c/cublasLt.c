// libcublasLt, which libcublas needs.
int cublasLtIsHere(void) { return 1; }
