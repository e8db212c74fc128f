// What Go sees of shim.c. Each call opens the library if nothing did yet.

int glassy_libcuda_status(void);         // CUresult of the opening
const char *glassy_libcuda_reason(void); // in words; empty when the status is 0
const char *glassy_libcuda_path(void);   // file that was opened, or empty
