#include "conv_data.h"

PLAIN(conv_data, _f32, float, 64, 64, 8, 4, 4)
PLAIN(conv_data, _f64, double, 64, 64, 8, 4, 3)
