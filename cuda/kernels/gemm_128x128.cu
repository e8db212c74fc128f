#include "gemm_tile.h"

TILE(128, 128, 8, 8, 8, 2, 1)
