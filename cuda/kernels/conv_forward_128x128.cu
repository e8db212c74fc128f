#include "conv_forward.h"

PLAIN(conv_forward, _f32, float, 128, 128, 8, 8, 2)
