#include "conv_filter.h"

PLAIN(conv_filter, _f32, float, 32, 128, 8, 4, 4)
PLAIN(conv_filter, _f64, double, 32, 128, 8, 4, 3)
