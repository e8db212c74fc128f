#include "gemm_tile.h"

TILE(128, 32, 16, 8, 4, 4, 2)
