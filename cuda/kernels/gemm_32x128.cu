#include "gemm_tile.h"

TILE(32, 128, 16, 4, 8, 4, 2)
