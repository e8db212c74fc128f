#include "gemm_tile.h"

TILE(64, 64, 16, 8, 4, 4, 2)
