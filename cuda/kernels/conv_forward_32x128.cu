#include "conv_forward.h"

PLAIN(conv_forward, _f32, float, 32, 128, 8, 4, 4)
PLAIN(conv_forward, _f64, double, 32, 128, 8, 4, 3)
