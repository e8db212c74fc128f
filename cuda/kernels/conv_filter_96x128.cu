#include "conv_filter.h"

PLAIN(conv_filter, _f32, float, 96, 128, 12, 4, 2)
