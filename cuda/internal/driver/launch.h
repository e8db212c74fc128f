// Rows of launches and of graph nodes, so that one call from Go does for many.
#include <cuda.h>
#include <stdlib.h>

struct glassy_launch {
	CUfunction function;
	unsigned grid[3], block[3], shared, offset, size;
};

// The packed form of arguments: their bytes, and how many they are.
#define GLASSY_EXTRA(l, arguments)                                                                  \
	size_t size = (l)->size;                                                                        \
	void *extra[] = {CU_LAUNCH_PARAM_BUFFER_POINTER, (void *)((arguments) + (l)->offset),           \
	                 CU_LAUNCH_PARAM_BUFFER_SIZE, &size, CU_LAUNCH_PARAM_END}

static inline CUresult glassy_launch(CUstream stream, const struct glassy_launch *row, int n, const char *arguments, int *at) {
	for (int i = 0; i < n; i++) {
		const struct glassy_launch *l = row + i;
		GLASSY_EXTRA(l, arguments);
		CUresult r = cuLaunchKernel(l->function, l->grid[0], l->grid[1], l->grid[2], l->block[0], l->block[1], l->block[2],
		                            l->shared, stream, NULL, extra);
		if (r != CUDA_SUCCESS) {
			*at = i;
			return r;
		}
	}
	return CUDA_SUCCESS;
}

static inline CUDA_KERNEL_NODE_PARAMS glassy_node(const struct glassy_launch *l, void **extra) {
	CUDA_KERNEL_NODE_PARAMS p = {0};
	p.func = l->function;
	p.gridDimX = l->grid[0], p.gridDimY = l->grid[1], p.gridDimZ = l->grid[2];
	p.blockDimX = l->block[0], p.blockDimY = l->block[1], p.blockDimZ = l->block[2];
	p.sharedMemBytes = l->shared;
	p.extra = extra;
	return p;
}

// glassy_add adds a row of launches to a graph, each after the one before; last
// is the node before the first (NULL: none), and the last of the row in the end.
static inline CUresult glassy_add(CUgraph graph, const struct glassy_launch *row, int n, const char *arguments, CUgraphNode *nodes, CUgraphNode *last) {
	for (int i = 0; i < n; i++) {
		GLASSY_EXTRA(row + i, arguments);
		CUDA_KERNEL_NODE_PARAMS p = glassy_node(row + i, extra);
		CUresult r = cuGraphAddKernelNode(&nodes[i], graph, *last ? last : NULL, *last != NULL, &p);
		if (r != CUDA_SUCCESS)
			return r;
		*last = nodes[i];
	}
	return CUDA_SUCCESS;
}

static inline CUresult glassy_change(CUgraphExec exec, CUgraphNode node, const struct glassy_launch *l, const char *arguments) {
	GLASSY_EXTRA(l, arguments);
	CUDA_KERNEL_NODE_PARAMS p = glassy_node(l, extra);
	return cuGraphExecKernelNodeSetParams(exec, node, &p);
}
