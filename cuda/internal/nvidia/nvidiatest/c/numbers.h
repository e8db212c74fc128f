// Shared by the stand-ins for NVIDIA's libraries: arrays of float or double in
// host memory, computed on by plain loops.
#include <math.h>
#include <stdlib.h>

enum { F32 = 0, F64 = 1 }; // cudaDataType

static double get(int type, const void *p, long long i) {
	return type == F64 ? ((const double *)p)[i] : ((const float *)p)[i];
}

static void set(int type, void *p, long long i, double x) {
	if (type == F64)
		((double *)p)[i] = x;
	else
		((float *)p)[i] = (float)x;
}

static int at_least(int ld, int rows) { return ld >= (rows > 1 ? rows : 1); }

// tf32 keeps 10 bits after the point.
static double tf32(double x) {
	int e;
	double f = frexp(x, &e);
	return ldexp(rint(ldexp(f, 11)), e - 11);
}
