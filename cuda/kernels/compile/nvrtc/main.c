// nvrtc LIBRARY CAPABILITY KERNEL.cu HEADER...
//
// compiles a kernel of the working folder by NVIDIA's run-time compiler: PTX to
// standard output, what the compiler says to standard error. Sources are handed
// over as text, so that no path of this machine can get into the result.
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

static void fail(const char *what, const char *why) {
	fprintf(stderr, "%s: %s\n", what, why);
	exit(1);
}

static char *text_of(const char *file) {
	FILE *f = fopen(file, "rb");
	if (f == NULL || fseek(f, 0, SEEK_END) != 0)
		fail(file, "cannot be read");
	long n = ftell(f);
	char *text = calloc(n + 1, 1);
	rewind(f);
	if (fread(text, 1, n, f) != (size_t)n)
		fail(file, "cannot be read");
	fclose(f);
	return text;
}

typedef struct program *program;

int main(int n, char **argument) {
	if (n < 4)
		fail("nvrtc", "LIBRARY CAPABILITY KERNEL.cu HEADER... is expected");
	void *library = dlopen(argument[1], RTLD_NOW);
	if (library == NULL)
		fail(argument[1], dlerror());
#define FUNCTION(name, ...)                             \
	int (*name)(__VA_ARGS__) = dlsym(library, "nvrtc" #name); \
	if (name == NULL)                                   \
		fail(argument[1], "there is no nvrtc" #name " in it");
	FUNCTION(CreateProgram, program *, const char *, const char *, int, char **, char **)
	FUNCTION(CompileProgram, program, int, const char **)
	FUNCTION(GetProgramLogSize, program, size_t *)
	FUNCTION(GetProgramLog, program, char *)
	FUNCTION(GetPTXSize, program, size_t *)
	FUNCTION(GetPTX, program, char *)

	char *kernel = argument[3], **headers = argument + 4, architecture[64];
	int count = n - 4;
	char **texts = calloc(count + 1, sizeof *texts);
	for (int i = 0; i < count; i++)
		texts[i] = text_of(headers[i]);
	program p;
	if (CreateProgram(&p, text_of(kernel), kernel, count, texts, headers) != 0)
		fail(kernel, "nvrtcCreateProgram failed");
	snprintf(architecture, sizeof architecture, "--gpu-architecture=compute_%s", argument[2]);
	const char *options[] = {architecture, "--std=c++17", "--device-as-default-execution-space"};
	int wrong = CompileProgram(p, sizeof options / sizeof *options, options);
	size_t size;
	if (GetProgramLogSize(p, &size) == 0) {
		char *log = calloc(size + 1, 1);
		GetProgramLog(p, log);
		fputs(log, stderr);
	}
	if (wrong)
		return 1;
	char *ptx;
	if (GetPTXSize(p, &size) != 0 || GetPTX(p, ptx = calloc(size + 1, 1)) != 0 || fputs(ptx, stdout) < 0 || fflush(stdout) != 0)
		fail(kernel, "no PTX");
	return 0;
}
