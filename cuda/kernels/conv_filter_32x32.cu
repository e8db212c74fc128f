#include "conv_filter.h"

PLAIN(conv_filter, _f32, float, 32, 32, 4, 4, 8)
PLAIN(conv_filter, _f64, double, 32, 32, 4, 4, 8)
