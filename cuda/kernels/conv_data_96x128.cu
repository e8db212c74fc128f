#include "conv_data.h"

PLAIN(conv_data, _f32, float, 96, 128, 12, 4, 2)
