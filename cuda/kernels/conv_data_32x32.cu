#include "conv_data.h"

PLAIN(conv_data, _f32, float, 32, 32, 4, 4, 8)
PLAIN(conv_data, _f64, double, 32, 32, 4, 4, 8)
