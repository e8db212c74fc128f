// Calls cuMemcpy of fake.c with more arguments than there are registers, through
// its trampoline: first while the library is not open yet, then again.

#include <cuda.h>
#include <stdio.h>

typedef int call(long, long, long, long, long, long, long, long, long, long,
	double, double, double, double, double, double, double, double, double, double);

int main(void) {
	call *f = (call *)cuMemcpy;
	for (int i = 0; i < 2; i++) {
		int r = f(-1, -2, -3, -4, -5, -6, -7, -8, -9, -10, 0.5, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5, 8.5, 9.5);
		if (r) {
			printf("call %d: %d\n", i, r);
			return 1;
		}
	}
	return 0;
}
