#include "conv_forward.h"

PLAIN(conv_forward, _f32, float, 32, 32, 4, 4, 8)
PLAIN(conv_forward, _f64, double, 32, 32, 4, 4, 8)
