// A heap that makes NVRTC repeatable. Its optimiser orders some things by their
// addresses, so that the same source compiles to other PTX, as good but not the
// same, whenever the system puts the heap elsewhere. This one always starts at
// the same address, and gives the same addresses for the same calls. The program
// defines these functions, so the libraries that it opens use them too.
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define START ((char *)0x200000000000) // where nothing else is
#define BYTES ((size_t)8 << 30)        // of addresses: memory is what is touched

// Before each piece lie its class and its size. Pieces of a class are of one
// size, 32 << class with this head, and those freed form a list.
typedef struct head {
	size_t class, size;
} head;

enum { CLASSES = 32, ALIGNED = CLASSES }; // pieces with an alignment of their own are not used again

static char *top;
static void *freed[CLASSES];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static head *head_of(void *p) { return (head *)p - 1; }

void *memalign(size_t alignment, size_t size) {
	if (size > BYTES / 2 || alignment > BYTES / 4)
		return errno = ENOMEM, NULL;
	size_t class = 0;
	while ((size_t)32 << class < size + sizeof(head))
		class ++;
	pthread_mutex_lock(&lock);
	if (top == NULL && (top = mmap(START, BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0)) != START)
		abort();
	char *p;
	if (alignment <= 16 && freed[class] != NULL) {
		p = freed[class];
		freed[class] = *(void **)p;
	} else {
		size_t a = alignment < 16 ? 16 : alignment;
		p = (char *)(((uintptr_t)top + sizeof(head) + a - 1) / a * a);
		top = p + ((size_t)32 << class) - sizeof(head);
		if (top > START + BYTES)
			abort();
		head_of(p)->class = alignment <= 16 ? class : ALIGNED;
	}
	head_of(p)->size = size;
	pthread_mutex_unlock(&lock);
	return p;
}

void *malloc(size_t size) { return memalign(16, size); }

void free(void *p) {
	if (p == NULL || head_of(p)->class == ALIGNED)
		return;
	pthread_mutex_lock(&lock);
	*(void **)p = freed[head_of(p)->class];
	freed[head_of(p)->class] = p;
	pthread_mutex_unlock(&lock);
}

void *calloc(size_t n, size_t size) {
	if (size != 0 && n > BYTES / size)
		return errno = ENOMEM, NULL;
	void *p = malloc(n * size);
	return p == NULL ? NULL : memset(p, 0, n * size);
}

void *realloc(void *p, size_t size) {
	void *q = malloc(size);
	if (p == NULL || q == NULL)
		return q;
	memcpy(q, p, head_of(p)->size < size ? head_of(p)->size : size);
	free(p);
	return q;
}

void *aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }

int posix_memalign(void **p, size_t alignment, size_t size) { return (*p = memalign(alignment, size)) == NULL ? ENOMEM : 0; }
