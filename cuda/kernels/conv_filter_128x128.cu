#include "conv_filter.h"

PLAIN(conv_filter, _f32, float, 128, 128, 8, 8, 2)
