#include "gemm_tile.h"

TILE(32, 32, 16, 4, 4, 8, 4)
