#include "conv_forward.h"

PLAIN(conv_forward, _f32, float, 96, 128, 12, 4, 2)
